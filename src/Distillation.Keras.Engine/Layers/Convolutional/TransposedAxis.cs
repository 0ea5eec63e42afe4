namespace Distillation.Keras.Layers;

/// <summary>What becomes of a spatial axis in a transposed convolution, as TensorFlow reckons.</summary>
/// <remarks>Source: <c>_get_output_shape_given_tf_padding</c> in <c>keras/src/backend/common/backend_utils.py</c>.</remarks>
/// <param name="Size">The output's size.</param>
/// <param name="Before">How much of (n - 1) * stride + k entries is cut off before.</param>
/// <param name="After">How much is cut off behind; negative where zeros are added.</param>
internal readonly record struct TransposedAxis(long Size, long Before, long After)
{
    /// <summary>Reckons.</summary>
    /// <param name="size">The input's size.</param>
    /// <param name="window">The number of points in the window.</param>
    /// <param name="stride">The step.</param>
    /// <param name="dilation">The distance between the window's points.</param>
    /// <param name="same">Whether the padding is <c>same</c>.</param>
    /// <param name="outputPadding">What was given for it.</param>
    public static TransposedAxis Of(long size, int window, int stride, int dilation, bool same, int? outputPadding)
    {
        long reach = ((window - 1L) * dilation) + 1;
        long start = (size - 1) * stride;
        long output = (same, outputPadding) switch
        {
            (true, null) => size * stride,
            (true, int added) => start + (reach % 2) + added,
            (false, null) => start + Math.Max(reach, stride),
            (false, int added) => start + reach + added,
        };
        long before = same ? Math.Max(0, start + reach - output) / 2 : 0;
        return new TransposedAxis(output, before, start + reach - before - output);
    }
}
