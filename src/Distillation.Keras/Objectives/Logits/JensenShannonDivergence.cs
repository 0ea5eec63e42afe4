using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// The generalised Jensen-Shannon divergence: <c>T² · (β KL(p || m) + (1 - β) KL(q || m))</c> with the mixture <c>m = β p + (1 - β) q</c>.
/// </summary>
/// <remarks>
/// p is the teacher's and q the student's softened probabilities; β = 1/2 is the Jensen-Shannon divergence, and the gradient divided by β
/// goes for small β towards that of KL(p || q), divided by 1 - β for β near 1 towards that of KL(q || p). Bounded, unlike both. Agarwal et
/// al., arXiv 2306.13649, equation 1; the factor T² is that of Hinton et al. Computed in log space. Immutable and safe to share.
/// </remarks>
public sealed class JensenShannonDivergence : DistillationObjective
{
    /// <inheritdoc cref="JensenShannonDivergence" path="/summary"/>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="beta">β, between 0 and 1; 1/2 by default.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor T².</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public JensenShannonDivergence(
        Schedule? temperature = null,
        double beta = 0.5,
        bool scaleByTemperatureSquared = true,
        string name = "jensen_shannon_divergence"
    )
        : base(name)
    {
        Temperature = Temperatures.Check(temperature ?? 4, nameof(temperature));
        Beta = Arguments.Between(beta, 0, 1);
        ScaleByTemperatureSquared = scaleByTemperatureSquared;
    }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <summary>β: the teacher's share of the mixture.</summary>
    public double Beta { get; }

    /// <summary>Whether there is the factor T².</summary>
    public bool ScaleByTemperatureSquared { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor logP = Softening.LogSoftmax(signals.TeacherLogits, signals.Temperature);
        Tensor logQ = Softening.LogSoftmax(signals.StudentLogits, signals.Temperature);
        Tensor logM = logaddexp(logP.Plus(Math.Log(Beta)), logQ.Plus(Math.Log(1 - Beta)));
        Tensor rows = Softening.KullbackLeibler(logP, logM).Times(Beta).PlusScaled(Softening.KullbackLeibler(logQ, logM), 1 - Beta);
        return ScaleByTemperatureSquared ? rows * Softening.Squared(signals.Temperature) : rows;
    }
}
