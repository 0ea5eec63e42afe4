using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="Conv1D"/>, <see cref="Conv2D"/> and <see cref="Conv3D"/> share: activation(kernel * x + bias) over one, two or three
/// spatial axes.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, new spatial axes, filters); with <c>channels_first</c> the channels come before
/// the spatial axes. Weights: <c>kernel</c> (window, channels / groups, filters) in either layout, <c>bias</c> (filters). With padding
/// <c>same</c> and strides the padding is TensorFlow's: one more behind than before where it is odd. Source:
/// <c>keras/src/layers/convolutional/base_conv.py</c>.
/// </remarks>
[ConfigOptional("lora_rank", "lora_alpha")]
public abstract class BaseConv : Layer
{
    private readonly long[] _strides;
    private readonly long[] _dilation;
    private Variable? _kernel;
    private Variable? _bias;

    private protected BaseConv(
        int rank,
        int filters,
        Size kernel_size,
        Size? strides,
        string padding,
        string? data_format,
        Size? dilation_rate,
        int groups,
        ActivationFunction? activation,
        bool use_bias,
        Initializer? kernel_initializer,
        Initializer? bias_initializer,
        Regularizer? kernel_regularizer,
        Regularizer? bias_regularizer,
        Regularizer? activity_regularizer,
        Constraint? kernel_constraint,
        Constraint? bias_constraint,
        int? lora_rank,
        double? lora_alpha,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(name, trainable, dtype, activity_regularizer)
    {
        ArgumentNullException.ThrowIfNull(kernel_size);
        if (filters <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(filters), filters, $"{ClassName} needs a positive number of filters.");
        }

        if (groups <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(groups), groups, $"{ClassName} needs a positive number of groups.");
        }

        if (filters % groups != 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"The filters of {ClassName} are divided evenly among its groups, but {filters} filters and {groups} groups were given."
                ),
                nameof(groups)
            );
        }

        Filters = filters;
        KernelSize = kernel_size.Expand(rank, nameof(kernel_size));
        Strides = (strides ?? 1).Expand(rank, nameof(strides));
        Padding = Spatial.Padding(padding, ClassName, causal: rank == 1);
        DataFormat = Spatial.DataFormat(data_format, ClassName);
        DilationRate = (dilation_rate ?? 1).Expand(rank, nameof(dilation_rate));
        if (Strides.Any(s => s > 1) && DilationRate.Any(d => d > 1))
        {
            throw new ArgumentException(
                $"{ClassName} takes strides above 1 or a dilation_rate above 1, not both, but strides: {Strides} and dilation_rate: "
                    + $"{DilationRate} were given.",
                nameof(dilation_rate)
            );
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
        (LoraRank, LoraAlpha) = CheckedLora(lora_rank, lora_alpha, kernel_constraint, ClassName);
        _strides = Spatial.Native(Strides);
        _dilation = Spatial.Native(DilationRate);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>The size of the window along each spatial axis.</summary>
    public Size KernelSize { get; }

    /// <summary>Steps along each spatial axis.</summary>
    public Size Strides { get; }

    /// <summary><c>"valid"</c>, <c>"same"</c> or, for sequences, <c>"causal"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>The distance between the window's points along each spatial axis.</summary>
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

    /// <summary>The rank of what is trained in place of the kernel; <see langword="null"/> where the kernel is.</summary>
    public int? LoraRank { get; private set; }

    /// <summary>The factor of that, before it is divided by the rank.</summary>
    [WholeNumber]
    public double? LoraAlpha { get; private set; }

    private int Rank => KernelSize.Count;

    private int ChannelAxis => Spatial.ChannelAxis(DataFormat);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, Rank, me, DataFormat);
        if (inputShape[ChannelAxis] is int channels)
        {
            if (channels % Groups != 0)
            {
                throw new ArgumentException(
                    Invariant(
                        $"{me} divides its input's channels evenly among {Groups} groups, but there are {channels} channels: the input's "
                            + $"shape is {inputShape}."
                    )
                );
            }

            if (_kernel is not null && channels != _kernel.Shape[-2] * Groups)
            {
                throw new ArgumentException(
                    Invariant($"{me} was built for {_kernel.Shape[-2] * Groups} channels, but the input's shape is {inputShape}.")
                );
            }
        }

        return Spatial.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, DataFormat, me).With(ChannelAxis, Filters);
    }

    /// <summary>
    /// Trains two small matrices in place of the kernel, which stays as it is: kernel + lora_alpha / rank * a · b, with a
    /// (window, channels, rank) and b (rank, filters) (LoRA). Where b is zero, as by default, the layer computes what it did.
    /// </summary>
    /// <remarks>
    /// A model that was compiled before is to be compiled again. A file holds the sum as the kernel; a model that is loaded from it begins
    /// with a new a, and with b zero. Models that share the layer's weights, as surgery makes them, are to be made afterwards.
    /// </remarks>
    /// <param name="rank">The rank of the product; positive.</param>
    /// <param name="lora_alpha">The factor of the product; the rank by default.</param>
    /// <param name="a_initializer">Makes a; <c>"he_uniform"</c> by default.</param>
    /// <param name="b_initializer">Makes b; <c>"zeros"</c> by default.</param>
    /// <exception cref="InvalidOperationException">
    /// The weights are not made yet, the kernel has a constraint, or it is adapted already.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void EnableLora(int rank, double? lora_alpha = null, Initializer? a_initializer = null, Initializer? b_initializer = null)
    {
        Variable kernel = KernelToAdapt(_kernel, KernelConstraint);
        Arguments.AtLeast(1, rank);
        double alpha = lora_alpha is double given ? Arguments.Finite(given, nameof(lora_alpha)) : rank;
        Adapt(kernel, rank, alpha, a_initializer, b_initializer, KernelRegularizer);
        (LoraRank, LoraAlpha) = (rank, alpha);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int channels = inputShape.Known(ChannelAxis, $"{ClassName} '{Name}'");
        _kernel = AddWeight(
            "kernel",
            new Shape([.. KernelSize, channels / Groups, Filters]),
            KernelInitializer,
            regularizer: KernelRegularizer,
            constraint: KernelConstraint
        );
        _bias = UseBias ? AddWeight("bias", Filters, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint) : null;
        if (LoraRank is int rank)
        {
            Adapt(_kernel, rank, LoraAlpha!.Value, null, null, KernelRegularizer);
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Activate(Convolve(input), Activation);

    private Tensor Convolve(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Spatial.ToNative(input, Rank, DataFormat);
        long[] padding = new long[_strides.Length];
        if (Padding != Spatial.Valid)
        {
            (long Before, long After)[] sides = Spatial.NativeSides(x, KernelSize, Strides, DilationRate, Padding);

            // libtorch pads both sides alike; where they differ, the input is padded before.
            if (Array.TrueForAll(sides, s => s.Before == s.After))
            {
                Spatial.RequireMemory(x, sides, firstAxis: 2);
                padding = Array.ConvertAll(sides, s => s.Before);
            }
            else
            {
                x = Spatial.Pad(x, sides, firstAxis: 2);
            }
        }

        Tensor kernel = Spatial.KernelToNative(Lora?.Merged().to(Dtype.ComputeType) ?? Autocast(_kernel!), Rank);
        Tensor? bias = _bias is null ? null : Autocast(_bias);
        bool alone = IsSlowAlone(x);
        Tensor several = alone ? cat([x, x]) : x;
        long[] strides = StridesOver(x, padding);
        Tensor y =
            Rank == 3
                ? nn.functional.conv3d(several, kernel, bias, strides, padding, _dilation, Groups)
                : nn.functional.conv2d(several, kernel, bias, strides, padding, _dilation, Groups);
        y = alone ? y.narrow(0, 0, 1) : y;
        return Spatial.FromNative(y, Rank, DataFormat).MoveToOuterDisposeScope();
    }

    // A step beyond the input is none, and libtorch asks for memory for it.
    private long[] StridesOver(Tensor x, long[] padding)
    {
        long[] strides = [.. _strides];
        for (int i = 0; i < strides.Length; i++)
        {
            strides[i] = Math.Min(strides[i], Math.Max(1, x.size(i + 2) + (2 * padding[i])));
        }

        return strides;
    }

    // libtorch keeps one small input from oneDNN (ConvParams::use_mkldnn) and asks NNPACK, which writes a warning at every call on a
    // processor that it does not know. Twice the same input goes the way that all other batches go.
    private bool IsSlowAlone(Tensor x)
    {
        if (x.size(0) != 1 || Groups != 1 || x.device_type != DeviceType.CPU)
        {
            return false;
        }

        // The last two axes of the window, and the first four of the input, are what libtorch looks at.
        bool small = Rank == 1 || KernelSize[^1] <= 3 || KernelSize[^2] <= 3;
        return small && x.size(1) * x.size(2) * x.size(3) <= 20480;
    }
}
