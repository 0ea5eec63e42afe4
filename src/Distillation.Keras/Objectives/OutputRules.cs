namespace Distillation.Keras.Objectives;

/// <summary>Which outputs an objective on logits is for.</summary>
internal static class OutputRules
{
    /// <summary>Refuses outputs that are one sigmoid for each label, and too few classes.</summary>
    /// <param name="shapes">The fit's shapes.</param>
    /// <param name="least">How many classes there are at least.</param>
    public static IEnumerable<string> Classes(ObjectiveShapes shapes, int least = 2)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        if (shapes.IsMultiLabel)
        {
            yield return "It compares probabilities of classes, of which one is right, but the output is one sigmoid for each label. Use MultiLabelSoftTargets, or models that end in a softmax.";
        }
        else if (shapes.NumClasses < least)
        {
            yield return Invariant($"It needs at least {least} classes, but there are {shapes.NumClasses}. Use SoftTargets, which take any number from 2.");
        }
    }

    /// <summary>Refuses outputs that are a softmax over classes.</summary>
    public static IEnumerable<string> MultiLabel(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.IsMultiLabel ? [] : ["It compares one sigmoid for each label, but the output is a softmax over classes. Use SoftTargets, or models that end in sigmoids."];
    }
}
