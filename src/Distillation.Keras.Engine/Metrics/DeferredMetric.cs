using TorchSharp;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The strings <c>"accuracy"</c> and <c>"acc"</c>, until the shapes of targets and predictions say which metric they mean.
/// </summary>
/// <remarks>Immutable. Source: <c>keras/src/trainers/compile_utils.py</c>, <c>get_metric</c>.</remarks>
internal sealed class DeferredMetric : Metric
{
    internal DeferredMetric(string identifier)
        : base(identifier) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override void UpdateState(torch.Tensor y_true, torch.Tensor y_pred, torch.Tensor? sample_weight = null) => throw Unresolved();

    /// <inheritdoc/>
    public override torch.Tensor Result() => throw Unresolved();

    /// <inheritdoc/>
    protected override Metric CloneCore() => new DeferredMetric(Name);

    private InvalidOperationException Unresolved() =>
        new(
            $"The metric \"{Name}\" stands for BinaryAccuracy, SparseCategoricalAccuracy or CategoricalAccuracy, which the shapes decide "
                + "when training starts. To update it yourself, make one of the three."
        );
}
