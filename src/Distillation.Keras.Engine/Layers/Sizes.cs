using System.Numerics;

namespace Distillation.Keras.Layers;

/// <summary>
/// Sizes of axes that are computed from others: they are refused where they do not fit into an axis, instead of wrapping around.
/// </summary>
internal static class Sizes
{
    /// <summary>A size that was computed in a wider type.</summary>
    /// <param name="size">The size, or <see langword="null"/> where it is unknown.</param>
    /// <param name="layer">Whose output has it, for the message: <c>Flatten 'flatten'</c>.</param>
    /// <param name="inputs">What it is computed from, for the message.</param>
    /// <exception cref="ArgumentException">It is above <see cref="int.MaxValue"/>.</exception>
    public static int? Checked(BigInteger? size, string layer, object inputs) =>
        size is not BigInteger known ? null
        : known <= int.MaxValue ? (int)known
        : throw new ArgumentException(
            Invariant(
                $"{layer} would have an output axis of {known} entries, but an axis has at most {int.MaxValue}: its input has the "
                    + $"shape {inputs}."
            )
        );
}
