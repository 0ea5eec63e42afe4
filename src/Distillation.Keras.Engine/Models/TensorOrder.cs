using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <summary>
/// The tensors of a use of a layer in the order in which Keras flattens its arguments, and so finds the layers of a model: those in order,
/// then those by name, sorted.
/// </summary>
/// <remarks>Source: <c>keras/src/ops/symbolic_arguments.py</c>.</remarks>
internal static class TensorOrder
{
    /// <summary>The tensors of a use, masks and arguments by name among them.</summary>
    public static IReadOnlyList<KerasTensor> Of(Node node)
    {
        if (node.Inputs.Count < 2)
        {
            return node.Inputs;
        }

        LayerInputs<KerasTensor> call = node.Call!;
        if (call.Form is { } form)
        {
            return [.. form.Places.Select(p => call.Tensors[p])];
        }

        var ordered = new List<KerasTensor>();
        var named = new SortedDictionary<string, IEnumerable<KerasTensor>>(StringComparer.Ordinal);
        IReadOnlyList<string> inputs = node.Layer.InputNames;
        IEnumerable<int> all = Sorted(node.Layer, call.Tensors.Count);
        if (inputs.Count > 0)
        {
            ordered.AddRange(call.Tensors.Take(call.Ordered));
            for (int i = 0; i < call.Tensors.Count; i++)
            {
                if (i >= call.Ordered)
                {
                    named[inputs[i]] = [call.Tensors[i]];
                }

                if (call.Mask(i) is KerasTensor mask)
                {
                    named[$"{inputs[i]}_{NodeConfig.Mask}"] = [mask];
                }
            }
        }
        else
        {
            if (call.Ordered == 0)
            {
                named[NodeConfig.InputsOf(node.Layer)] = all.Select(i => call.Tensors[i]);
            }
            else
            {
                ordered.AddRange(all.Select(i => call.Tensors[i]));
            }

            named[NodeConfig.Mask] = all.Select(call.Mask).OfType<KerasTensor>();
        }

        foreach ((string name, object value) in call.Arguments)
        {
            named[name] =
                value is KerasTensor tensor ? [tensor]
                : value is IEnumerable<KerasTensor> tensors ? tensors
                : [];
        }

        return [.. ordered, .. named.Values.SelectMany(v => v)];
    }

    // Inputs of a model that have names are sorted by them, too.
    private static IEnumerable<int> Sorted(Layer layer, int count) =>
        NodeConfig.NamesOf(layer) is { } names && names.Count == count
            ? Enumerable.Range(0, count).OrderBy(i => names[i], StringComparer.Ordinal)
            : Enumerable.Range(0, count);
}
