using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// DIST: <c>τ² (β inter + γ intra)</c>. inter = 1 - the mean over samples of Pearson's correlation of both rows of probabilities; intra = 1
/// - the mean over classes of that of both columns.
/// </summary>
/// <remarks>
/// Asks for the same relations between classes and between samples, not for the same probabilities: for teachers that are much stronger.
/// Huang et al., Knowledge Distillation from A Stronger Teacher, arXiv 2205.10536, equations 6 to 10, β = γ = τ = 1. The authors' code for
/// CIFAR-100 has β = γ = 2 and τ = 4; that for segmentation has neither τ nor τ². ε is added to the product of the norms. To be used in
/// place of the soft half: <c>WithSoftLossWeight(0)</c>. One value a batch: the columns couple all samples. Immutable and safe to share.
/// </remarks>
public sealed class DistRelations : DistillationObjective
{
    // A square below which the root has no usable derivative; far below ε.
    private const double LeastSquare = 1e-36;

    /// <inheritdoc cref="DistRelations" path="/summary"/>
    /// <param name="beta">β, the weight of the relation between classes, not negative.</param>
    /// <param name="gamma">γ, the weight of the relation between samples, not negative.</param>
    /// <param name="temperature">τ, positive; 1 by default.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor τ².</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public DistRelations(
        double beta = 1,
        double gamma = 1,
        Schedule? temperature = null,
        bool scaleByTemperatureSquared = true,
        double epsilon = 1e-8,
        string name = "dist_relations"
    )
        : base(name)
    {
        Beta = Arguments.NotNegative(beta);
        Gamma = Arguments.NotNegative(gamma);
        Temperature = Temperatures.Check(temperature ?? 1, nameof(temperature));
        ScaleByTemperatureSquared = scaleByTemperatureSquared;
        Epsilon = Arguments.Positive(epsilon);
    }

    /// <summary>β, the weight of the relation between classes.</summary>
    public double Beta { get; }

    /// <summary>γ, the weight of the relation between samples.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <summary>Whether there is the factor τ².</summary>
    public bool ScaleByTemperatureSquared { get; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override bool IsPerSample => false;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) =>
        Temperature is PerSampleSchedule
            ? OutputRules
                .Classes(shapes)
                .Append(
                    "It is one value for a batch, so that its temperature cannot be one for each sample. Give a number or a schedule "
                        + "over epochs."
                )
            : OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor p = Softening.LogSoftmax(signals.TeacherLogits, signals.Temperature).exp();
        Tensor q = Softening.LogSoftmax(signals.StudentLogits, signals.Temperature).exp();
        Tensor value = Relation(q, p).Times(Beta).PlusScaled(Relation(q.t(), p.t()), Gamma);
        return ScaleByTemperatureSquared ? value * Softening.Squared(signals.Temperature) : value;
    }

    // 1 - the mean of Pearson's correlation of the rows.
    private Tensor Relation(Tensor x, Tensor y)
    {
        Tensor a = x - x.mean([1], keepdim: true);
        Tensor b = y - y.mean([1], keepdim: true);
        Tensor correlation = (a * b).sum(1) / (Norm(a) * Norm(b)).Plus(Epsilon);
        return correlation.mean().Complement();
    }

    private static Tensor Norm(Tensor rows) => rows.Squared().sum(1).AtLeast(LeastSquare).sqrt();
}
