using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>A teacher whose outputs were computed before, by whatever it was: one row a sample, known by the sample's number.</summary>
/// <remarks>
/// The number of a sample is its place in the <c>x</c> of <c>Distiller.Fit</c>, whatever the shuffling or <c>validation_split</c>. Without
/// <c>indices</c> the rows are of all samples of <c>x</c>, in their order, and another number of samples is refused. Batches of a
/// <see cref="DataSource"/> bring the numbers of their samples (<see cref="DataBatch.Indices"/>). Data without such numbers
/// (<c>validation_data</c>, <c>DistillationResult.Evaluate</c>) are refused. Keeps a copy of the arrays until <see cref="Release"/>.
/// Thread-safe.
/// </remarks>
public sealed partial class PrecomputedTeacher : Teacher
{
    // The least probability that has a logarithm in float32.
    private const double Least = 1.1754944e-38;

    private const double LeastRest = 1e-10;
    private const double Dropped = -1e4;

    private readonly Tensor _values;
    private readonly Tensor? _classes;
    private readonly Tensor? _rest;
    private readonly Tensor? _rowOf;
    private bool _isReleased;

    private PrecomputedTeacher(
        string name,
        TeacherOutputKind kind,
        Shape shape,
        Tensor values,
        ArrayLike? indices,
        Tensor? classes = null,
        Tensor? rest = null
    )
        : base(name, [new TeacherOutput("output", kind, shape)])
    {
        Tensor? rowOf = indices is null ? null : RowOf(indices, values.shape[0]);
        Samples = rowOf is null ? values.shape[0] : null;
        _values = values.clone().DetachFromDisposeScope();
        _classes = classes?.clone().DetachFromDisposeScope();
        _rest = rest?.clone().DetachFromDisposeScope();
        _rowOf = rowOf?.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override bool NeedsSampleIndices => true;

    /// <inheritdoc/>
    public override long? Samples { get; }

    /// <inheritdoc/>
    public override bool IsReleased => _isReleased;

    /// <inheritdoc/>
    public override TeacherCost Cost => new(Bytes: Stored().Sum(t => t.numel() * t.element_size()));

    /// <summary>Logits of classes or labels.</summary>
    /// <param name="logits">(samples, classes), for sequences (samples, time, classes); finite.</param>
    /// <param name="indices">Which sample each row is of, integers (samples,); by default row i is of sample i.</param>
    /// <param name="multiLabel">Whether they are of labels, each of which is right or not, instead of classes.</param>
    /// <param name="name">What messages and tables call the teacher.</param>
    /// <exception cref="ArgumentException">
    /// The array has another shape, holds NaN or infinite numbers, or the indices do not fit it.
    /// </exception>
    public static PrecomputedTeacher FromLogits(
        ArrayLike logits,
        ArrayLike? indices = null,
        bool multiLabel = false,
        string name = "precomputed"
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Rows(logits, nameof(logits));
        return new PrecomputedTeacher(
            name,
            multiLabel ? TeacherOutputKind.LabelLogits : TeacherOutputKind.ClassLogits,
            ShapeOf(values),
            values,
            indices
        );
    }

    /// <summary>
    /// Probabilities of classes or labels. Their logits are log p, or log(p / (1 - p)) of labels; a probability of 0 becomes the smallest
    /// one.
    /// </summary>
    /// <param name="probabilities">
    /// (samples, classes), for sequences (samples, time, classes); from 0 to 1, rows of classes sum to 1.
    /// </param>
    /// <param name="indices">Which sample each row is of, integers (samples,); by default row i is of sample i.</param>
    /// <param name="multiLabel">Whether they are of labels, each of which is right or not, instead of classes.</param>
    /// <param name="name">What messages and tables call the teacher.</param>
    /// <exception cref="ArgumentException">They are no probabilities, or the indices do not fit them.</exception>
    public static PrecomputedTeacher FromProbabilities(
        ArrayLike probabilities,
        ArrayLike? indices = null,
        bool multiLabel = false,
        string name = "precomputed"
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = Rows(probabilities, nameof(probabilities));
        RefuseOthers(p.IsAtLeast(0).logical_and(p.IsAtMost(1)), "Probabilities are from 0 to 1", nameof(probabilities));
        if (!multiLabel)
        {
            RefuseOthers(
                ClassProbabilities.AreRows(p),
                "Each row of class probabilities sums to 1 (those of labels need not: multiLabel)",
                nameof(probabilities)
            );
        }

        Tensor values = p.AtLeast(Least).log();
        values = multiLabel ? values.subtract(p.Complement().AtLeast(Least).log()) : values;
        return new PrecomputedTeacher(
            name,
            multiLabel ? TeacherOutputKind.LabelLogits : TeacherOutputKind.ClassLogits,
            ShapeOf(values),
            values,
            indices
        );
    }

    /// <summary>The numbers of a regression.</summary>
    /// <param name="numbers">(samples, numbers); finite.</param>
    /// <param name="indices">Which sample each row is of, integers (samples,); by default row i is of sample i.</param>
    /// <param name="name">What messages and tables call the teacher.</param>
    /// <exception cref="ArgumentException">
    /// The array has another shape, holds NaN or infinite numbers, or the indices do not fit it.
    /// </exception>
    public static PrecomputedTeacher FromNumbers(ArrayLike numbers, ArrayLike? indices = null, string name = "precomputed")
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Rows(numbers, nameof(numbers));
        return new PrecomputedTeacher(name, TeacherOutputKind.Numbers, ShapeOf(values), values, indices);
    }

    /// <summary>The k most probable classes of each sample.</summary>
    /// <param name="classes">Their numbers, integers (samples, k), no class twice in a row.</param>
    /// <param name="probabilities">Their probabilities at T = 1, (samples, k), above 0; a row sums to at most 1.</param>
    /// <param name="numClasses">How many classes there are.</param>
    /// <param name="rest">What the other classes get.</param>
    /// <param name="indices">Which sample each row is of, integers (samples,); by default row i is of sample i.</param>
    /// <param name="name">What messages and tables call the teacher.</param>
    /// <exception cref="ArgumentException">They are no such classes or probabilities, or the indices do not fit them.</exception>
    public static PrecomputedTeacher FromTopK(
        ArrayLike classes,
        ArrayLike probabilities,
        int numClasses,
        TopKRest rest = TopKRest.Spread,
        ArrayLike? indices = null,
        string name = "precomputed"
    )
    {
        Arguments.Defined(rest, nameof(rest));
        using DisposeScope scope = NewDisposeScope();
        Tensor p = Rows(probabilities, nameof(probabilities));
        Tensor c = Integers(classes, nameof(classes));
        if (p.dim() != 2 || !c.shape.AsSpan().SequenceEqual(p.shape) || p.shape[1] > numClasses)
        {
            throw new ArgumentException(
                Invariant(
                    $"The top k of {numClasses} classes are two arrays (samples, k) with k up to {numClasses}, but classes has the shape "
                        + $"{Shape.FromSizes(c.shape)} and probabilities {Shape.FromSizes(p.shape)}."
                ),
                nameof(classes)
            );
        }

        RefuseOthers(
            c.IsAtLeast(0).logical_and(c.IsAtMost(numClasses - 1)),
            Invariant($"Classes are from 0 to {numClasses - 1}"),
            nameof(classes)
        );
        Tensor sorted = c.sort(1).Values;
        RefuseOthers(
            sorted.narrow(1, 1, p.shape[1] - 1).ne(sorted.narrow(1, 0, p.shape[1] - 1)),
            "A class stands once in a row",
            nameof(classes)
        );
        Tensor sum = p.sum(1, keepdim: true);
        RefuseOthers(p.IsAbove(0), "The probabilities of the most probable classes are above 0", nameof(probabilities));
        RefuseOthers(sum.IsAtMost(1 + ClassProbabilities.Tolerance), "A row of probabilities sums to at most 1", nameof(probabilities));
        long others = Math.Max(1, numClasses - p.shape[1]);
        Tensor values = rest == TopKRest.Drop ? p.div(sum).log() : p.AtLeast(Least).log();
        Tensor left = rest == TopKRest.Drop ? Arithmetic.FilledLike(sum, Dropped) : sum.Complement().AtLeast(LeastRest).Over(others).log();
        return new PrecomputedTeacher(name, TeacherOutputKind.ClassLogits, new Shape((int?[])[null, numClasses]), values, indices, c, left);
    }

    /// <summary>Of all that is stored.</summary>
    /// <exception cref="ObjectDisposedException">The teacher was released.</exception>
    public override string Fingerprint()
    {
        ReleasedTeacher.Refuse(this);
        ContentFingerprint fingerprint = new ContentFingerprint().Add(nameof(PrecomputedTeacher)).Add(Outputs[0].ToString());
        int i = 0;
        foreach (Tensor stored in Stored())
        {
            fingerprint.Add(Invariant($"{i++}"), stored);
        }

        return fingerprint.ToString();
    }

    /// <summary>Frees the copies of the arrays.</summary>
    public override void Release()
    {
        _isReleased = true;
        foreach (Tensor stored in Stored())
        {
            stored.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override TeacherSignals Compute(TeacherBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ReleasedTeacher.Refuse(this);
        if (!batch.NeedsOutputs)
        {
            return new TeacherSignals([]);
        }

        Tensor indices =
            batch.SampleIndices
            ?? throw new InvalidOperationException(
                $"The teacher '{Name}' knows samples by their numbers, but these data have none. Use data that have (the x of a fit), or "
                    + "a teacher that computes."
            );
        Tensor rows = RowsOf(Device.Cpu.Moved(indices));
        Tensor values = _values.index_select(0, rows);
        return new TeacherSignals(
            _classes is null
                ? values
                : _rest!
                    .index_select(0, rows)
                    .expand(batch.Size, Outputs[0].Shape.Known(-1, nameof(PrecomputedTeacher)))
                    .contiguous()
                    .scatter(1, _classes.index_select(0, rows), values)
        );
    }

    private static Tensor Rows(ArrayLike array, string name)
    {
        Tensor rows = Single(array, name).to(ScalarType.Float32);
        if (rows.dim() is not (2 or 3) || rows.numel() == 0)
        {
            throw new ArgumentException(
                $"What is known of samples has one row a sample, (samples, classes) or (samples, time, classes), but {name} has the "
                    + $"shape {Shape.FromSizes(rows.shape)}.",
                name
            );
        }

        RefuseOthers(rows.isfinite(), "Outputs of a teacher are finite numbers within float32", name);
        return rows;
    }

    private static Tensor Integers(ArrayLike array, string name)
    {
        Tensor given = Single(array, name);
        return !given.is_floating_point() && given.dtype != ScalarType.Bool
            ? given.to(ScalarType.Int64)
            : throw new ArgumentException($"{name} are integers, but an array of {given.dtype} was given.", name);
    }

    private static Tensor Single(ArrayLike array, string name)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        return array.Count == 1 && !array.IsList
            ? array.ToTensors(name)[0]
            : throw new ArgumentException($"One array is taken as {name}, but {array.Count} were given.", name);
    }

    private static void RefuseOthers(Tensor fits, string rule, string name)
    {
        long bad = fits.logical_not().sum().item<long>();
        if (bad > 0)
        {
            throw new ArgumentException(Invariant($"{rule}, but {bad} of {fits.numel()} in {name} are not so."), name);
        }
    }

    // The row of each sample; -1 where there is none.
    private static Tensor RowOf(ArrayLike indices, long rows)
    {
        Tensor numbers = Integers(indices, nameof(indices));
        if (numbers.dim() != 1 || numbers.shape[0] != rows)
        {
            throw new ArgumentException(
                Invariant(
                    $"Indices say which sample each of the {rows} rows is of, ({rows},), but their shape is "
                        + $"{Shape.FromSizes(numbers.shape)}."
                ),
                nameof(indices)
            );
        }

        RefuseOthers(numbers.IsAtLeast(0), "Indices of samples are from 0", nameof(indices));
        Tensor sorted = numbers.sort(0).Values;
        RefuseOthers(sorted.narrow(0, 1, rows - 1).ne(sorted.narrow(0, 0, rows - 1)), "A sample has one row", nameof(indices));

        // The sorted numbers and their rows: a table over all numbers could be far longer.
        // The last one is behind all numbers that are asked for.
        return stack([cat([sorted, tensor([long.MaxValue], device: CPU)]), cat([numbers.argsort(0), tensor([0L], device: CPU)])]);
    }

    private static Shape ShapeOf(Tensor values) => new((int?[])[null, .. values.shape.Skip(1).Select(s => (int?)s)]);

    private Tensor RowsOf(Tensor indices)
    {
        Tensor rows = indices;
        Tensor found;
        if (_rowOf is null)
        {
            found = indices.IsAtLeast(0).logical_and(indices.IsAtMost(_values.shape[0] - 1));
        }
        else
        {
            Tensor places = searchsorted(_rowOf[0], indices);
            found = _rowOf[0].index_select(0, places).eq(indices);
            rows = _rowOf[1].index_select(0, places);
        }

        return found.all().item<bool>()
            ? rows
            : throw new ArgumentException(
                Invariant(
                    $"The teacher '{Name}' was asked about {indices.shape[0]} samples, but of {found.logical_not().sum().item<long>()} "
                        + $"of them it knows nothing, the first being sample "
                        + $"{indices.masked_select(found.logical_not())[0].item<long>()}. Give a row for each sample of x, or leave "
                        + $"these samples out of x."
                )
            );
    }

    private IEnumerable<Tensor> Stored() => new[] { _values, _classes, _rest, _rowOf }.OfType<Tensor>();
}
