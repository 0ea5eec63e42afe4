using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Callbacks;

/// <summary>
/// Puts the moving averages of the weights into the model for evaluations and predictions, also those of a fit, and takes them out again:
/// for an optimizer with <c>use_ema</c>.
/// </summary>
/// <remarks>
/// While the averages are in the model, a copy of the weights is kept. Not thread-safe; a model that several threads ask for predictions
/// shows all of them the averages meanwhile. Keras leaves the averages in the model after a prediction, and loses them where a fit ends
/// before its last epoch; here they are taken out each time. Source: <c>keras/src/callbacks/swap_ema_weights.py</c>.
/// </remarks>
public sealed class SwapEMAWeights : Callback
{
    private Tensor[] _kept = [];

    /// <inheritdoc cref="SwapEMAWeights" path="/summary"/>
    /// <param name="swap_on_epoch">
    /// Whether the averages are in the model between two epochs, too, from its end to the next one's beginning: for a
    /// <see cref="ModelCheckpoint"/> behind this callback, which then saves them.
    /// </param>
    public SwapEMAWeights(bool swap_on_epoch = false) => SwapOnEpoch = swap_on_epoch;

    /// <summary>Whether the averages are in the model between two epochs, too.</summary>
    public bool SwapOnEpoch { get; }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => TakeOut();

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (SwapOnEpoch)
        {
            PutIn();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => Forget();

    /// <inheritdoc/>
    public override void OnTestBegin(Logs logs) => PutIn();

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs) => TakeOut();

    /// <inheritdoc/>
    public override void OnPredictBegin(Logs logs) => PutIn();

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => TakeOut();

    internal override void BeforeState() => TakeOut();

    internal override void OnInterrupted() => TakeOut();

    private void PutIn()
    {
        if (_kept.Length > 0)
        {
            return;
        }

        Optimizer optimizer = Optimizer is LossScaleOptimizer scaled ? scaled.InnerOptimizer : Optimizer;
        if (!optimizer.UseEma)
        {
            throw new InvalidOperationException(
                $"SwapEMAWeights needs an optimizer that keeps averages, but '{optimizer.Name}' keeps none. Give it use_ema: true."
            );
        }

        // Before the first step there is nothing to average.
        if (optimizer.Averages.Count == 0)
        {
            return;
        }

        using IDisposable noGrad = no_grad();
        _kept = [.. optimizer.Trained.Select(v => v.Value.clone().DetachFromDisposeScope())];
        foreach ((Variable weight, Variable average) in optimizer.Trained.Zip(optimizer.Averages))
        {
            weight.Assign(average.Value);
        }
    }

    private void TakeOut()
    {
        if (_kept.Length == 0)
        {
            return;
        }

        Optimizer optimizer = Optimizer is LossScaleOptimizer scaled ? scaled.InnerOptimizer : Optimizer;
        using IDisposable noGrad = no_grad();
        foreach ((Variable weight, Tensor kept) in optimizer.Trained.Zip(_kept))
        {
            weight.Assign(kept);
        }

        Forget();
    }

    // The end of a fit has put the averages into the model for good.
    private void Forget()
    {
        foreach (Tensor kept in _kept)
        {
            kept.Dispose();
        }

        _kept = [];
    }
}
