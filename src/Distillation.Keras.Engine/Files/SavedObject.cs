using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Files;

/// <summary>What has variables of its own in a file of Keras 3: a layer, a model, an optimizer.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Group">
/// Its group within that of its owner, which is made from its class and its place among others of that class, never from its name.
/// </param>
/// <param name="Variables">Its own variables, in Keras' order.</param>
/// <param name="Parts">What is in it.</param>
/// <remarks>Source: <c>_save_state</c> and <c>_save_container_state</c> in <c>keras/src/saving/saving_lib.py</c>.</remarks>
internal sealed record SavedObject(string Name, string Group, IReadOnlyList<Variable> Variables, IReadOnlyList<SavedObject> Parts)
{
    public const string Layers = "layers";

    /// <summary>The layer that it is, if it is one.</summary>
    public Layer? Layer { get; private init; }

    /// <summary>A model with all that is in it. What lies in it twice, a shared layer, is found at its first place.</summary>
    public static SavedObject Of(Model model) => Of(model, string.Empty, new HashSet<object>(ReferenceEqualityComparer.Instance));

    /// <summary>The optimizer of a compiled model.</summary>
    public static SavedObject Of(Optimizer optimizer, string group = "optimizer") =>
        new(
            optimizer.Name,
            group,
            optimizer.Variables,
            optimizer is LossScaleOptimizer scaling ? [Of(scaling.InnerOptimizer, "inner_optimizer")] : []
        );

    private static SavedObject Of(Layer layer, string group, HashSet<object> seen) =>
        new(layer.Name, group, layer.StoredWeights, [.. PartsOf(layer, seen)]) { Layer = layer };

    private static IEnumerable<SavedObject> PartsOf(Layer layer, HashSet<object> seen)
    {
        if (layer is Model { HasGraph: true } model)
        {
            return Numbered(model.Layers, Layers, seen);
        }

        return layer.NamedSublayers.SelectMany(p =>
            p.IsList ? Numbered(p.Layers, p.Name, seen) : p.Layers.Where(seen.Add).Select(l => Of(l, p.Name, seen))
        );
    }

    // The first of a class has the class' name, the next ones have a number. One that was there before counts, but is not saved again.
    private static IEnumerable<SavedObject> Numbered(IEnumerable<Layer> layers, string container, HashSet<object> seen)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Layer layer in layers)
        {
            string name = Naming.ToSnakeCase(layer.PythonName);
            int count = counts[name] = counts.GetValueOrDefault(name, -1) + 1;
            if (seen.Add(layer))
            {
                yield return Of(layer, count == 0 ? $"{container}/{name}" : Invariant($"{container}/{name}_{count}"), seen);
            }
        }
    }
}
