using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <content>The order of the calls.</content>
internal sealed partial class Graph
{
    // Source: keras/src/ops/function.py, _build_map.
    private static (List<Node> Order, Dictionary<Layer, int> Found) Traverse(KerasTensors inputs, KerasTensors outputs)
    {
        var order = new List<Node>();
        var found = new Dictionary<Layer, int>(ReferenceEqualityComparer.Instance);
        var finished = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var given = new HashSet<KerasTensor>(inputs.Items, ReferenceEqualityComparer.Instance as IEqualityComparer<KerasTensor>);
        var stack = new Stack<(Node Node, IReadOnlyList<KerasTensor> Inputs, int Next)>();
        foreach (KerasTensor output in outputs.Items)
        {
            Enter(output);
            while (stack.TryPop(out (Node Node, IReadOnlyList<KerasTensor> Inputs, int Next) top))
            {
                if (top.Next < top.Inputs.Count)
                {
                    stack.Push(top with { Next = top.Next + 1 });
                    Enter(top.Inputs[top.Next]);
                }
                else
                {
                    finished.Add(top.Node);
                    order.Add(top.Node);
                }
            }
        }

        return (order, found);

        void Enter(KerasTensor tensor)
        {
            Node node = tensor.Node;
            if (finished.Contains(node))
            {
                return;
            }

            if (node.IsInput && !given.Contains(tensor))
            {
                throw new ArgumentException(
                    $"The outputs depend on the input '{node.Layer.Name}', which is not among the model's inputs "
                        + $"({string.Join(", ", inputs.Items.Select(i => $"'{i.Name}'"))}). Add it to inputs."
                );
            }

            found.TryAdd(node.Layer, found.Count);
            stack.Push((node, TensorOrder.Of(node), 0));
        }
    }

    // Source: keras/src/ops/function.py, map_graph.
    private static Dictionary<Node, int> Depths(
        List<Node> order,
        Dictionary<Layer, int> found,
        KerasTensors inputs,
        out Dictionary<Layer, int> layerDepth
    )
    {
        var nodeDepth = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        layerDepth = new Dictionary<Layer, int>(ReferenceEqualityComparer.Instance);
        foreach (Node node in Enumerable.Reverse(order))
        {
            int depth = Math.Max(nodeDepth.GetValueOrDefault(node), layerDepth.GetValueOrDefault(node.Layer));
            layerDepth[node.Layer] = depth;
            nodeDepth[node] = depth;
            foreach (KerasTensor input in node.Inputs)
            {
                nodeDepth[input.Node] = Math.Max(depth + 1, nodeDepth.GetValueOrDefault(input.Node));
            }
        }

        foreach (KerasTensor input in inputs.Items)
        {
            if (layerDepth.TryAdd(input.Node.Layer, 0))
            {
                found[input.Node.Layer] = -1;
                nodeDepth[input.Node] = 0;
            }
        }

        return nodeDepth;
    }

    // A model from the middle of another one: the tensors in the middle become inputs, and the layers behind them are used once more.
    private static (KerasTensors Inputs, KerasTensors Outputs) WithNewInputs(KerasTensors inputs, KerasTensors outputs)
    {
        var map = new Dictionary<KerasTensor, KerasTensor>(ReferenceEqualityComparer.Instance);
        foreach (KerasTensor input in inputs.Items)
        {
            map[input] = input.Node.IsInput ? input : Input.WithBatchShape(input.Shape, input.DType).Output;
        }

        return (inputs.Map(i => map[i]), outputs.Map(Copy));

        KerasTensor Copy(KerasTensor tensor)
        {
            if (map.TryGetValue(tensor, out KerasTensor? known))
            {
                return known;
            }

            Node node = tensor.Node;
            if (node.IsInput)
            {
                return map[tensor] = tensor;
            }

            Node copy = node.Layer.AddNode(node.Call!.Map(Copy), [.. node.Outputs.Select(o => o.Shape)]);
            for (int i = 0; i < node.Outputs.Count; i++)
            {
                map[node.Outputs[i]] = copy.Outputs[i];
            }

            return map[tensor];
        }
    }
}
