using System.Text.Json.Nodes;
using Distillation.Keras.Models;
using Distillation.Keras.Objectives;

namespace Distillation.Keras.Metrics;

/// <summary>CE(softmax(v / T), p_T) of the right halves, which knows its T.</summary>
internal sealed class SoftLogLossMetric : MeanMetricWrapper
{
    private readonly double _temperature;

    internal SoftLogLossMetric(double temperature)
        : base((targets, predictions) => SplitBatch.Of(targets, predictions, null).SoftLogLoss(temperature), "soft_logloss") => _temperature = temperature;

    /// <summary>Refused, as that of the other metrics on both halves.</summary>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException($"The metric '{Name}' computes from targets [one-hot | teacher logits], which no configuration of Keras describes. Compile the model again after it was read.");

    internal override void ValidateOutput(KerasTensor output) => SoftenedOutput.Check(output, _temperature, $"the metric '{Name}'");

    internal override Metric Copy() => NamedLike(this, new SoftLogLossMetric(_temperature));
}
