namespace Distillation.Keras.Objectives;

/// <summary>Which outputs an objective on logits is for.</summary>
internal static class OutputRules
{
    private const string Numbers =
        "It compares probabilities, but the output is numbers: linear, with the loss of a regression. The loss of WithLoss compares them "
        + "with the teacher's by itself; objectives on features and LogitMatching work beside it.";

    /// <summary>Refuses outputs that are numbers or one sigmoid for each label, and too few classes.</summary>
    /// <param name="shapes">The fit's shapes.</param>
    /// <param name="least">How many classes there are at least.</param>
    public static IEnumerable<string> Classes(ObjectiveShapes shapes, int least = 2)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        if (shapes.IsNumeric)
        {
            yield return Numbers;
        }
        else if (shapes.IsMultiLabel)
        {
            yield return "It compares probabilities of classes, of which one is right, but the output is one sigmoid for each label. Use "
                + "MultiLabelSoftTargets, or models that end in a softmax.";
        }
        else if (shapes.NumClasses >= 2 && shapes.NumClasses < least)
        {
            // Fewer than 2 are refused for all objectives alike.
            yield return Invariant(
                $"It needs at least {least} classes, but there are {shapes.NumClasses}. Use SoftTargets, which take any number from 2."
            );
        }
    }

    /// <summary>Refuses outputs that are numbers or a softmax over classes.</summary>
    public static IEnumerable<string> MultiLabel(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.IsNumeric ? [Numbers]
            : shapes.IsMultiLabel ? []
            :
            [
                "It compares one sigmoid for each label, but the output is a softmax over classes. Use SoftTargets, or models that end "
                    + "in sigmoids.",
            ];
    }
}
