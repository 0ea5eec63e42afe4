using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The crossentropy of smoothed labels, <c>CE((1 - ε) y + ε / c, softmax(z))</c>: a teacher-free baseline.</summary>
/// <remarks>
/// The whole loss on the labels, so that a distiller without a teacher needs nothing else. Szegedy et al., Rethinking the Inception
/// Architecture for Computer Vision, arXiv 1512.00567, section 7; ε = 0.1. Labels may be class probabilities. Immutable and safe to share.
/// </remarks>
public sealed class LabelSmoothing : DistillationObjective
{
    /// <inheritdoc cref="LabelSmoothing" path="/summary"/>
    /// <param name="epsilon">ε, from 0 to 1.</param>
    /// <param name="spread">Over which classes ε is spread.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public LabelSmoothing(double epsilon = 0.1, SmoothingSpread spread = SmoothingSpread.AllClasses, string name = "label_smoothing")
        : base(name)
    {
        Epsilon = Arguments.Within(epsilon, 0, 1);
        Spread = Arguments.Defined(spread, nameof(spread));
    }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <summary>Over which classes ε is spread.</summary>
    public SmoothingSpread Spread { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor logQ = nn.functional.log_softmax(signals.StudentLogits, -1);
        Tensor label = Softening.HardCrossEntropy(signals.StudentLogits, signals.Labels);
        Tensor all = logQ.sum(-1).neg();
        long classes = logQ.shape[^1];
        return Spread == SmoothingSpread.AllClasses
            ? label.Times(1 - Epsilon).PlusScaled(all, Epsilon / classes)
            : label.Times(1 - Epsilon).PlusScaled(all - label, Epsilon / (classes - 1));
    }
}
