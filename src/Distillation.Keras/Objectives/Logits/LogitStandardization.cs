using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Another objective on standardised logits: <c>Z(z) = (z - mean) / (std + ε)</c>, each row on its own, of teacher and student.
/// </summary>
/// <remarks>
/// The student need not have the teacher's shift and spread of logits: only their proportions count, and T is in units of the standard
/// deviation. Sun et al., Logit Standardization in Knowledge Distillation, arXiv 2403.01427, algorithm 1, where the standard deviation is
/// that of the row itself; the authors' code takes the sample standard deviation,
/// <see cref="StandardDeviation.Sample"/>, which for c classes makes T larger by <c>sqrt(c / (c - 1))</c>. By default <c>T² KL</c> at T =
/// 2. A row of equal logits becomes 0. To be used in place of the soft half: <c>WithSoftLossWeight(0)</c>. Immutable and safe to share.
/// </remarks>
public sealed class LogitStandardization : DistillationObjective
{
    // A variance below which the root has no usable derivative; far below ε².
    private const double LeastVariance = 1e-36;

    /// <inheritdoc cref="LogitStandardization" path="/summary"/>
    /// <param name="objective">
    /// An objective on logits, without features; by default <c>new SoftTargets(2, SoftTargetForm.KullbackLeibler)</c>.
    /// </param>
    /// <param name="deviation">What the sum of squares is divided by.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">The objective has features, or does not compute from the student's logits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public LogitStandardization(
        DistillationObjective? objective = null,
        StandardDeviation deviation = StandardDeviation.Population,
        double epsilon = 1e-7,
        string name = "logit_standardization"
    )
        : base(name)
    {
        Objective = objective ?? new SoftTargets(2, SoftTargetForm.KullbackLeibler);
        if (Objective.Features.Count > 0 || !Objective.Needs.HasFlag(ObjectiveNeeds.StudentLogits))
        {
            throw new ArgumentException(
                $"Standardised logits are for an objective on logits, but '{Objective.Name}' "
                    + $"{(Objective.Features.Count > 0 ? "compares features" : "does not need the student's logits")}.",
                nameof(objective)
            );
        }

        Deviation = Arguments.Defined(deviation, nameof(deviation));
        Epsilon = Arguments.Positive(epsilon);
    }

    /// <summary>The objective on standardised logits.</summary>
    public DistillationObjective Objective { get; }

    /// <summary>What the sum of squares is divided by.</summary>
    public StandardDeviation Deviation { get; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => Objective.Needs;

    /// <inheritdoc/>
    public override Schedule? Temperature => Objective.Temperature;

    /// <inheritdoc/>
    public override bool IsPerSample => Objective.IsPerSample;

    /// <inheritdoc/>
    public override bool IsTrainingOnly => Objective.IsTrainingOnly;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) =>
        OutputRules.Classes(shapes).Concat(Objective.Problems(shapes)).Distinct();

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding) => new Bound(this, Objective.Bind(binding));

    /// <summary>Z of each row.</summary>
    /// <param name="logits">(rows, classes).</param>
    /// <exception cref="ArgumentException">They are no floating-point numbers, or have no column.</exception>
    public Tensor Standardize(Tensor logits)
    {
        TensorGuard.Floating(logits);
        if (logits.dim() == 0 || logits.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"Logits have a column for each class, (rows, classes), but the shape is {Shape.FromSizes(logits.shape)}.",
                nameof(logits)
            );
        }

        // From the first class, so that a row of equal logits is 0 exactly: the mean of big ones is rounded, and dividing by ε would make
        // that big again.
        Tensor shifted = logits - logits.narrow(-1, 0, 1);
        Tensor centred = shifted - shifted.mean([-1], keepdim: true);
        double count = logits.shape[^1] - (Deviation == StandardDeviation.Sample ? 1 : 0);
        Tensor deviation = centred.Squared().sum(-1, keepdim: true).Over(count).AtLeast(LeastVariance).sqrt();
        return centred / deviation.Plus(Epsilon);
    }

    private sealed class Bound(LogitStandardization objective, BoundObjective inner) : BoundObjective(objective)
    {
        public override void Prepare(IEnumerable<ObjectiveSignals> batches) => inner.Prepare(batches.Select(Standardized));

        protected override Tensor Compute(ObjectiveSignals signals) => inner.Run(Standardized(signals));

        protected internal override void ExchangeState(StateExchange state) => inner.ExchangeState(state);

        private ObjectiveSignals Standardized(ObjectiveSignals signals) =>
            signals with
            {
                StudentLogits = signals.StudentLogitsIfAny is Tensor z ? objective.Standardize(z) : null,
                TeacherLogits = signals.TeacherLogitsIfAny is Tensor v ? objective.Standardize(v) : null,
            };
    }
}
