namespace Distillation.Keras.Losses;

/// <summary>Tells the form of targets from shapes, for the strings <c>"accuracy"</c> and <c>"crossentropy"</c>.</summary>
/// <remarks>Source: <c>keras/src/trainers/compile_utils.py</c>, <c>is_binary_or_sparse_categorical</c>. Thread-safe.</remarks>
internal static class TargetForms
{
    /// <summary>The form of targets.</summary>
    /// <param name="identifier">The string to resolve, for the message.</param>
    /// <param name="target">The targets' shape, with the batch axis.</param>
    /// <param name="output">The predictions' shape, with the batch axis.</param>
    /// <exception cref="ArgumentException">A shape has no axis.</exception>
    public static TargetForm Of(string identifier, Shape target, Shape output)
    {
        if (target.Rank == 0 || output.Rank == 0)
        {
            throw new ArgumentException(
                $"\"{identifier}\" is resolved by the last axes of targets and predictions, but their shapes are {target} and {output}. "
                    + "Give them a batch axis."
            );
        }

        if (output[-1] == 1)
        {
            return TargetForm.Binary;
        }

        return target.Rank < output.Rank || (target[-1] == 1 && output[-1] > 1) ? TargetForm.Sparse : TargetForm.Categorical;
    }
}
