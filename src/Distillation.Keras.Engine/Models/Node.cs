using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <summary>One use of a layer in a graph.</summary>
internal sealed class Node
{
    public Node(Layer layer, IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Shape> outputShapes, string dtype, bool? training, bool isList)
    {
        Layer = layer;
        Inputs = [.. inputs];
        Training = training;
        IsList = isList;
        Outputs = [.. outputShapes.Select((s, i) => new KerasTensor(s, dtype, this, i))];
    }

    public Layer Layer { get; }

    public IReadOnlyList<KerasTensor> Inputs { get; }

    public IReadOnlyList<KerasTensor> Outputs { get; }

    /// <summary>The mode of this use, where it was fixed.</summary>
    public bool? Training { get; }

    /// <summary>Whether the inputs were given as one list, as Keras' merging layers take them.</summary>
    public bool IsList { get; }

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
