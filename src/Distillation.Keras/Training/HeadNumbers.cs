using Distillation.Keras.Backend;
using Distillation.Keras.Metrics;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What is told of an output beside its terms: accuracy, likeness to the teacher, and the user's metrics.</summary>
/// <param name="head">The output.</param>
/// <param name="metrics">The user's metrics, which are owned from now on.</param>
/// <param name="terms">The names of the output's terms.</param>
/// <param name="device">Where the steps are computed.</param>
internal sealed class HeadNumbers(Head head, Metric[] metrics, IReadOnlyList<string> terms, Device device)
{
    private readonly ShareTracker _accuracy = new(device);
    private readonly ShareTracker _agreement = new(device);
    private readonly CorrelationSums _correlation = new(device);
    private readonly HeadMetrics _metrics = new(head, metrics, terms, device);
    private bool _hasTeacher;
    private bool _hasLabels;

    /// <summary>Takes in which numbers there are, and refuses metrics that the output is not for.</summary>
    /// <param name="hasTeacher">Whether the teacher says something of the output.</param>
    /// <param name="labels">The labels' shape, one row a sample or token; <see langword="null"/> where there are none.</param>
    /// <param name="output">The output's shape, one row a sample or token.</param>
    public void Expect(bool hasTeacher, Shape? labels, Shape output)
    {
        _hasTeacher = hasTeacher;
        _hasLabels = labels is not null;
        if (labels is not null)
        {
            _metrics.Resolve(labels, output);
        }
    }

    /// <summary>Takes in a batch.</summary>
    /// <param name="z">The student's logits, (rows, classes).</param>
    /// <param name="signals">What teacher and labels say of these rows.</param>
    public void Update(Tensor z, HeadSignals signals)
    {
        if (head.IsNumeric)
        {
            OfNumbers(z, signals);
        }
        else
        {
            OfClasses(z, signals);
        }
    }

    /// <summary>The numbers since the last reset, by their names in logs.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Results()
    {
        if (_hasTeacher)
        {
            yield return head.IsNumeric
                ? KeyValuePair.Create(head.Prefix + "teacher_correlation", _correlation.Result())
                : KeyValuePair.Create(head.Prefix + "teacher_agreement", _agreement.Result());
        }

        if (_hasLabels)
        {
            if (!head.IsNumeric)
            {
                yield return KeyValuePair.Create(head.Prefix + "accuracy", _accuracy.Result());
            }

            foreach (KeyValuePair<string, Tensor> metric in _metrics.Results())
            {
                yield return KeyValuePair.Create(head.Prefix + metric.Key, metric.Value);
            }
        }
    }

    /// <summary>The names of the numbers.</summary>
    public IEnumerable<string> Names =>
        (_hasTeacher ? [head.IsNumeric ? "teacher_correlation" : "teacher_agreement"] : Array.Empty<string>())
            .Concat(_hasLabels && !head.IsNumeric ? ["accuracy"] : Array.Empty<string>())
            .Concat(_hasLabels ? _metrics.Names : [])
            .Select(n => head.Prefix + n);

    /// <summary>Whether a bigger value of that name is a better one; <see langword="null"/>: it cannot be told.</summary>
    public bool? HigherIsBetter(string name)
    {
        if (!name.StartsWith(head.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string own = name[head.Prefix.Length..];
        string[] shares = head.IsNumeric ? ["teacher_correlation"] : ["accuracy", "teacher_agreement"];
        return shares.Contains(own) ? true : _metrics.HigherIsBetter(own);
    }

    /// <summary>Forgets the numbers of earlier batches.</summary>
    public void Reset()
    {
        _accuracy.Reset();
        _agreement.Reset();
        _correlation.Reset();
        _metrics.Reset();
    }

    /// <summary>The numbers since the last reset, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        _accuracy.Exchange(state.In("accuracy"));
        _agreement.Exchange(state.In("agreement"));
        _correlation.Exchange(state.In("correlation"));
        _metrics.Exchange(state.In("metrics"));
    }

    /// <summary>Frees the sums and the metrics.</summary>
    public void Release()
    {
        _accuracy.Release();
        _agreement.Release();
        _correlation.Release();
        _metrics.Release();
    }

    private void OfNumbers(Tensor z, HeadSignals signals)
    {
        if (signals.Logits is Tensor teacher)
        {
            _correlation.Update(teacher, z);
        }

        if (signals.Labels is Tensor targets)
        {
            _metrics.Update(z, targets, targets, null);
        }
    }

    private void OfClasses(Tensor z, HeadSignals signals)
    {
        Tensor decision = HeadSignals.DecisionOf(z, head.IsMultiLabel);
        Tensor decided = HeadSignals.IsDecided(z, head.IsMultiLabel);
        if (signals.Decision is Tensor teacher)
        {
            _agreement.Update(decision.eq(teacher).logical_and(decided), null);
        }

        if (signals.Labels is not Tensor labels)
        {
            return;
        }

        Tensor right = head.IsMultiLabel ? decision.eq(labels.IsAbove(0.5)) : decision.eq(signals.Classes!);
        _accuracy.Update(right.logical_and(decided), signals.Known);
        _metrics.Update(z, labels, signals.Classes!, signals.Known);
    }
}
