using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Training;

/// <summary>What the terms of a fit cannot do, each as a sentence: everything that can be wrong is found before anything is made.</summary>
internal static class TermChecks
{
    /// <summary>What the terms cannot do, each as a sentence.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="heads">The outputs.</param>
    /// <param name="settings">The distiller's settings.</param>
    /// <param name="data">What the data of the fit have, and its epochs.</param>
    public static IEnumerable<string> OfFit(
        IReadOnlyList<PlannedTerm> terms,
        IReadOnlyList<Head> heads,
        DistillationSettings settings,
        DataTraits data
    )
    {
        foreach (PlannedTerm term in terms)
        {
            string who = $"'{term.Name}'";
            ObjectiveNeeds needs = term.Objective.Needs;
            bool perSampleWeight = term.Weight.IsTensor;
            bool needsTeacher =
                needs.HasFlag(ObjectiveNeeds.TeacherLogits)
                || term.Objective.Features.Count > 0
                || perSampleWeight
                || term.Objective.Temperature is { IsTensor: true, IsLearnt: false };
            if (needsTeacher && settings.Teacher is null)
            {
                yield return $"The objective {who} needs a teacher's signals, but the distiller has no teacher. Give one, new "
                    + "Distiller(teacher), or choose teacher-free objectives (LabelSmoothing, TeacherFreeRegularization).";
                continue;
            }

            if (
                settings.Teacher is { Outputs.Count: 0 }
                && (
                    needs.HasFlag(ObjectiveNeeds.TeacherLogits)
                    || perSampleWeight
                    || term.Objective.Temperature is { IsTensor: true, IsLearnt: false }
                )
            )
            {
                yield return $"The objective {who} needs the teacher's outputs, but the teacher is an encoder, which gives features "
                    + "alone. Choose objectives on features, or a teacher that ends in logits.";
                continue;
            }

            if (needs.HasFlag(ObjectiveNeeds.Labels) && term.Objective is not LossTerm)
            {
                if (!data.HasLabels)
                {
                    yield return $"The objective {who} needs labels, but y is null.";
                }
                else if (data.HasMissingLabels && !term.Objective.IsPerSample)
                {
                    yield return $"The objective {who} is one value for a batch and needs the label of each sample, but some of y are "
                        + "-1 (no label).";
                }
            }

            if (needs.HasFlag(ObjectiveNeeds.SampleIndices) && !data.HasIndices)
            {
                yield return $"The objective {who} knows samples by their numbers, but the batches of the source have none. Give indices "
                    + "to DataBatch, or arrays to Fit.";
            }

            if (!term.Objective.IsPerSample && data.HasWeights && term.Weight is not ConstantSchedule { Value: 0 })
            {
                yield return $"The objective {who} is one value for a batch, so that sample_weight and class_weight cannot be applied to "
                    + "it. Leave them out, or this objective.";
            }

            if (term.Objective is LossTerm { HasOwnReduction: true } && perSampleWeight)
            {
                yield return $"The loss of {who} has a reduction of its own, so that its weight cannot be one for each sample. Leave the "
                    + "loss' reduction out, or give a number or a schedule over epochs.";
            }

            if (perSampleWeight && heads[Math.Max(0, term.Head)].IsNumeric)
            {
                yield return $"The weight of {who} follows the teacher's certainty of each sample, which an output of numbers does not "
                    + "tell. Give a number or a schedule over epochs.";
            }

            if (
                !term.Objective.IsPerSample
                && term.Head >= 0
                && heads[term.Head].IsSequence
                && settings.Sequences != SequenceReduction.Tokens
            )
            {
                yield return $"The objective {who} is one value for all tokens of a batch, so that WithSequenceReduction cannot be "
                    + "applied to it. Leave that out, or this objective.";
            }

            if (!term.Objective.IsPerSample && perSampleWeight)
            {
                yield return $"The objective {who} is one value for a batch, so that its weight cannot be one for each sample. Give a "
                    + "number or a schedule over epochs.";
            }

            if (term.Head < 0 && perSampleWeight && heads[0].IsSequence)
            {
                yield return $"The objective {who} compares features of sequences, so that its weight cannot follow the teacher's "
                    + "certainty of each token. Give a number or a schedule over epochs.";
            }

            if (term.Head >= 0 && heads[term.Head].IsSequence && term.Objective.Features.Count > 0)
            {
                yield return $"The objective {who} computes from features and from the logits of a sequence, whose rows are tokens, not "
                    + "samples. Use it on an output of shape (batch, classes).";
            }

            if (term.Objective.Temperature is Schedule temperature && Outside(temperature, data, v => v > 0) is string value)
            {
                yield return $"A temperature is a positive number during the whole fit, but that of {who} becomes {value}.";
            }

            if (Outside(term.Weight, data, v => v >= 0) is string weight)
            {
                yield return $"The weight of a term is not negative during the whole fit, but that of {who} becomes {weight}.";
            }
        }
    }

    /// <summary>What the objectives themselves say that they cannot do with these shapes, and the adapters.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="heads">The outputs.</param>
    /// <param name="shapes">
    /// The shapes of all pairs of features, as the layers give them; of a pair that cannot be looked at <see langword="null"/>: nothing is
    /// said of its objective.
    /// </param>
    /// <param name="samples">How many samples the transfer set has; <see langword="null"/>: nobody knows.</param>
    /// <param name="hasMask">Whether some tokens do not count.</param>
    public static IEnumerable<string> OfShapes(
        IReadOnlyList<PlannedTerm> terms,
        IReadOnlyList<Head> heads,
        IReadOnlyList<FeatureShapes?> shapes,
        long? samples,
        bool hasMask
    )
    {
        foreach (PlannedTerm term in terms)
        {
            FeatureShapes[] own = [.. term.Own(shapes).OfType<FeatureShapes>()];
            if (own.Length < term.Objective.Features.Count)
            {
                continue;
            }

            if (hasMask && own.Any(f => f.Teacher.Rank == 3 || f.Student.Rank == 3))
            {
                yield return $"{term.Name}: It compares features of all tokens, and would count those that are masked. Leave mask out, "
                    + "or choose layers behind a pooling over the tokens.";
            }

            string[] adapters = [.. own.Select(f => BoundAdapter.Problem(f.Pair, f.Teacher, f.Student)).OfType<string>()];
            IEnumerable<string> found =
                adapters.Length > 0
                    ? adapters
                    : term.Objective.Problems(term.Shapes(heads, [.. own.Select(BoundAdapter.Adapted)], samples))
                        ?? throw new InvalidOperationException(
                            "Problems of an objective are sentences, and empty where all is well, but those of "
                                + $"{term.Objective.GetType().Name} are null."
                        );
            foreach (string problem in found)
            {
                yield return heads.Count > 1 && term.Head >= 0
                    ? $"{term.Name} on the output '{heads[term.Head].Name}': {problem} With(..., output: \"...\") says which output an "
                        + "objective is for."
                    : $"{term.Name}: {problem}";
            }
        }
    }

    // The first value that breaks a rule, as far as it is known before the fit.
    private static string? Outside(Schedule schedule, DataTraits data, Predicate<double> rule)
    {
        if (schedule.IsTensor)
        {
            return schedule.Least is double least && !rule(least) ? Invariant($"{least}") : null;
        }

        // Schedules are smooth or change at epochs. What happens in between is noticed in the step.
        for (int epoch = data.FirstEpoch; epoch < data.Epochs; epoch++)
        {
            foreach (double moment in (double[])[epoch, epoch + 0.5, Math.BitDecrement(epoch + 1.0)])
            {
                double value = schedule.ValueAt(moment, data.Epochs);
                if (!rule(value) || double.IsInfinity(value))
                {
                    return Invariant($"{value} in epoch {epoch + 1}");
                }
            }
        }

        return null;
    }
}
