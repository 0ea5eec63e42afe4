namespace Distillation.Keras.Layers;

/// <summary>One use of a layer in a graph.</summary>
internal sealed class Node
{
    public Node(Layer layer, LayerInputs<KerasTensor>? call, IReadOnlyList<Shape> outputShapes, IReadOnlyList<string> dtypes)
    {
        Layer = layer;
        Call = call;
        Inputs = call is null ? [] : [.. call.All];
        Outputs = [.. outputShapes.Select((s, i) => new KerasTensor(s, dtypes[Math.Min(i, dtypes.Count - 1)], this, i))];
    }

    public Layer Layer { get; }

    /// <summary>What the layer is used on; <see langword="null"/> for an input, which is used on nothing.</summary>
    public LayerInputs<KerasTensor>? Call { get; }

    /// <summary>All tensors that it is used on, masks and those given by name among them.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    public IReadOnlyList<KerasTensor> Outputs { get; }

    public bool IsInput => Inputs.Count == 0;

    /// <summary>Which use of its layer this is.</summary>
    public int IndexInLayer
    {
        get
        {
            for (int i = 0; i < Layer.Nodes.Count; i++)
            {
                if (ReferenceEquals(Layer.Nodes[i], this))
                {
                    return i;
                }
            }

            throw new InvalidOperationException($"A use of '{Layer.Name}' is not listed by it.");
        }
    }
}
