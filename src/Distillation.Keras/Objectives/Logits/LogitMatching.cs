using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The squared difference of the logits: <c>1/2 Σ (z - v)²</c>.</summary>
/// <remarks>
/// What T² KL(p || q) tends to for large T, times the number of classes, where each row of logits has the mean 0. Hinton, Vinyals and Dean,
/// arXiv 1503.02531, section 2.1, after Bucilă, Caruana and Niculescu-Mizil and Ba and Caruana. The formula has 1/2 Σ; code often takes the
/// mean over the classes, which is an option. Immutable and safe to share.
/// </remarks>
public sealed class LogitMatching : DistillationObjective
{
    /// <inheritdoc cref="LogitMatching" path="/summary"/>
    /// <param name="reduction">How the squares of the classes become one value: half of their sum, their sum or their mean.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reduction.</exception>
    public LogitMatching(ElementReduction reduction = ElementReduction.HalfSum, string name = "logit_matching")
        : base(name) => Reduction = Arguments.Defined(reduction, nameof(reduction));

    /// <summary>How the squares of the classes become one value.</summary>
    public ElementReduction Reduction { get; }

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        return Reduction.Rows((signals.StudentLogits - signals.TeacherLogits).Squared());
    }
}
