using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>
/// A convolution of each channel for itself over one spatial axis, and then a mixture of the channels at each place.
/// </summary>
/// <remarks>
/// Input (batch, steps, channels),
/// output (batch, new steps, filters); with <c>channels_first</c> the
/// channels come before the steps.
/// Weights: <c>depthwise_kernel</c> (window, channels, depth_multiplier), <c>pointwise_kernel</c>
/// (1, channels * depth_multiplier, filters) in either layout, <c>bias</c> (filters). Source:
/// <c>keras/src/layers/convolutional/separable_conv1d.py</c>.
/// </remarks>
public sealed class SeparableConv1D : BaseSeparableConv
{
    /// <inheritdoc cref="SeparableConv1D" path="/summary"/>
    /// <param name="filters">The number of output channels; positive.</param>
    /// <param name="kernel_size">The number of steps in the window.</param>
    /// <param name="strides">The distance between two windows; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (none) or <c>"same"</c> (zeros, so that the output has ceil(size / stride)).</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="dilation_rate">The distance between the window's points; 1 by default.</param>
    /// <param name="depth_multiplier">How many channels are made of each input channel before they are mixed; positive.</param>
    /// <param name="activation">Applied to the result; linear by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="depthwise_initializer">Makes the kernel that convolves; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="pointwise_initializer">Makes the kernel that mixes; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="depthwise_regularizer">A penalty on the kernel that convolves.</param>
    /// <param name="pointwise_regularizer">A penalty on the kernel that mixes.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="depthwise_constraint">Applied to the kernel that convolves after each step.</param>
    /// <param name="pointwise_constraint">Applied to the kernel that mixes after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="filters"/> or <paramref name="depth_multiplier"/> is not positive.
    /// </exception>
    /// <exception cref="ArgumentException">Another argument does not fit; the message gives the rule.</exception>
    public SeparableConv1D(
        int filters,
        Size kernel_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        Size? dilation_rate = null,
        int depth_multiplier = 1,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializer? depthwise_initializer = null,
        Initializer? pointwise_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? depthwise_regularizer = null,
        Regularizer? pointwise_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? depthwise_constraint = null,
        Constraint? pointwise_constraint = null,
        Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new WindowArguments(1, kernel_size, strides, padding, data_format, dilation_rate),
            filters,
            depth_multiplier,
            new KernelArguments(depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            new KernelArguments(pointwise_initializer, pointwise_regularizer, pointwise_constraint),
            use_bias,
            new KernelArguments(bias_initializer, bias_regularizer, bias_constraint),
            new OutputArguments(activation, activity_regularizer, name, trainable, dtype)
        ) { }
}
