using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A two-dimensional convolution: activation(kernel * x + bias).</summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, new height, new width, filters); with <c>channels_first</c> the channels come before height and
/// width. Weights: <c>kernel</c> (height, width, channels / groups, filters) in either layout, <c>bias</c> (filters). With padding <c>same</c> and strides
/// the padding is TensorFlow's: one more behind than before where it is odd. Source: <c>keras/src/layers/convolutional/conv2d.py</c>, <c>base_conv.py</c>.
/// </remarks>
[ConfigValue("activity_regularizer", "null")]
public sealed class Conv2D : Layer
{
    private Variable? _kernel;
    private Variable? _bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="filters">The number of output channels; positive, a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernel_size">Height and width of the window.</param>
    /// <param name="strides">Steps along height and width; 1 by default. Not together with a dilation.</param>
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
    /// <param name="kernel_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="filters"/> or <paramref name="groups"/> is not positive.</exception>
    /// <exception cref="ArgumentException">Another argument does not fit; the message gives the rule.</exception>
    public Conv2D(
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
        Constraint? kernel_constraint = null,
        Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(kernel_size);
        if (filters <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(filters), filters, "Conv2D needs a positive number of filters.");
        }

        if (groups <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(groups), groups, "Conv2D needs a positive number of groups.");
        }

        if (filters % groups != 0)
        {
            throw new ArgumentException(Invariant($"The filters of Conv2D are divided evenly among its groups, but {filters} filters and {groups} groups were given."), nameof(groups));
        }

        Filters = filters;
        KernelSize = kernel_size.Expand(2, nameof(kernel_size));
        Strides = (strides ?? 1).Expand(2, nameof(strides));
        Padding = Spatial.Padding(padding, "Conv2D");
        DataFormat = Spatial.DataFormat(data_format, "Conv2D");
        DilationRate = (dilation_rate ?? 1).Expand(2, nameof(dilation_rate));
        if (Strides.Any(s => s > 1) && DilationRate.Any(d => d > 1))
        {
            throw new ArgumentException($"Conv2D takes strides above 1 or a dilation_rate above 1, not both, but strides: {Strides} and dilation_rate: {DilationRate} were given.", nameof(dilation_rate));
        }

        Groups = groups;
        Activation = activation ?? ActivationFunction.Linear;
        UseBias = use_bias;
        KernelInitializer = kernel_initializer ?? "glorot_uniform";
        BiasInitializer = bias_initializer ?? "zeros";
        KernelRegularizer = kernel_regularizer;
        BiasRegularizer = bias_regularizer;
        KernelConstraint = kernel_constraint;
        BiasConstraint = bias_constraint;
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>Height and width of the window.</summary>
    public Size KernelSize { get; }

    /// <summary>Steps along height and width.</summary>
    public Size Strides { get; }

    /// <summary><c>"valid"</c> or <c>"same"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>The distance between the window's points.</summary>
    public Size DilationRate { get; }

    /// <summary>Into how many groups the channels are split.</summary>
    public int Groups { get; }

    /// <summary>The function applied to the result.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>What makes the kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What makes the bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>The penalty on the kernel.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>The penalty on the bias.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is applied to the kernel after each step.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What is applied to the bias after each step.</summary>
    public Constraint? BiasConstraint { get; }

    private int ChannelAxis => DataFormat == Spatial.ChannelsLast ? -1 : 1;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        string me = $"Conv2D '{Name}'";
        Spatial.RequireImages(inputShape, me, DataFormat);
        if (inputShape[ChannelAxis] is int channels)
        {
            if (channels % Groups != 0)
            {
                throw new ArgumentException(Invariant($"{me} divides its input's channels evenly among {Groups} groups, but there are {channels} channels: the input's shape is {inputShape}."), nameof(inputShape));
            }

            if (_kernel is not null && channels != _kernel.Shape[2] * Groups)
            {
                throw new ArgumentException(Invariant($"{me} was built for {_kernel.Shape[2] * Groups} channels, but the input's shape is {inputShape}."), nameof(inputShape));
            }
        }

        return Spatial.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, DataFormat, me).With(ChannelAxis, Filters);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int channels = inputShape.Known(ChannelAxis, $"Conv2D '{Name}'");
        _kernel = AddWeight("kernel", (KernelSize[0], KernelSize[1], channels / Groups, Filters), KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint);
        _bias = UseBias ? AddWeight("bias", Filters, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint) : null;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Activate(Convolve(input), Activation);

    private Tensor Convolve(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Spatial.ToChannelsFirst(input, DataFormat);
        long[] padding = [0, 0];
        if (Padding == "same")
        {
            long[] shape = x.shape;
            (long Before, long After) height = Spatial.SamePadding(shape[2], KernelSize[0], Strides[0], DilationRate[0]);
            (long Before, long After) width = Spatial.SamePadding(shape[3], KernelSize[1], Strides[1], DilationRate[1]);

            // libtorch pads both sides alike; where they differ, the input is padded before.
            if (height.Before == height.After && width.Before == width.After)
            {
                Spatial.RequireMemory(x, height, width);
                padding = [height.Before, width.Before];
            }
            else
            {
                x = Spatial.Pad(x, height, width);
            }
        }

        Tensor kernel = _kernel!.Value.permute(3, 2, 0, 1);
        bool alone = IsSlowAlone(x);
        Tensor y = nn.functional.conv2d(alone ? cat([x, x]) : x, kernel, _bias?.Value, StridesOver(x, padding), padding, DilationRate.ToSizes(), Groups);
        y = alone ? y.narrow(0, 0, 1) : y;
        return Spatial.FromChannelsFirst(y, DataFormat).MoveToOuterDisposeScope();
    }

    // A step beyond the image is none, and libtorch asks for memory for it.
    private long[] StridesOver(Tensor x, long[] padding) => [Math.Min(Strides[0], Math.Max(1, x.size(2) + (2 * padding[0]))), Math.Min(Strides[1], Math.Max(1, x.size(3) + (2 * padding[1])))];

    // libtorch keeps one small image from oneDNN (ConvParams::use_mkldnn) and asks NNPACK, which writes a warning at every call on a processor that it
    // does not know. Twice the same image goes the way that all other batches go.
    private bool IsSlowAlone(Tensor x) =>
        x.shape[0] == 1 && Groups == 1 && x.device_type == DeviceType.CPU && (KernelSize[0] <= 3 || KernelSize[1] <= 3) && x.numel() <= 20480;
}
