namespace Distillation.Keras.Losses;

/// <summary>Finds what <c>"crossentropy"</c> and <c>"ce"</c> mean for given shapes. Only <c>compile</c> knows these two strings.</summary>
/// <remarks>Source: <c>keras/src/trainers/compile_utils.py</c>, <c>get_loss</c>. Thread-safe.</remarks>
internal static class LossResolver
{
    /// <summary>Whether a string's loss depends on shapes.</summary>
    public static bool IsDeferred(string identifier) =>
        identifier.Equals("crossentropy", StringComparison.OrdinalIgnoreCase)
        || identifier.Equals("ce", StringComparison.OrdinalIgnoreCase);

    /// <summary>The loss for a string.</summary>
    /// <param name="identifier">As the user wrote it; it becomes the loss' name where shapes decide.</param>
    /// <param name="target">The targets' shape, with the batch axis.</param>
    /// <param name="output">The predictions' shape, with the batch axis.</param>
    /// <exception cref="ArgumentException">The string is not known, or a shape is a scalar's.</exception>
    public static Loss Resolve(string identifier, Shape target, Shape output)
    {
        if (!IsDeferred(identifier))
        {
            return Loss.Get(identifier);
        }

        return TargetForms.Of(identifier, target, output) switch
        {
            TargetForm.Binary => new BinaryCrossentropy(name: identifier),
            TargetForm.Sparse => new SparseCategoricalCrossentropy(name: identifier),
            _ => new CategoricalCrossentropy(name: identifier),
        };
    }
}
