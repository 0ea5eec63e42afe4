using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// DKD: <c>α TCKD + β NCKD</c>. TCKD = T² KL(b_t || b_s) with b = [p_label, 1 - p_label]; NCKD = T² KL of the other classes' probabilities,
/// made to sum to 1.
/// </summary>
/// <remarks>
/// KL(p || q) is TCKD + (1 - p_label) NCKD: soft targets let the part on the other classes fade where the teacher is confident, and this
/// objective does not. Zhao et al., Decoupled Knowledge Distillation, arXiv 2203.08679, equations 5 to 7. α = 1, β = 8 and T = 4 as for
/// CIFAR-100 there. The authors' code multiplies by min(epoch / 20, 1): give
/// <c>new WarmUpSchedule(20)</c> as weight; it masks the label by subtracting 1000 and takes logarithms of probabilities, which overflows
/// for extreme logits: here all stays in log space. To be used in place of the soft half: <c>WithSoftLossWeight(0)</c>. Immutable and safe
/// to share.
/// </remarks>
public sealed class DecoupledKnowledgeDistillation : DistillationObjective
{
    /// <inheritdoc cref="DecoupledKnowledgeDistillation" path="/summary"/>
    /// <param name="alpha">α, not negative.</param>
    /// <param name="beta">β, not negative.</param>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public DecoupledKnowledgeDistillation(
        double alpha = 1,
        double beta = 8,
        Schedule? temperature = null,
        string name = "decoupled_knowledge_distillation"
    )
        : base(name)
    {
        Alpha = Arguments.NotNegative(alpha);
        Beta = Arguments.NotNegative(beta);
        Temperature = Temperatures.Check(temperature ?? 4, nameof(temperature));
    }

    /// <summary>α, the weight of TCKD.</summary>
    public double Alpha { get; }

    /// <summary>β, the weight of NCKD.</summary>
    public double Beta { get; }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.TeacherLogits | ObjectiveNeeds.Labels;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes, least: 3);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        DecoupledParts parts = Parts(signals);
        return parts.TargetClass.Times(Alpha).PlusScaled(parts.NonTargetClass, Beta);
    }

    /// <summary>TCKD and NCKD apart, with T², before α and β.</summary>
    /// <param name="signals">Logits, labels and T.</param>
    internal static DecoupledParts Parts(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor label = signals.Classes.unsqueeze(1);
        Tensor isLabel = zeros_like(signals.StudentLogits, ScalarType.Bool).scatter_(1, label, ones_like(label, ScalarType.Bool));
        (Tensor binaryT, Tensor othersT) = Split(Softening.LogSoftmax(signals.TeacherLogits, signals.Temperature), label, isLabel);
        (Tensor binaryS, Tensor othersS) = Split(Softening.LogSoftmax(signals.StudentLogits, signals.Temperature), label, isLabel);
        Tensor squared = Softening.Squared(signals.Temperature);

        // The label's own logarithm is -∞ among the others; 0 · ∞ must not be formed.
        Tensor nckd = (othersT.exp() * (othersT.Replaced(isLabel, 0) - othersS.Replaced(isLabel, 0))).sum(-1);
        return new DecoupledParts(Softening.KullbackLeibler(binaryT, binaryS) * squared, nckd * squared);
    }

    // log [p_label, 1 - p_label], (rows, 2), and the logarithms of the other classes' probabilities given that it is one of them.
    private static (Tensor Binary, Tensor Others) Split(Tensor logP, Tensor label, Tensor isLabel)
    {
        Tensor others = logP.Replaced(isLabel, double.NegativeInfinity);
        Tensor rest = others.logsumexp(-1, keepdim: true);
        return (cat([logP.gather(1, label), rest], 1), others - rest);
    }
}
