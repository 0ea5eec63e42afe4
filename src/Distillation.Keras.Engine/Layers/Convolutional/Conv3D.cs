using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>A three-dimensional convolution: activation(kernel * x + bias).</summary>
/// <remarks>
/// Input (batch, depth, height, width, channels), output (batch, new depth, new height, new width, filters); with <c>channels_first</c> the
/// channels come before the spatial axes.
/// Weights: <c>kernel</c> (depth, height, width, channels / groups, filters) in either layout, <c>bias</c> (filters). With padding
/// <c>same</c> and strides the padding is TensorFlow's: one more behind than before where it is odd. Source:
/// <c>keras/src/layers/convolutional/conv3d.py</c>.
/// </remarks>
public sealed class Conv3D : BaseConv
{
    /// <inheritdoc cref="Conv3D" path="/summary"/>
    /// <param name="filters">The number of output channels; positive, a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel_size">Depth, height and width of the window.</param>
    /// <param name="strides">Steps along depth, height and width; 1 by default. Not together with a dilation.</param>
    /// <param name="padding"><c>"valid"</c> (none) or <c>"same"</c> (zeros, so that the output has ceil(size / stride)).</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="dilation_rate">The distance between the window's points; 1 by default.</param>
    /// <param name="groups">Into how many groups the channels are split, each convolved for itself.</param>
    /// <param name="activation">Applied to the result; linear by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="kernel_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="lora_rank">
    /// The rank of what is trained in place of the kernel, which stays as it is (LoRA); <see langword="null"/> (the default): the kernel is
    /// trained. Positive; see <c>EnableLora</c>.
    /// </param>
    /// <param name="lora_alpha">The factor of that, before it is divided by the rank; the rank by default.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="filters"/> or <paramref name="groups"/> is not positive.</exception>
    /// <exception cref="ArgumentException">Another argument does not fit; the message gives the rule.</exception>
    public Conv3D(
        int filters,
        Size kernel_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        Size? dilation_rate = null,
        int groups = 1,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializer? kernel_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? bias_constraint = null,
        int? lora_rank = null,
        double? lora_alpha = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new WindowArguments(3, kernel_size, strides, padding, data_format, dilation_rate),
            filters,
            groups,
            new KernelArguments(kernel_initializer, kernel_regularizer, kernel_constraint),
            use_bias,
            new KernelArguments(bias_initializer, bias_regularizer, bias_constraint),
            lora_rank,
            lora_alpha,
            new OutputArguments(activation, activity_regularizer, name, trainable, dtype)
        ) { }
}
