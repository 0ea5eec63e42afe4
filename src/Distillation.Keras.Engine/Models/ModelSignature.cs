using InputLayer = Distillation.Keras.Layers.Input;

namespace Distillation.Keras.Models;

/// <summary>What goes into a model and what comes out of it, whatever lies in between.</summary>
/// <param name="Inputs">The inputs in order.</param>
/// <param name="Outputs">The outputs in order.</param>
internal sealed record ModelSignature(IReadOnlyList<ModelPort> Inputs, IReadOnlyList<ModelPort> Outputs)
{
    private string[]? _outputNames;

    /// <summary>The outputs' names, by which losses, metrics and logs of models with several outputs are known.</summary>
    public IReadOnlyList<string> OutputNames => _outputNames ??= [.. Outputs.Select(o => o.Name)];

    /// <summary>That of a graph.</summary>
    public static ModelSignature Of(Graph graph) =>
        new(
            [
                .. graph.Inputs.Items.Select(
                    (t, i) => new ModelPort(graph.Inputs.Keys?[i] ?? t.Name, t.Shape, ((InputLayer)t.Node.Layer).ScalarType, t)
                ),
            ],
            [.. graph.Outputs.Items.Select((t, i) => new ModelPort(graph.Outputs.Keys?[i] ?? t.Name, t.Shape, null, t))]
        );

    /// <summary>
    /// That of a class over a graph that computes something else than the graph: the graph's inputs, and the outputs that it gives for
    /// zeros of these shapes.
    /// </summary>
    public static ModelSignature OfOverride(Model model, Graph graph)
    {
        ModelSignature written = Of(graph);
        IReadOnlyList<Shape> outputs = model.OutputShapes([.. written.Inputs.Select(i => i.Shape)]);
        bool sameNumber = outputs.Count == written.Outputs.Count;
        return new ModelSignature(
            written.Inputs,
            [.. outputs.Select((s, i) => new ModelPort(sameNumber ? written.Outputs[i].Name : Invariant($"output_{i + 1}"), s, null, null))]
        );
    }

    /// <summary>
    /// That of a class of one's own, whose outputs are found by trying it on zeros. Its inputs may have any sizes. Source:
    /// <c>create_pseudo_output_names</c> in <c>keras/src/trainers/compile_utils.py</c>.
    /// </summary>
    public static ModelSignature OfTrial(Model model)
    {
        if (model.BuildShapes.Count == 0)
        {
            throw new InvalidOperationException(
                $"The model '{model.Name}' is not built: its weights are made when it first sees data. Call it on data, or fit it, first."
            );
        }

        IReadOnlyList<Shape> outputs = model.OutputShapes(model.BuildShapes);
        return new ModelSignature(
            [.. model.BuildShapes.Select((s, i) => new ModelPort(Invariant($"input_{i + 1}"), new Shape(new int?[s.Rank]), null, null))],
            [.. outputs.Select((s, i) => new ModelPort(Invariant($"output_{i + 1}"), s, null, null))]
        );
    }
}
