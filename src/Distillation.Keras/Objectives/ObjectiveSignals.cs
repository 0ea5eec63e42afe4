using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>What an objective computes from on one batch.</summary>
/// <remarks>
/// <para>
/// Immutable. The tensors belong to the step, and are on the student's device. The teacher's side records no gradient. Rows are samples or,
/// for sequences, the tokens that are not masked. Reading a signal that the objective did not declare is an error.
/// </para>
/// <para>
/// Made in an initialiser, as for a test of an objective, <c>new ObjectiveSignals { StudentLogits = z, TeacherLogits = v }</c>, and changed
/// in C# by <c>signals with { TeacherLogits = other }</c>; <see langword="null"/> takes a signal away. Two are equal where they are the
/// same object: tensors are not compared.
/// </para>
/// </remarks>
public sealed record ObjectiveSignals
{
    private readonly Tensor? _studentLogits;
    private readonly Tensor? _teacherLogits;
    private readonly Tensor? _labels;
    private readonly Tensor? _sampleIndices;
    private readonly Tensor? _temperature;
    private readonly IReadOnlyList<Tensor>? _studentFeatures;
    private readonly IReadOnlyList<Tensor>? _teacherFeatures;

    /// <summary>z, (rows, classes). Of a regression its numbers, (rows, numbers).</summary>
    /// <exception cref="InvalidOperationException">It was not declared.</exception>
    [AllowNull]
    public Tensor StudentLogits
    {
        get => Given(_studentLogits, "ObjectiveNeeds.StudentLogits");
        init => _studentLogits = value;
    }

    /// <summary>v, (rows, classes), or numbers. No gradient flows into it.</summary>
    /// <exception cref="InvalidOperationException">It was not declared, or its shape is not that of the student's logits.</exception>
    [AllowNull]
    public Tensor TeacherLogits
    {
        get
        {
            Tensor teacher = Given(_teacherLogits, "ObjectiveNeeds.TeacherLogits");

            // Where a 1 stands against a number of classes, the formulas would repeat it without a word.
            return _studentLogits is null || _studentLogits.shape.AsSpan().SequenceEqual(teacher.shape)
                ? teacher
                : throw new InvalidOperationException(
                    "Student and teacher give logits of the same rows and classes, but the student's shape is "
                        + $"{Shape.FromSizes(_studentLogits.shape)} and the teacher's {Shape.FromSizes(teacher.shape)}."
                );
        }
        init => _teacherLogits = Constant(value);
    }

    /// <summary>
    /// The labels: classes, int64 (rows,), or class probabilities or one 0 or 1 for each label, (rows, classes); of a regression its
    /// targets, (rows, numbers). A row without a label holds 0; what the objective gives for it is not counted.
    /// </summary>
    /// <exception cref="InvalidOperationException">They were not declared.</exception>
    [AllowNull]
    public Tensor Labels
    {
        get => Given(_labels, "ObjectiveNeeds.Labels");
        init => _labels = value;
    }

    /// <summary>The class of each row, int64 (rows,); of class probabilities the most probable one.</summary>
    /// <exception cref="InvalidOperationException">They were not declared, or the output is numbers.</exception>
    public Tensor Classes =>
        IsNumeric
            ? throw new InvalidOperationException(
                "An output of numbers has no classes: Labels are its targets, (rows, numbers). Refuse such outputs in Problems "
                    + "(ObjectiveShapes.IsNumeric), or use the targets."
            )
        : Labels.dim() == 1 ? Labels
        : Labels.argmax(-1);

    /// <summary>Whether logits and labels are the numbers and targets of a regression.</summary>
    public bool IsNumeric { get; init; }

    /// <summary>Which sample of the transfer set each row is, int64 (batch,).</summary>
    /// <exception cref="InvalidOperationException">They were not declared.</exception>
    [AllowNull]
    public Tensor SampleIndices
    {
        get => Given(_sampleIndices, "ObjectiveNeeds.SampleIndices");
        init => _sampleIndices = value;
    }

    /// <summary>
    /// The student's features, behind the adapters, in the order of <see cref="DistillationObjective.Features"/>; batch first, channels
    /// last.
    /// </summary>
    /// <exception cref="InvalidOperationException">None were declared.</exception>
    [AllowNull]
    public IReadOnlyList<Tensor> StudentFeatures
    {
        get => Given(_studentFeatures, "Features");
        init => _studentFeatures = value;
    }

    /// <summary>The teacher's features, in the same order. No gradient flows into them.</summary>
    /// <exception cref="InvalidOperationException">None were declared.</exception>
    [AllowNull]
    public IReadOnlyList<Tensor> TeacherFeatures
    {
        get => Given(_teacherFeatures, "Features");
        init =>
            _teacherFeatures =
                value is null || value.All(t => t is { IsInvalid: false, requires_grad: false })
                    ? value
                    : [.. value.Select(t => Constant(t)!)];
    }

    /// <summary>T of this step, in the logits' type: a scalar, or (rows, 1) where each row has its own.</summary>
    /// <exception cref="InvalidOperationException">The objective has none.</exception>
    [AllowNull]
    public Tensor Temperature
    {
        get => Given(_temperature, "Temperature");
        init => _temperature = value;
    }

    /// <summary>Whether this is a training step; otherwise an evaluation.</summary>
    public bool Training { get; init; }

    /// <summary>
    /// The random numbers of the fit, for objectives that draw; <see langword="null"/>: libtorch's own. It belongs to the fit. They are
    /// drawn on the host and moved: <c>rand(sizes, device: CPU, generator: g).to(x.device)</c>.
    /// </summary>
    public Generator? Generator { get; init; }

    /// <summary>The type that logits or, without any, features have.</summary>
    internal ScalarType Type => (_studentLogits ?? _teacherLogits ?? _studentFeatures?[0] ?? _teacherFeatures![0]).dtype;

    /// <summary>The teacher's logits, or <see langword="null"/> where there are none.</summary>
    internal Tensor? TeacherLogitsIfAny => _teacherLogits;

    /// <summary>The student's logits, or <see langword="null"/> where there are none.</summary>
    internal Tensor? StudentLogitsIfAny => _studentLogits;

    /// <summary>
    /// What one objective is given of all signals: what it declares, so that a missing declaration shows at the first step.
    /// </summary>
    /// <param name="needs">What it declares.</param>
    /// <param name="temperature">Its T of this step.</param>
    /// <param name="studentFeatures">Its features, behind its adapters.</param>
    /// <param name="teacherFeatures">Its features, behind its adapters.</param>
    internal ObjectiveSignals For(
        ObjectiveNeeds needs,
        Tensor? temperature,
        IReadOnlyList<Tensor>? studentFeatures,
        IReadOnlyList<Tensor>? teacherFeatures
    ) =>
        this with
        {
            StudentLogits = needs.HasFlag(ObjectiveNeeds.StudentLogits) ? _studentLogits : null,
            TeacherLogits = needs.HasFlag(ObjectiveNeeds.TeacherLogits) ? _teacherLogits : null,
            Labels = needs.HasFlag(ObjectiveNeeds.Labels) ? _labels : null,
            SampleIndices = needs.HasFlag(ObjectiveNeeds.SampleIndices) ? _sampleIndices : null,
            Temperature = temperature,
            StudentFeatures = studentFeatures,
            TeacherFeatures = teacherFeatures,
        };

    /// <summary>Whether logits or features have so many rows.</summary>
    internal bool HasRows(long rows)
    {
        return Has(_studentLogits)
            || Has(_teacherLogits)
            || Has(_labels)
            || _studentFeatures?.Any(Has) == true
            || _teacherFeatures?.Any(Has) == true;

        bool Has(Tensor? tensor) => tensor is not null && tensor.shape[0] == rows;
    }

    /// <summary>Whether it is the same object: tensors are not compared.</summary>
    public bool Equals(ObjectiveSignals? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>Refuses signals made by hand that do not fit each other: those of a fit do.</summary>
    /// <param name="objective">What computes from them.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    /// <exception cref="ObjectDisposedException">One was disposed.</exception>
    internal void Check(DistillationObjective objective)
    {
        Tensor?[] perRow = [_studentLogits, _teacherLogits, _labels, _temperature];
        IReadOnlyList<Tensor> features = [.. _studentFeatures ?? [], .. _teacherFeatures ?? []];
        foreach (Tensor tensor in perRow.OfType<Tensor>().Concat(features))
        {
            TensorGuard.Numbers(tensor, "signals");
        }

        long? rows = (_studentLogits ?? _teacherLogits)?.dim() > 0 ? (_studentLogits ?? _teacherLogits)!.shape[0] : null;
        string? rule =
            AreNot(_studentLogits, t => t.dim() == 2) || AreNot(_teacherLogits, t => t.dim() == 2) ? "Logits are (rows, classes)"
            : AreNot(_studentLogits, t => t.is_floating_point()) || AreNot(_teacherLogits, t => t.is_floating_point())
                ? "Logits are floating-point numbers"
            : AreNot(_teacherLogits, t => _studentLogits is null || t.dtype == _studentLogits.dtype) ? "Both models' logits have one type"
            : AreNot(_labels, t => t.dim() is 1 or 2 && (rows is null || t.shape[0] == rows)) ? "There is a label for each row"
            : AreNot(_labels, t => t.dim() == 2 ? t.is_floating_point() : t.dtype == ScalarType.Int64)
                ? "Labels are classes, int64 (rows,), or floating-point numbers, (rows, classes)"
            : AreNot(_labels, t => t.dim() == 1 || _studentLogits is null || t.shape[1] == _studentLogits.shape[1])
                ? "Labels have the logits' classes"
            : AreNot(
                _temperature,
                t => t.is_floating_point() && (t.dim() == 0 || (t.dim() == 2 && t.shape[1] == 1 && (rows is null || t.shape[0] == rows)))
            )
                ? "T is a scalar, or (rows, 1)"
            : AreNot(_sampleIndices, t => !t.IsInvalid && t.dim() == 1 && t.dtype == ScalarType.Int64)
                ? "Indices of samples are int64 (batch,)"
            : _studentFeatures is not null && _studentFeatures.Count != objective.Features.Count
                ? "There is a student's feature for each pair"
            : _teacherFeatures is not null && _teacherFeatures.Count != objective.Features.Count
                ? "There is a teacher's feature for each pair"
            : features.Any(f => f.dim() < 2 || f.shape[0] != features[0].shape[0]) ? "Features are (batch, ...), of one batch"
            : features.Any(f => f.dtype != features[0].dtype || !f.is_floating_point()) ? "Features are floating-point numbers of one type"
            : null;
        if (rule is not null)
        {
            throw new ArgumentException(
                $"{rule}, but the objective '{objective.Name}' was called with {this}. Give signals that fit each other."
            );
        }

        static bool AreNot(Tensor? tensor, Predicate<Tensor> rule) => tensor is not null && !rule(tensor);
    }

    /// <summary>Which signals there are, with their shapes.</summary>
    public override string ToString()
    {
        (string Name, string? Shape)[] all =
        [
            (nameof(StudentLogits), Text(_studentLogits)),
            (nameof(TeacherLogits), Text(_teacherLogits)),
            (nameof(Labels), Text(_labels)),
            (nameof(SampleIndices), Text(_sampleIndices)),
            (nameof(Temperature), Text(_temperature)),
            (nameof(StudentFeatures), Text(_studentFeatures)),
            (nameof(TeacherFeatures), Text(_teacherFeatures)),
        ];
        IEnumerable<string> parts = all.Where(s => s.Shape is not null).Select(s => $"{s.Name} = {s.Shape}");
        return $"{nameof(ObjectiveSignals)} {{ {string.Join(", ", parts.Append(Training ? "training" : "evaluation"))} }}";
    }

    private static string? Text(Tensor? tensor) =>
        tensor is null ? null
        : tensor.IsInvalid ? "disposed"
        : Shape.FromSizes(tensor.shape).ToString();

    private static string? Text(IReadOnlyList<Tensor>? tensors) => tensors is null ? null : $"[{string.Join("; ", tensors.Select(Text))}]";

    // The teacher is not trained, whoever computes its side.
    [return: NotNullIfNotNull(nameof(teacher))]
    private static Tensor? Constant(Tensor? teacher) => teacher is { IsInvalid: false, requires_grad: true } ? teacher.detach() : teacher;

    private static T Given<T>(T? signal, string declaration, [CallerMemberName] string name = "")
        where T : class =>
        signal
        ?? throw new InvalidOperationException(
            $"In a fit an objective gets the signals that it declares, but {name} is read here and is not there. Declare {declaration} "
                + $"in the objective; where the signals are made by hand, set {name}."
        );
}
