using System.Text.Json.Nodes;
using Distillation.Keras.Metrics;
using static TorchSharp.torch;

namespace Distillation.Keras.Notebook;

/// <summary>A metric of targets <c>[one-hot | teacher logits]</c> and predictions <c>[p | p_T]</c>.</summary>
internal class HalvesMetric : MeanMetricWrapper
{
    private readonly Func<SplitBatch, Tensor> _values;

    internal HalvesMetric(string name, Func<SplitBatch, Tensor> values)
        : base((targets, predictions) => values(SplitBatch.Of(targets, predictions, null)), name) => _values = values;

    /// <summary>Refused: Keras has no such metric.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException(
            $"The metric '{Name}' computes from targets [one-hot | teacher logits], which no configuration of Keras describes. Write the "
                + "model without what it was compiled with (ToJson(compile: false)), and call Compile again after it was read."
        );

    protected override Metric CloneCore() => new HalvesMetric(Name, _values);
}
