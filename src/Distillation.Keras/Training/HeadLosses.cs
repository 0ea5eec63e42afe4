using Distillation.Keras.Losses;

namespace Distillation.Keras.Training;

/// <summary>Which loss each output has, and which linear outputs are numbers instead of logits.</summary>
/// <param name="Default">The loss of outputs without one of their own; <see langword="null"/>: crossentropy.</param>
/// <param name="ByOutput">Losses by the names of outputs.</param>
/// <param name="AllNumeric">Whether all outputs were said to be numbers.</param>
/// <param name="Numeric">The outputs that were said to be numbers.</param>
internal sealed record HeadLosses(Loss? Default, IReadOnlyDictionary<string, Loss> ByOutput, bool AllNumeric, IReadOnlyList<string> Numeric)
{
    /// <summary>Crossentropy for all.</summary>
    public static HeadLosses None { get; } = Of(null);

    /// <summary>One loss for all.</summary>
    public static HeadLosses Of(Loss? loss) => new(loss, new Dictionary<string, Loss>(), false, []);

    /// <summary>With another loss for all outputs, or for one.</summary>
    public HeadLosses With(Loss loss, string? output) =>
        output is null
            ? this with
            {
                Default = loss,
            }
            : this with
            {
                ByOutput = new Dictionary<string, Loss>(ByOutput.Where(p => p.Key != output), StringComparer.Ordinal) { [output] = loss },
            };

    /// <summary>With one more output that is numbers, or all.</summary>
    public HeadLosses WithNumeric(string? output) =>
        output is null ? this with { AllNumeric = true } : this with { Numeric = [.. Numeric.Where(n => n != output), output] };

    /// <summary>The loss of an output; <see langword="null"/>: crossentropy, from logits.</summary>
    public Loss? For(string output) =>
        (ByOutput.TryGetValue(output, out Loss? own) ? own : Default) is Loss loss and not DeferredLoss ? loss : null;

    /// <summary>Whether a linear output is numbers instead of logits.</summary>
    /// <param name="output">Its name.</param>
    /// <param name="width">How wide it is.</param>
    public bool AreNumbers(string output, int? width) =>
        IsSaid(output) || (For(output) is Loss loss && (IsRegression(loss) || (width == 1 && IsOwn(loss))));

    /// <summary>Whether an output was said to be numbers.</summary>
    public bool IsSaid(string output) => AllNumeric || Numeric.Contains(output);

    /// <summary>What is said of outputs that the student does not have, and of numbers without a loss.</summary>
    public IEnumerable<string> Problems(IReadOnlyList<Head> heads)
    {
        string known = string.Join(", ", heads.Select(h => $"'{h.Name}'"));
        foreach (string unknown in ByOutput.Keys.Where(o => heads.All(h => h.Name != o)))
        {
            yield return $"A loss was given for the output '{unknown}', but the student's outputs are {known}.";
        }

        foreach (string unknown in Numeric.Where(o => heads.All(h => h.Name != o)))
        {
            yield return $"The output '{unknown}' was said to be numbers, but the student's outputs are {known}.";
        }

        foreach (Head head in heads.Where(h => IsSaid(h.Name)))
        {
            if (!head.IsNumeric)
            {
                // Of all outputs, those that end in an activation are none of what was meant.
                if (Numeric.Contains(head.Name) || heads.Count == 1)
                {
                    yield return $"Numbers come from a linear output, but the output '{head.Name}' of teacher or student ends in "
                        + $"{(head.IsMultiLabel ? "sigmoids" : "a softmax")}. Leave WithNumericOutput out, or give models that end "
                        + "without an activation.";
                }
            }
            else if (head.Loss is null)
            {
                yield return $"The output '{head.Name}' was said to be numbers, for which there is no loss by default. Give one with "
                    + "WithLoss, such as WithLoss(\"mse\").";
            }
            else if (!IsRegression(head.Loss) && !IsOwn(head.Loss))
            {
                yield return $"The output '{head.Name}' was said to be numbers, but the loss '{head.Loss.Name}' compares labels or "
                    + "probabilities. Give a loss of numbers, such as WithLoss(\"mse\"), or leave WithNumericOutput out: a linear output "
                    + "is logits then.";
            }
        }
    }

    // Keras' regression losses, and that of counts.
    private static bool IsRegression(Loss loss) =>
        loss
            is MeanSquaredError
                or MeanAbsoluteError
                or MeanAbsolutePercentageError
                or MeanSquaredLogarithmicError
                or Huber
                or LogCosh
                or CosineSimilarity
                or Poisson;

    private static bool IsOwn(Loss loss) => loss is LossFunctionWrapper || loss.GetType().Assembly != typeof(Loss).Assembly;
}
