using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Training;

/// <summary>Which terms a fit has, on which outputs, with their features: everything that can be wrong is found before anything is made.</summary>
internal sealed class TermPlan
{
    private readonly IReadOnlyList<Head> _heads;
    private readonly List<Planned> _terms = [];

    /// <summary>A plan for these outputs.</summary>
    public TermPlan(IReadOnlyList<Head> heads) => _heads = heads;

    /// <summary>The pairs of features of all terms, in their order.</summary>
    public IReadOnlyList<FeaturePair> Features => [.. _terms.SelectMany(t => t.Objective.Features)];

    /// <summary>Adds a term for an output, or for the features alone (-1).</summary>
    public void Add(DistillationObjective objective, Schedule weight, int head, string name)
    {
        // Unique in the logs, where terms of an output and of the features stand side by side.
        string free = name;
        for (int i = 1; _terms.Any(t => Prefix(t.Head) + t.Name == Prefix(head) + free); i++)
        {
            free = Invariant($"{name}_{i}");
        }

        int first = Features.Count;
        _terms.Add(new Planned(objective, weight, head, free, first));
    }

    /// <summary>Adds a user's objective on each output that it is for.</summary>
    /// <returns>A sentence where it is for none.</returns>
    public string? Add(WeightedObjective given)
    {
        DistillationObjective objective = given.Objective;
        bool onOutputs = (objective.Needs & ~ObjectiveNeeds.SampleIndices) != ObjectiveNeeds.None;
        if (given.Output is string output && !_heads.Any(h => h.Name == output))
        {
            return $"The objective '{objective.Name}' is for the output '{output}', but the student's outputs are {string.Join(", ", _heads.Select(h => $"'{h.Name}'"))}.";
        }

        if (!onOutputs && given.Output is not null)
        {
            return $"The objective '{objective.Name}' compares features, which belong to no output, but it was added for the output '{given.Output}'. Leave output out.";
        }

        if (!onOutputs)
        {
            Add(objective, given.Weight, -1, objective.Name);
            return null;
        }

        for (int i = 0; i < _heads.Count; i++)
        {
            if (given.Output is null || given.Output == _heads[i].Name)
            {
                Add(objective, given.Weight, i, objective.Name);
            }
        }

        return null;
    }

    /// <summary>What the terms cannot do, each as a sentence.</summary>
    /// <param name="setting">What the fit has.</param>
    public IEnumerable<string> Problems(TermSetting setting)
    {
        foreach (Planned term in _terms)
        {
            string who = $"'{term.Name}'";
            ObjectiveNeeds needs = term.Objective.Needs;
            bool perSampleWeight = term.Weight.IsTensor;
            bool needsTeacher = needs.HasFlag(ObjectiveNeeds.TeacherLogits) || term.Objective.Features.Count > 0 || perSampleWeight || term.Objective.Temperature is { IsTensor: true, IsLearnt: false };
            if (needsTeacher && !setting.HasTeacher)
            {
                yield return $"The objective {who} needs a teacher's signals, but the distiller has no teacher. Give one, new Distiller(teacher), or choose teacher-free objectives (LabelSmoothing, TeacherFreeRegularization).";
                continue;
            }

            if (setting is { HasTeacher: true, HasTeacherOutputs: false } && (needs.HasFlag(ObjectiveNeeds.TeacherLogits) || perSampleWeight || term.Objective.Temperature is { IsTensor: true, IsLearnt: false }))
            {
                yield return $"The objective {who} needs the teacher's outputs, but the teacher is an encoder, which gives features alone. Choose objectives on features, or a teacher that ends in logits.";
                continue;
            }

            if (needs.HasFlag(ObjectiveNeeds.Labels) && term.Objective is not LossTerm)
            {
                if (!setting.HasLabels)
                {
                    yield return $"The objective {who} needs labels, but y is null.";
                }
                else if (setting.HasMissingLabels && !term.Objective.IsPerSample)
                {
                    yield return $"The objective {who} is one value for a batch and needs the label of each sample, but some of y are -1 (no label).";
                }
            }

            if (!term.Objective.IsPerSample && setting.HasWeights && term.Weight is not ConstantSchedule { Value: 0 })
            {
                yield return $"The objective {who} is one value for a batch, so that sample_weight and class_weight cannot be applied to it. Leave them out, or this objective.";
            }

            if (term.Objective is LossTerm { HasOwnReduction: true } && perSampleWeight)
            {
                yield return $"The loss of {who} has a reduction of its own, so that its weight cannot be one for each sample. Leave the loss' reduction out, or give a number or a schedule over epochs.";
            }

            if (perSampleWeight && _heads[Math.Max(0, term.Head)].IsNumeric)
            {
                yield return $"The weight of {who} follows the teacher's certainty of each sample, which an output of numbers does not tell. Give a number or a schedule over epochs.";
            }

            if (!term.Objective.IsPerSample && term.Head >= 0 && _heads[term.Head].IsSequence && setting.Sequences != SequenceReduction.Tokens)
            {
                yield return $"The objective {who} is one value for all tokens of a batch, so that WithSequenceReduction cannot be applied to it. Leave that out, or this objective.";
            }

            if (!term.Objective.IsPerSample && perSampleWeight)
            {
                yield return $"The objective {who} is one value for a batch, so that its weight cannot be one for each sample. Give a number or a schedule over epochs.";
            }

            if (term.Head < 0 && perSampleWeight && _heads[0].IsSequence)
            {
                yield return $"The objective {who} compares features of sequences, so that its weight cannot follow the teacher's certainty of each token. Give a number or a schedule over epochs.";
            }

            if (term.Head >= 0 && _heads[term.Head].IsSequence && term.Objective.Features.Count > 0)
            {
                yield return $"The objective {who} computes from features and from the logits of a sequence, whose rows are tokens, not samples. Use it on an output of shape (batch, classes).";
            }

            if (term.Objective.Temperature is Schedule temperature && Outside(temperature, setting, v => v > 0) is string value)
            {
                yield return $"A temperature is a positive number during the whole fit, but that of {who} becomes {value}.";
            }

            if (Outside(term.Weight, setting, v => v >= 0) is string weight)
            {
                yield return $"The weight of a term is not negative during the whole fit, but that of {who} becomes {weight}.";
            }
        }
    }

    /// <summary>What the objectives themselves say that they cannot do with these shapes, and the adapters.</summary>
    /// <param name="shapes">The shapes of all pairs of features, as the layers give them; of a pair that cannot be looked at <see langword="null"/>: nothing is said of its objective.</param>
    /// <param name="samples">How many samples the transfer set has.</param>
    /// <param name="setting">What the fit has.</param>
    public IEnumerable<string> Problems(IReadOnlyList<FeatureShapes?> shapes, long samples, TermSetting setting)
    {
        foreach (Planned term in _terms)
        {
            FeatureShapes[] own = [.. Own(term, shapes).OfType<FeatureShapes>()];
            if (own.Length < term.Objective.Features.Count)
            {
                continue;
            }

            if (setting.HasMask && own.Any(f => f.Teacher.Rank == 3 || f.Student.Rank == 3))
            {
                yield return $"{term.Name}: It compares features of all tokens, and would count those that are masked. Leave mask out, or choose layers behind a pooling over the tokens.";
            }

            string[] adapters = [.. own.Select(f => BoundAdapter.Problem(f.Pair, f.Teacher, f.Student)).OfType<string>()];
            IEnumerable<string> found = adapters.Length > 0
                ? adapters
                : term.Objective.Problems(ShapesOf(term, [.. own.Select(f => BoundAdapter.Adapted(f))], samples));
            foreach (string problem in found)
            {
                yield return _heads.Count > 1 && term.Head >= 0
                    ? $"{term.Name} on the output '{_heads[term.Head].Name}': {problem} With(..., output: \"...\") says which output an objective is for."
                    : $"{term.Name}: {problem}";
            }
        }
    }

    /// <summary>Makes the terms of an output (or of the features alone: -1) with new weights.</summary>
    public ObjectiveSet Bind(int head, IReadOnlyList<FeatureShapes> shapes, long samples, RowReduction reduction, DTypePolicy dtype, Func<LayerReference, Layer?> teacherLayer, Device device)
    {
        var made = new List<ObjectiveTerm>();
        try
        {
            foreach (Planned term in _terms.Where(t => t.Head == head))
            {
                made.Add(new ObjectiveTerm(
                    term.Objective, term.Name, term.Weight, ShapesOf(term, [.. Own(term, shapes)], samples), dtype, term.FirstFeature, i => teacherLayer(term.Objective.Features[i].Teacher), device));
            }
        }
        catch
        {
            made.ForEach(t => t.Release());
            throw;
        }

        return new ObjectiveSet(made, reduction);
    }

    private static IEnumerable<T> Own<T>(Planned term, IReadOnlyList<T> shapes) => shapes.Skip(term.FirstFeature).Take(term.Objective.Features.Count);

    private string Prefix(int head) => head < 0 ? string.Empty : _heads[head].Prefix;

    // The first value that breaks a rule, as far as it is known before the fit.
    private static string? Outside(Schedule schedule, TermSetting setting, Predicate<double> rule)
    {
        if (schedule.IsTensor)
        {
            return schedule.Least is double least && !rule(least) ? FormattableString.Invariant($"{least}") : null;
        }

        // Schedules are smooth or change at epochs. What happens in between is noticed in the step.
        for (int epoch = setting.FirstEpoch; epoch < setting.Epochs; epoch++)
        {
            foreach (double moment in (double[])[epoch, epoch + 0.5, Math.BitDecrement(epoch + 1.0)])
            {
                double value = schedule.ValueAt(moment, setting.Epochs);
                if (!rule(value) || double.IsInfinity(value))
                {
                    return FormattableString.Invariant($"{value} in epoch {epoch + 1}");
                }
            }
        }

        return null;
    }

    private ObjectiveShapes ShapesOf(Planned term, IReadOnlyList<FeatureShapes> features, long samples)
    {
        Head head = _heads[Math.Max(0, term.Head)];
        return new ObjectiveShapes(head.Classes, head.IsMultiLabel, features, samples) { IsNumeric = head.IsNumeric };
    }

    private sealed record Planned(DistillationObjective Objective, Schedule Weight, int Head, string Name, int FirstFeature);
}
