using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The reverse divergence: <c>T² · KL(q || p)</c> with the student's softened probabilities q first.</summary>
/// <remarks>
/// Mode-seeking: a student that cannot hold all of the teacher's probabilities drops some, instead of spreading itself over all. Agarwal et
/// al., On-Policy Distillation of Language Models, arXiv 2306.13649, section 2; the factor T² is that of Hinton et al. Computed in log
/// space. Immutable and safe to share.
/// </remarks>
public sealed class ReverseKullbackLeibler : DistillationObjective
{
    /// <inheritdoc cref="ReverseKullbackLeibler" path="/summary"/>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor T².</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive.</exception>
    public ReverseKullbackLeibler(
        Schedule? temperature = null,
        bool scaleByTemperatureSquared = true,
        string name = "reverse_kullback_leibler"
    )
        : base(name)
    {
        Temperature = Temperatures.Check(temperature ?? 4, nameof(temperature));
        ScaleByTemperatureSquared = scaleByTemperatureSquared;
    }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

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
        Tensor rows = Softening.KullbackLeibler(logQ, logP);
        return ScaleByTemperatureSquared ? rows * Softening.Squared(signals.Temperature) : rows;
    }
}
