using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>
/// A transposed convolution over three spatial axes: it makes large of small, as the
/// gradient of <see cref="Conv3D"/> does.
/// </summary>
/// <remarks>
/// Input (batch, depth, height, width, channels),
/// output (batch, new depth, new height, new width, filters); with <c>channels_first</c> the
/// channels come before the spatial axes.
/// Weights: <c>kernel</c> (window, filters, channels) in either layout, <c>bias</c> (filters). <see cref="BaseConvTranspose"/> says how
/// large the output is. Source: <c>keras/src/layers/convolutional/conv3d_transpose.py</c>.
/// </remarks>
public sealed class Conv3DTranspose : BaseConvTranspose
{
    /// <inheritdoc cref="Conv3DTranspose" path="/summary"/>
    /// <param name="filters">The number of output channels; positive.</param>
    /// <param name="kernel_size">Depth, height and width of the window.</param>
    /// <param name="strides">How far the windows of two entries are apart along depth, height and width; 1 by default.</param>
    /// <param name="padding">
    /// <c>"valid"</c> (every window is whole) or <c>"same"</c> (what is beyond size * strides is cut off, one more behind where it is odd).
    /// </param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="output_padding">
    /// What the output has beyond its least size, from 0 to below the strides; by default as much as makes it size * strides with padding
    /// <c>"same"</c>, and what lets no step be without a window with <c>"valid"</c>.
    /// </param>
    /// <param name="dilation_rate">The distance between the window's points; 1 by default.</param>
    /// <param name="activation">Applied to the result; linear by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="kernel_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="filters"/> is not positive.</exception>
    /// <exception cref="ArgumentException">Another argument does not fit; the message gives the rule.</exception>
    public Conv3DTranspose(
        int filters,
        Size kernel_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        Size? output_padding = null,
        Size? dilation_rate = null,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializer? kernel_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new WindowArguments(3, kernel_size, strides, padding, data_format, dilation_rate),
            filters,
            output_padding,
            new KernelArguments(kernel_initializer, kernel_regularizer, kernel_constraint),
            use_bias,
            new KernelArguments(bias_initializer, bias_regularizer, bias_constraint),
            new OutputArguments(activation, activity_regularizer, name, trainable, dtype)
        ) { }
}
