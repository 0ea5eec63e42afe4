using Distillation.Keras.Backend;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Saving;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The terms of one output in a fit, and its numbers.</summary>
internal sealed class HeadProgram
{
    private readonly ObjectiveSet _set;
    private readonly SequenceReduction _sequences;
    private readonly LossTracker[] _terms;
    private readonly ShareTracker _accuracy;
    private readonly ShareTracker _agreement;
    private readonly CorrelationSums _correlation;
    private readonly HeadMetrics _metrics;
    private bool _hasTeacher;
    private bool _hasLabels;

    /// <summary>Makes the program.</summary>
    /// <param name="head">The output.</param>
    /// <param name="set">Its terms.</param>
    /// <param name="sequences">How tokens become one value.</param>
    /// <param name="metrics">Further metrics, which the program owns from now on.</param>
    /// <param name="device">Where the steps are computed.</param>
    public HeadProgram(Head head, ObjectiveSet set, SequenceReduction sequences, Metric[] metrics, Device device)
    {
        Head = head;
        _set = set;
        _sequences = sequences;
        _terms = [.. set.Terms.Select(_ => new LossTracker(device))];
        _accuracy = new ShareTracker(device);
        _agreement = new ShareTracker(device);
        _correlation = new CorrelationSums(device);
        _metrics = new HeadMetrics(head, metrics, set.Terms.Select(t => t.Name), device);
    }

    /// <summary>The output.</summary>
    public Head Head { get; }

    /// <summary>Its terms.</summary>
    public IReadOnlyList<ObjectiveTerm> Terms => _set.Terms;

    /// <summary>Refuses labels that the loss or the metrics cannot take, before the first step.</summary>
    public void Check(HeadSignals all, Shape output)
    {
        _hasTeacher = all.Logits is not null;
        _hasLabels = all.Labels is not null;
        if (all.Labels is not Tensor labels)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Head.IsSequence ? labels.flatten(0, 1) : labels;
        Shape rowShape = new((int?[])[null, output[-1]]);
        foreach (LossTerm term in Terms.Select(t => t.Objective).OfType<LossTerm>().Where(t => t is { IsOnLabels: true, Loss: not null }))
        {
            term.Loss!.ValidateTargets(term is HardLabels hard ? hard.ForLoss(rows, Head.Classes) : rows, rowShape);
        }

        _metrics.Resolve(Shape.FromSizes(rows.shape), rowShape);
    }

    /// <summary>The weighted sum of the terms on a batch, or <see langword="null"/> where none has a weight.</summary>
    /// <param name="beside">Labels, weights, mask and what the teacher gives.</param>
    /// <param name="head">Which output this is.</param>
    /// <param name="z">The student's logits of this output.</param>
    /// <param name="common">Features, sample indices, mode and random numbers.</param>
    /// <param name="at">Where in the fit the step is.</param>
    public Tensor? Step(TransferSignals beside, int head, Tensor z, ObjectiveSignals common, FitMoment at)
    {
        HeadSignals own = beside.Heads[head];
        Tensor? weights = beside.Weights;
        Tensor? classWeights = beside.ClassWeights;
        TokenRows? tokens = null;
        if (Head.IsSequence)
        {
            tokens = TokenRows.Of(z, beside.Mask, _sequences);
            weights = weights?.dim() == 1 ? weights.unsqueeze(1).expand(z.shape[0], z.shape[1]) : weights;
        }

        Tensor? Rows(Tensor? perToken) => perToken is null ? null : tokens?.Rows(perToken) ?? perToken;
        Tensor rows = Rows(z)!;
        Tensor? teacher = Rows(own.Logits);
        Tensor? labels = Rows(own.Labels);
        Tensor? known = Rows(own.Known);
        ObjectiveSignals signals = common.WithLogits(rows, teacher, labels, Head.IsNumeric);
        var rowWeights = new RowWeights(
            at.ClassWeightsOnLabelsOnly ? Rows(weights) : Product(Rows(weights), Rows(classWeights)),
            known,
            at.ClassWeightsOnLabelsOnly ? Rows(classWeights) : null,
            tokens?.Share);
        Tensor? total = _set.Total(signals, rowWeights, at.Epoch, at.Epochs, (i, value) =>
        {
            using IDisposable noGrad = no_grad();
            _terms[i].Update(value, (int)z.shape[0]);
        });
        using IDisposable noGradient = no_grad();
        if (Head.IsNumeric)
        {
            TrackNumbers(rows, teacher, labels);
        }
        else
        {
            Track(rows, Rows(own.Decision), labels, Rows(own.Classes), known);
        }

        return total;
    }

    /// <summary>Forgets the numbers of earlier batches.</summary>
    public void Reset()
    {
        foreach (LossTracker term in _terms)
        {
            term.Reset();
        }

        _accuracy.Reset();
        _agreement.Reset();
        _correlation.Reset();
        _metrics.Reset();
    }

    /// <summary>The numbers since the last reset, by their names in logs.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Results()
    {
        for (int i = 0; i < _terms.Length; i++)
        {
            // A term that is left out of the evaluation has no value there.
            if (!_terms[i].IsEmpty)
            {
                yield return KeyValuePair.Create(Head.Prefix + Terms[i].Name, _terms[i].Result());
            }
        }

        if (_hasTeacher)
        {
            yield return Head.IsNumeric
                ? KeyValuePair.Create(Head.Prefix + "teacher_correlation", _correlation.Result())
                : KeyValuePair.Create(Head.Prefix + "teacher_agreement", _agreement.Result());
        }

        if (_hasLabels)
        {
            if (!Head.IsNumeric)
            {
                yield return KeyValuePair.Create(Head.Prefix + "accuracy", _accuracy.Result());
            }

            foreach (KeyValuePair<string, Tensor> metric in _metrics.Results())
            {
                yield return KeyValuePair.Create(Head.Prefix + metric.Key, metric.Value);
            }
        }
    }

    /// <summary>The numbers since the last reset, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        for (int i = 0; i < _terms.Length; i++)
        {
            _terms[i].Exchange(state.In(Invariant($"terms/{i}")));
        }

        _accuracy.Exchange(state.In("accuracy"));
        _agreement.Exchange(state.In("agreement"));
        _correlation.Exchange(state.In("correlation"));
        _metrics.Exchange(state.In("metrics"));
    }

    /// <summary>The names of the numbers.</summary>
    public IEnumerable<string> Names => Terms.Select(t => t.Name)
        .Concat(_hasTeacher ? [Head.IsNumeric ? "teacher_correlation" : "teacher_agreement"] : Array.Empty<string>())
        .Concat(_hasLabels && !Head.IsNumeric ? ["accuracy"] : Array.Empty<string>())
        .Concat(_hasLabels ? _metrics.Names : [])
        .Select(n => Head.Prefix + n);

    /// <summary>Whether a bigger value of that name is a better one; <see langword="null"/>: it cannot be told.</summary>
    public bool? HigherIsBetter(string name)
    {
        if (!name.StartsWith(Head.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string own = name[Head.Prefix.Length..];
        string[] shares = Head.IsNumeric ? ["teacher_correlation"] : ["accuracy", "teacher_agreement"];
        return shares.Contains(own) ? true : Terms.Any(t => t.Name == own) ? false : _metrics.HigherIsBetter(own);
    }

    /// <summary>Frees the sums and what the terms have made.</summary>
    public void Release()
    {
        foreach (LossTracker term in _terms)
        {
            term.Release();
        }

        _accuracy.Release();
        _agreement.Release();
        _correlation.Release();
        _metrics.Release();
        _set.Release();
    }

    private static Tensor? Product(Tensor? a, Tensor? b) => a is null ? b : b is null ? a : a * b;

    private void TrackNumbers(Tensor z, Tensor? teacher, Tensor? targets)
    {
        if (teacher is not null)
        {
            _correlation.Update(teacher, z);
        }

        if (targets is not null)
        {
            _metrics.Update(z, targets, targets, null);
        }
    }

    private void Track(Tensor z, Tensor? teacherDecision, Tensor? labels, Tensor? classes, Tensor? known)
    {
        Tensor decision = HeadSignals.DecisionOf(z, Head.IsMultiLabel);
        Tensor decided = HeadSignals.IsDecided(z, Head.IsMultiLabel);
        if (teacherDecision is not null)
        {
            _agreement.Update(decision.eq(teacherDecision).logical_and(decided), null);
        }

        if (labels is null)
        {
            return;
        }

        Tensor right = Head.IsMultiLabel ? decision.eq(labels.IsAbove(0.5)) : decision.eq(classes!);
        _accuracy.Update(right.logical_and(decided), known);
        _metrics.Update(z, labels, classes!, known);
    }
}
