using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The batches of a user's source for the compiled losses and metrics of a model.</summary>
internal sealed class SupervisedStream : StreamBatches
{
    private readonly Model _model;
    private readonly IReadOnlyDictionary<int, double>? _classWeight;
    private readonly SupervisedProgram _program;
    private readonly Shape[] _targets;

    /// <summary>Reads a source for a model.</summary>
    /// <param name="model">What takes the batches.</param>
    /// <param name="source">The source.</param>
    /// <param name="class_weight">The weights of the classes' samples, or <see langword="null"/>.</param>
    /// <param name="program">What refuses targets that its losses cannot take.</param>
    /// <param name="targets">The first batch's targets: the others have their shapes, but for the number of samples.</param>
    public SupervisedStream(
        Model model,
        DataSource source,
        IReadOnlyDictionary<int, double>? class_weight,
        SupervisedProgram program,
        IReadOnlyList<Tensor> targets
    )
        : base(model, source)
    {
        _model = model;
        _classWeight = class_weight;
        _program = program;
        _targets = ShapesOf(targets);
    }

    /// <inheritdoc/>
    protected override Batch Checked(DataBatch batch)
    {
        SampleSet set = SampleSet.Of(_model, batch.X, batch.Y, batch.SampleWeight, _classWeight);
        Shape[] targets = ShapesOf(set.Y);
        if (!targets.SequenceEqual(_targets))
        {
            throw new ArgumentException(
                $"The targets of all batches have the same shapes but for the number of samples, but these have {Text(targets)} and "
                    + $"those of the first batch {Text(_targets)}."
            );
        }

        _program.Check(set.Y);
        return new Batch(set.X, set.Y, set.Weights, RowsOf(batch, set.X[0].shape[0]));
    }

    private static Shape[] ShapesOf(IReadOnlyList<Tensor> targets) => [.. targets.Select(t => Shape.FromSizes(t.shape).With(0, null))];

    private static string Text(Shape[] shapes) => shapes.Length == 0 ? "none" : string.Join(", ", shapes.Select(s => s.ToString()));
}
