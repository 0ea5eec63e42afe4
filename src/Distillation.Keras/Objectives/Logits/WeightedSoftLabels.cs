using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>WSL: soft targets weighed by the sample, <c>(1 - exp(-CE(y, student) / CE(y, teacher))) · T² CE(p, q)</c>.</summary>
/// <remarks>
/// A sample that the student has learnt better than the teacher from the label counts little: there the soft target brings variance without
/// taking bias away. The weight is a constant for the gradient. Zhou et al., Rethinking Soft Labels for Knowledge Distillation: A
/// Bias-Variance Tradeoff Perspective, arXiv 2102.00650, equation 15. T = 2 is that of the authors' code for ImageNet, which adds the term
/// with the weight 2.5 to the loss on the labels at 1; ε is the code's too. To be used in place of the soft half:
/// <c>WithHardLossWeight(1).WithSoftLossWeight(0).With(new WeightedSoftLabels(), 2.5)</c>. Immutable and safe to share.
/// </remarks>
public sealed class WeightedSoftLabels : DistillationObjective
{
    /// <inheritdoc cref="WeightedSoftLabels" path="/summary"/>
    /// <param name="temperature">T, positive; 2 by default.</param>
    /// <param name="epsilon">What is added to the teacher's crossentropy, so that nothing is divided by 0; positive.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public WeightedSoftLabels(Schedule? temperature = null, double epsilon = 1e-7, string name = "weighted_soft_labels")
        : base(name)
    {
        Temperature = Temperatures.Check(temperature ?? 2, nameof(temperature));
        Epsilon = Arguments.Positive(epsilon);
    }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <summary>What is added to the teacher's crossentropy.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.TeacherLogits | ObjectiveNeeds.Labels;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor student = Softening.HardCrossEntropy(signals.StudentLogits.detach(), signals.Labels);
        Tensor teacher = Softening.HardCrossEntropy(signals.TeacherLogits, signals.Labels);
        Tensor weight = -(student / teacher.Plus(Epsilon)).neg().expm1();
        Tensor rows = Softening.CrossEntropy(
            Softening.LogSoftmax(signals.TeacherLogits, signals.Temperature),
            Softening.LogSoftmax(signals.StudentLogits, signals.Temperature)
        );
        return weight * rows * Softening.Squared(signals.Temperature);
    }
}
