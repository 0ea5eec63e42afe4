using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>A convolution of each channel for itself over one spatial axis.</summary>
/// <remarks>
/// Input (batch, steps, channels),
/// output (batch, new steps, channels * depth_multiplier); with <c>channels_first</c> the
/// channels come before the steps.
/// Weights: <c>kernel</c> (window, channels, depth_multiplier) in either layout, <c>bias</c> (channels * depth_multiplier). Source:
/// <c>keras/src/layers/convolutional/depthwise_conv1d.py</c>.
/// </remarks>
public sealed class DepthwiseConv1D : BaseDepthwiseConv
{
    /// <inheritdoc cref="DepthwiseConv1D" path="/summary"/>
    /// <param name="kernel_size">The number of steps in the window.</param>
    /// <param name="strides">The distance between two windows; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (none) or <c>"same"</c> (zeros, so that the output has ceil(size / stride)).</param>
    /// <param name="depth_multiplier">How many output channels each input channel has; positive.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="dilation_rate">The distance between the window's points; 1 by default.</param>
    /// <param name="activation">Applied to the result; linear by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="depthwise_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="depthwise_regularizer">A penalty on the kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="depthwise_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth_multiplier"/> is not positive.</exception>
    /// <exception cref="ArgumentException">Another argument does not fit; the message gives the rule.</exception>
    public DepthwiseConv1D(
        Size kernel_size,
        Size? strides = null,
        string padding = "valid",
        int depth_multiplier = 1,
        string? data_format = null,
        Size? dilation_rate = null,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializer? depthwise_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? depthwise_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? depthwise_constraint = null,
        Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new WindowArguments(1, kernel_size, strides, padding, data_format, dilation_rate),
            depth_multiplier,
            new KernelArguments(depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            use_bias,
            new KernelArguments(bias_initializer, bias_regularizer, bias_constraint),
            new OutputArguments(activation, activity_regularizer, name, trainable, dtype)
        ) { }
}
