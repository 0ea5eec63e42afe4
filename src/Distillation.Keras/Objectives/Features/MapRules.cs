namespace Distillation.Keras.Objectives;

/// <summary>The rule of objectives that convolve or correlate maps.</summary>
internal static class MapRules
{
    /// <summary>What keeps a pair from being two maps of known channels.</summary>
    /// <param name="what">What is made of them, in the plural.</param>
    /// <param name="shapes">The pair.</param>
    public static IEnumerable<string> Problems(string what, FeatureShapes shapes)
    {
        if (!IsMap(shapes.Teacher))
        {
            yield return Problem(what, "teacher", shapes.Pair.Teacher, shapes.Teacher);
        }

        if (!IsMap(shapes.Student))
        {
            yield return Problem(what, "student", shapes.Pair.Student, shapes.Student);
        }
    }

    private static bool IsMap(Shape shape) => shape.Rank == 4 && shape[-1] is not null;

    private static string Problem(string what, string model, LayerReference layer, Shape shape) =>
        $"{what} are made of maps, (batch, height, width, channels), with known channels, but the {model}'s {layer} has the shape "
        + $"{shape}. Choose a convolution, its normalisation or its activation.";
}
