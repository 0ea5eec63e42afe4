using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>The names under which the weights of a model may stand in a manifest.</summary>
/// <remarks>
/// TensorFlow.js calls a weight by its layer, <c>dense_Dense1/kernel</c>, however deep the layer lies in other models. The converter does
/// so for files of Keras 2; those of Keras 3 have paths, <c>sequential/dense/kernel</c>, places, <c>layers/dense/vars/0</c>, or numbers,
/// <c>dense/0</c>. Source: <c>loadWeights</c> in <c>tfjs-layers/src/engine/container.ts</c>,
/// <c>tfjs-converter/python/tensorflowjs/converters/keras_h5_conversion.py</c>.
/// </remarks>
internal sealed class WeightNames
{
    private const string OldLayers = "_layer_checkpoint_dependencies";

    // Those that two weights would have are nobody's.
    private readonly Dictionary<string, Variable?> _variables = new(StringComparer.Ordinal);
    private readonly List<Variable> _all = [];
    private readonly Dictionary<SavedObject, string> _around = new(ReferenceEqualityComparer.Instance);

    /// <summary>The names of the weights of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">What the file calls layers that are called otherwise here.</param>
    public WeightNames(Model model, IReadOnlyDictionary<string, string> names)
    {
        var owners = new List<(SavedObject Owner, string Group)>();
        Collect(SavedObject.Of(model), string.Empty, owners, []);
        _all.AddRange(owners.SelectMany(o => o.Owner.Variables));
        Add(owners, (o, _, _, v) => $"{names.GetValueOrDefault(o.Name, o.Name)}/{v.Name}");
        Add(owners, (o, _, _, v) => $"{names.GetValueOrDefault(o.Name, o.Name)}/{NameInKeras2(o, v)}");
        Add(owners, (o, _, i, _) => Invariant($"{names.GetValueOrDefault(o.Name, o.Name)}/{i}"));
        Add(owners, (o, _, _, v) => $"{_around.GetValueOrDefault(o, o.Name)}/{v.Name}");
        Add(owners, (_, _, _, v) => v.Path);
        Add(owners, (_, group, i, _) => Invariant($"{group}vars/{i}"));
        Add(
            owners,
            (_, group, i, _) => Invariant($"{group.Replace($"{SavedObject.Layers}/", $"{OldLayers}/", StringComparison.Ordinal)}vars/{i}")
        );
    }

    /// <summary>All weights.</summary>
    public IReadOnlyList<Variable> All => _all;

    /// <summary>The weight of a name.</summary>
    /// <exception cref="ModelFormatException">Two have that name.</exception>
    public bool TryFind(string name, [NotNullWhen(true)] out Variable? variable)
    {
        // Cells of recurrent layers stand between the layer and the weight in some versions.
        string[] parts = name.Split('/');
        string shortened = string.Join('/', [.. parts.SkipLast(2), parts[^1]]);
        if (!_variables.TryGetValue(name, out variable) && !_variables.TryGetValue(shortened, out variable))
        {
            return false;
        }

        return variable is not null
            ? true
            : throw new ModelFormatException(
                $"The manifest has an array '{name}', but two weights of the model are called so. Give the layers of the model, and of the "
                    + "models in it, different names and save it again."
            );
    }

    private void Add(List<(SavedObject Owner, string Group)> owners, Func<SavedObject, string, int, Variable, string> name)
    {
        var made = new Dictionary<string, Variable?>(StringComparer.Ordinal);
        foreach ((SavedObject owner, string group) in owners)
        {
            for (int i = 0; i < owner.Variables.Count; i++)
            {
                string key = name(owner, group, i, owner.Variables[i]);
                made[key] = made.ContainsKey(key) ? null : owner.Variables[i];
            }
        }

        foreach ((string key, Variable? variable) in made)
        {
            _variables.TryAdd(key, variable);
        }
    }

    private static string NameInKeras2(SavedObject owner, Variable variable) =>
        owner.Layer is BaseDepthwiseConv && variable.Name == "kernel" ? "depthwise_kernel" : variable.Name;

    private void Collect(SavedObject saved, string group, List<(SavedObject Owner, string Group)> owners, string[] around)
    {
        owners.Add((saved, group));

        // A cell is called by its layer, and what is in a wrapper by both.
        string[] names =
            saved.Layer is Model ? []
            : saved.Layer is RNNCell && around.Length > 0 ? around
            : [.. around, saved.Name];
        _around[saved] = string.Join('/', names);
        foreach (SavedObject part in saved.Parts)
        {
            Collect(part, $"{group}{part.Group}/", owners, names);
        }
    }
}
