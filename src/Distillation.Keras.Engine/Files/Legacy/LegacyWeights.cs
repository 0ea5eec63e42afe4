using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The weights of a model in an <c>.h5</c>: a group for each layer, in which an attribute lists the weights in order; of layers in it, too.
/// </summary>
/// <remarks>Source: <c>keras/src/legacy/saving/legacy_h5_format.py</c>.</remarks>
internal static class LegacyWeights
{
    public const string LayerNames = "layer_names";
    public const string WeightNames = "weight_names";
    public const string TopLevel = "top_level_model_weights";

    /// <summary>Whether a group holds weights in this form.</summary>
    public static bool Is(Hdf5Group group) => Has(group, LayerNames);

    /// <summary>Whether Keras 1 wrote them, which notes its version beside a whole model only, and never what it computed with.</summary>
    public static bool IsOfKeras1(Hdf5Group root, Hdf5Group group) =>
        Find(root, group, "keras_version") is Hdf5Attribute version ? version.Text.StartsWith('1') : Find(root, group, "backend") is null;

    /// <summary>The weights of a layer in the order of such files: first those that training changes.</summary>
    public static IReadOnlyList<Variable> Of(Layer layer) => [.. layer.TrainableWeights, .. layer.NonTrainableWeights];

    /// <summary>Which arrays go into the weights of a model, layer by layer in their order.</summary>
    /// <param name="group">The group with the layers.</param>
    /// <param name="model">The model.</param>
    /// <param name="plan">What gets the arrays.</param>
    /// <param name="skipMismatch">Whether layers that do not fit are left out, with a warning.</param>
    /// <param name="isKeras1">Whether Keras 1 wrote the file, which has other kernels.</param>
    /// <exception cref="ModelFormatException">Something is missing or of another shape.</exception>
    public static void Plan(Hdf5Group group, Model model, LoadPlan plan, bool skipMismatch = false, bool isKeras1 = false)
    {
        Layer[] layers = [.. model.Layers.Where(l => Of(l).Count > 0)];
        (string Name, StoredArray[] Arrays)[] stored = [.. Stored(group).Where(s => s.Arrays.Length > 0)];
        if (stored.Length != layers.Length)
        {
            throw new ModelFormatException(
                Invariant(
                    $"'{model.Name}' has {layers.Length} layers with weights, but the file has {stored.Length}: "
                        + $"{Shown(layers.Select(l => l.Name))} and {Shown(stored.Select(s => s.Name))}."
                )
            );
        }

        for (int i = 0; i < layers.Length; i++)
        {
            Plan(layers[i], stored[i].Name, Later(layers[i], stored[i].Arrays, isKeras1), plan, skipMismatch);
        }

        PlanTopLevel(group, model, plan, skipMismatch);
    }

    /// <summary>The same for the layers whose names are in the file; the others keep their weights.</summary>
    public static void PlanByName(Hdf5Group group, Model model, LoadPlan plan, bool skipMismatch = false, bool isKeras1 = false)
    {
        Dictionary<string, StoredArray[]> stored = [];
        foreach ((string name, StoredArray[] arrays) in Stored(group))
        {
            stored[name] = arrays;
        }

        bool any = false;
        foreach (Layer layer in model.Layers)
        {
            if (stored.TryGetValue(layer.Name, out StoredArray[]? arrays) && Of(layer).Count > 0)
            {
                any = true;
                Plan(layer, layer.Name, Later(layer, arrays, isKeras1), plan, skipMismatch);
            }
        }

        if (group.Group(TopLevel) is not null)
        {
            PlanTopLevel(group, model, plan, skipMismatch);
        }

        if (!any)
        {
            plan.Warnings.Add(
                $"No layer of '{model.Name}' has the name of one in the file, so that all keep their weights: "
                    + $"{Shown(model.Layers.Select(l => l.Name))} and {Shown(stored.Keys)}."
            );
        }
    }

    /// <summary>The arrays that an attribute of a group lists, in its order.</summary>
    public static StoredArray[] Arrays(Hdf5Group group) =>
        [
            .. List(group, WeightNames)
                .Select(n =>
                    StoredArray.Of(
                        group.Dataset(n)
                            ?? throw new ModelFormatException(
                                $"{group.Path} of the file lists the weight '{n}', but there is no such array."
                            )
                    )
                ),
        ];

    /// <summary>A list of names, which is in several attributes where it is too long for one.</summary>
    public static IReadOnlyList<string> List(Hdf5Group group, string attribute)
    {
        if (group.Attributes.TryGetValue(attribute, out Hdf5Attribute? all))
        {
            return all.List;
        }

        var names = new List<string>();
        for (int i = 0; group.Attributes.TryGetValue(Invariant($"{attribute}{i}"), out Hdf5Attribute? part); i++)
        {
            names.AddRange(part.List);
        }

        return names.Count > 0 || Has(group, attribute)
            ? names
            : throw new ModelFormatException($"{group.Path} of the file has no attribute '{attribute}', which lists what is in it.");
    }

    private static Hdf5Attribute? Find(Hdf5Group root, Hdf5Group group, string attribute) =>
        root.Attributes.GetValueOrDefault(attribute) ?? group.Attributes.GetValueOrDefault(attribute);

    private static bool Has(Hdf5Group group, string attribute) =>
        group.Attributes.ContainsKey(attribute) || group.Attributes.ContainsKey(attribute + "0");

    private static IEnumerable<(string Name, StoredArray[] Arrays)> Stored(Hdf5Group group) =>
        List(group, LayerNames)
            .Select(name =>
                (
                    name,
                    Arrays(
                        group.Path.Length > 0 && Find(group, name) is Hdf5Group layer
                            ? layer
                            : throw new ModelFormatException(
                                $"{group.Path} of the file lists the layer '{name}', but there is no such group."
                            )
                    )
                )
            );

    // Keras 2 takes slashes in names, which lead into groups.
    private static Hdf5Group? Find(Hdf5Group group, string name)
    {
        Hdf5Group? found = group;
        foreach (string part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = found?.Group(part);
        }

        return found;
    }

    // The arrays of a layer as later versions have them.
    private static StoredArray[] Later(Layer layer, StoredArray[] arrays, bool isKeras1) =>
        RecurrentArrays.Of(layer, isKeras1 ? Keras1Kernels.Turned(layer, arrays) : arrays);

    private static void Plan(Layer layer, string name, StoredArray[] arrays, LoadPlan plan, bool skipMismatch) =>
        Plan(Of(layer), arrays, m => $"The layer '{layer.Name}' does not fit '{name}' of the file: {m}", plan, skipMismatch);

    private static void PlanTopLevel(Hdf5Group group, Model model, LoadPlan plan, bool skipMismatch) =>
        Plan(
            model.OwnWeights,
            group.Group(TopLevel) is Hdf5Group top ? Arrays(top) : [],
            m => $"The weights of the model '{model.Name}' itself do not fit the file: {m}",
            plan,
            skipMismatch
        );

    private static void Plan(
        IReadOnlyList<Variable> weights,
        StoredArray[] arrays,
        Func<string, string> message,
        LoadPlan plan,
        bool skipMismatch
    )
    {
        string? misfit =
            weights.Count != arrays.Length
                ? Invariant($"it has {weights.Count} weights, and the file {arrays.Length} arrays.")
                : weights.Select((w, i) => LoadPlan.Misfit(w, arrays[i])).FirstOrDefault(m => m is not null);
        if (misfit is not null)
        {
            if (!skipMismatch)
            {
                throw new ModelFormatException(message(misfit));
            }

            plan.Warnings.Add($"{message(misfit)} It was left out.");
            return;
        }

        for (int i = 0; i < arrays.Length; i++)
        {
            plan.Add(weights[i], arrays[i]);
        }
    }

    private static string Shown(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(6).Select(n => $"'{n}'")) + (all.Length > 6 ? ", ..." : string.Empty);
    }
}
