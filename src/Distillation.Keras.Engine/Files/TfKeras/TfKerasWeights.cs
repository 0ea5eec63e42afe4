using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>
/// Writes weights as tf.keras 2.15 does, under names that have the layer, but not the models that it is in:
/// <c>dense/kernel:0</c>, <c>Adam/m/dense/kernel:0</c>.
/// </summary>
/// <remarks>Source: <c>tf_keras/src/saving/legacy/hdf5_format.py</c>.</remarks>
internal sealed class TfKerasWeights
{
    // What slots are called there, for Adam, SGD, Nadam, Adamax and Lion.
    private static readonly Dictionary<string, string> Slots = new(StringComparer.Ordinal)
    {
        ["momentum"] = "m",
        ["velocity"] = "v",
        ["velocity_hat"] = "vhat",
        ["norm"] = "u",
    };

    private static readonly string[] SlotsOfAdafactor = ["r", "c", "v"];

    private readonly Dictionary<Variable, string> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>Adds the weights of a model, layer by layer.</summary>
    public void Layers(Hdf5Tree group, Model model, string backend, string version)
    {
        foreach (Layer layer in model.Layers)
        {
            Name(layer, string.Empty, string.Empty, new HashSet<string>(StringComparer.Ordinal));
        }

        foreach (Variable own in model.OwnWeights)
        {
            _names[own] = own.Name;
        }

        LegacyGroups.Layers(group, model, backend, version, v => Representable(v, _names[v] + ":0"));
    }

    /// <summary>Adds the count and the slots of an optimizer. Its rate, and numbers beside the slots, are not kept there.</summary>
    public void State(Hdf5Tree group, Optimizer optimizer)
    {
        Optimizer inner = optimizer is LossScaleOptimizer scaling ? scaling.InnerOptimizer : optimizer;
        string scope = ReferenceEquals(inner, optimizer) ? TfKerasCompile.OptimizerName(inner.ClassName, inner.Name) + "/" : string.Empty;
        var names = new Dictionary<Variable, string>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach ((Variable weight, IReadOnlyList<Variable> slots) in inner.Trained.Zip(inner.StateByWeight))
        {
            for (int i = 0; i < slots.Count; i++)
            {
                Variable slot = slots[i];
                if (inner is Adafactor && slot.Shape.Rank == 0)
                {
                    // What stands in the place of a slot is not kept there.
                    continue;
                }

                int own = i - (slots.Count - SlotsOfAdafactor.Length);
                string kind = inner is Adafactor && own >= 0 ? SlotsOfAdafactor[own] : slot.Name[(weight.Path.Length + 1)..];
                string called = inner is RMSprop ? kind : Slots.GetValueOrDefault(kind, kind);
                names[slot] =
                    Unused(taken, $"{scope}{called}/{_names.GetValueOrDefault(weight, weight.Path)}", $"{scope}{kind}/{weight.Path}")
                    + ":0";
            }
        }

        Variable count = inner.Variables[0];
        names[count] = "iteration:0";
        LegacyGroups.Listed(group, [.. inner.Variables.Where(names.ContainsKey)], v => Representable(v, names[v]));
    }

    // The layers of a model in it have their own names alone, so that two may be alike.
    private void Name(Layer layer, string scope, string models, HashSet<string> taken)
    {
        string own = $"{scope}{layer.Name}";
        bool isModel = layer is Model { HasGraph: true };
        foreach (Variable variable in isModel ? [] : layer.OwnWeights)
        {
            if (!_names.ContainsKey(variable))
            {
                _names[variable] = Unused(taken, $"{own}/{variable.Name}", $"{models}{own}/{variable.Name}");
            }
        }

        foreach (Layer inner in layer.Sublayers)
        {
            Name(inner, isModel ? scope : own + "/", isModel ? $"{models}{layer.Name}/" : models, taken);
        }
    }

    private static string Unused(HashSet<string> taken, string name, string longer)
    {
        string free = taken.Contains(name) ? longer : name;
        for (int i = 1; !taken.Add(free); i++)
        {
            free = Invariant($"{longer}_{i}");
        }

        return free;
    }

    private static string Representable(Variable variable, string name) =>
        variable.DType != ScalarType.BFloat16
            ? name
            : throw new NotSupportedException(
                $"tf.keras 2 writes no weights of bfloat16 into an .h5, but {variable.Path} is one. Save the model without format: "
                    + "\"tf_keras\"."
            );
}
