using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The batches of a user's source, each checked against the model as arrays are.</summary>
internal sealed class StreamBatches : BatchSource
{
    private readonly Model _model;
    private readonly DataSource _source;
    private readonly IReadOnlyDictionary<int, double>? _classWeight;
    private readonly SupervisedProgram _program;
    private readonly Shape[] _targets;

    /// <summary>Reads a source for a model.</summary>
    /// <param name="model">What takes the batches.</param>
    /// <param name="source">The source.</param>
    /// <param name="class_weight">The weights of the classes' samples, or <see langword="null"/>.</param>
    /// <param name="program">What refuses targets that its losses cannot take.</param>
    /// <param name="targets">The first batch's targets: the others have their shapes, but for the number of samples.</param>
    public StreamBatches(Model model, DataSource source, IReadOnlyDictionary<int, double>? class_weight, SupervisedProgram program, IReadOnlyList<Tensor> targets)
    {
        _model = model;
        _source = source;
        _classWeight = class_weight;
        _program = program;
        _targets = ShapesOf(targets);
    }

    public override int? Steps => _source.Batches;

    /// <summary>The first batch, for what depends on shapes. Tensors that the source makes for it are in the dispose scope that is open.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DataBatch First(DataSource source) => source.Batches is null or > 0
        ? source.Read(new DataPass(0)).FirstOrDefault() ?? throw Empty()
        : throw new ArgumentException(Invariant($"A source has at least one batch a pass, or null where the number is not known, but says that it has {source.Batches}."));

    /// <summary>Refuses a source without batches.</summary>
    public static ArgumentException Empty() => new("A source gives at least one batch a pass, and none that is null, but it gave none.");

    /// <summary>Runs a check of a batch, whose refusals then say which batch it is.</summary>
    public static T InPlace<T>(int step, Model model, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Invariant($"Batch {step} of the source, from 0, does not fit '{model.Name}': {e.Message}"), e);
        }
    }

    public override IEnumerable<Batch> Read(SourcePass pass, int skip)
    {
        using IEnumerator<DataBatch> batches = _source.Read(new DataPass(pass.Number, pass.Shuffle, Seed(pass))).GetEnumerator();
        for (int i = 0; i < skip; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!batches.MoveNext())
            {
                throw new InvalidOperationException(
                    Invariant($"A source gives the same batches for the same pass, but of pass {pass.Number} it gave at least {skip} batches before, and only {i} now. Let Read depend on its argument alone."));
            }
        }

        for (int step = skip; batches.MoveNext(); step++)
        {
            yield return InPlace(step, _model, () => Checked(batches.Current));
        }
    }

    // The source is the user's.
    public override void Dispose()
    {
    }

    private static int Seed(SourcePass pass)
    {
        if (!pass.IsRandom)
        {
            return 0;
        }

        using Tensor seed = empty(1, ScalarType.Int64, CPU);
        seed.random_(0, int.MaxValue, pass.Generator);
        return (int)seed.data<long>()[0];
    }

    private Batch Checked(DataBatch? batch)
    {
        if (batch is null)
        {
            throw new ArgumentException("A source gives batches, but this one is null.");
        }

        SampleSet set = SampleSet.Of(_model, batch.X, batch.Y, batch.SampleWeight, _classWeight);
        long size = set.X[0].shape[0];
        Shape[] targets = ShapesOf(set.Y);
        if (!targets.SequenceEqual(_targets))
        {
            throw new ArgumentException($"The targets of all batches have the same shapes but for the number of samples, but these have {Text(targets)} and those of the first batch {Text(_targets)}.");
        }

        if (batch.Indices is IReadOnlyList<long> numbers && numbers.Count != size)
        {
            throw new ArgumentException(Invariant($"Each sample has one number, but there are {size} samples and {numbers.Count} indices."));
        }

        _program.Check(set.Y);
        var rows = new BatchRows(batch.Indices is null ? null : tensor([.. batch.Indices], ScalarType.Int64, CPU), -1, (int)size);
        return new Batch(set.X, set.Y, set.Weights, rows);
    }

    private static Shape[] ShapesOf(IReadOnlyList<Tensor> targets) => [.. targets.Select(t => Shape.FromSizes(t.shape).With(0, null))];

    private static string Text(Shape[] shapes) => shapes.Length == 0 ? "none" : string.Join(", ", shapes.Select(s => s.ToString()));
}
