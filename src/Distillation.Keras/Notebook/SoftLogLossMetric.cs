using Distillation.Keras.Metrics;

namespace Distillation.Keras.Notebook;

/// <summary>CE(softmax(v / T), p_T) of the right halves, which knows its T.</summary>
internal sealed class SoftLogLossMetric : HalvesMetric
{
    private readonly double _temperature;

    internal SoftLogLossMetric(double temperature)
        : base("soft_logloss", h => h.SoftLogLoss(temperature)) => _temperature = temperature;

    /// <inheritdoc/>
    protected internal override void ValidateOutput(KerasTensor output) =>
        SoftenedOutput.Check(output, _temperature, $"the metric '{Name}'");

    protected override Metric CloneCore() => new SoftLogLossMetric(_temperature);
}
