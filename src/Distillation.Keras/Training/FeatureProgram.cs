using Distillation.Keras.Objectives;
using Distillation.Keras.Saving;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The terms on features alone, which belong to no output.</summary>
/// <param name="set">The terms.</param>
/// <param name="device">Where the steps are computed.</param>
internal sealed class FeatureProgram(ObjectiveSet set, Device device)
{
    private readonly LossTracker[] _trackers = [.. set.Terms.Select(_ => new LossTracker(device))];

    /// <summary>The terms.</summary>
    public IReadOnlyList<ObjectiveTerm> Terms => set.Terms;

    /// <summary>The weighted sum of the terms on a batch, or <see langword="null"/> where none has a weight.</summary>
    /// <param name="beside">The weights of the samples.</param>
    /// <param name="size">How many samples there are.</param>
    /// <param name="signals">Features and the first output's logits.</param>
    /// <param name="at">Where in the fit the step is.</param>
    public Tensor? Step(TransferSignals beside, int size, ObjectiveSignals signals, FitMoment at)
    {
        if (Terms.Count == 0)
        {
            return null;
        }

        Tensor? weights = PerSample(beside.Weights);
        Tensor? byClass = at.ClassWeightsOnLabelsOnly ? null : PerSample(beside.ClassWeights);
        Tensor? perSample = weights is null ? byClass : byClass is null ? weights : weights * byClass;
        return set.Total(signals, perSample is null ? RowWeights.None : new RowWeights(perSample), at.Epoch, at.Epochs, (i, value) =>
        {
            using IDisposable noGrad = no_grad();
            _trackers[i].Update(value, size);
        });
    }

    /// <summary>The terms' values since the last reset.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Results() =>
        _trackers.Select((t, i) => (Tracker: t, Terms[i].Name)).Where(t => !t.Tracker.IsEmpty).Select(t => KeyValuePair.Create(t.Name, t.Tracker.Result()));

    // A sequence's features weigh what its tokens weigh on average.
    private static Tensor? PerSample(Tensor? weights) => weights?.dim() == 2 ? weights.mean([1]) : weights;

    public void Reset()
    {
        foreach (LossTracker tracker in _trackers)
        {
            tracker.Reset();
        }
    }

    /// <summary>The numbers since the last reset, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        for (int i = 0; i < _trackers.Length; i++)
        {
            _trackers[i].Exchange(state.In(Invariant($"{i}")));
        }
    }

    public void Release()
    {
        foreach (LossTracker tracker in _trackers)
        {
            tracker.Release();
        }

        set.Release();
    }
}
