using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
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
public abstract class BaseConv : SpatialConvolution
{
    private readonly NativeConvolution _convolution;
    private Variable? _kernel;

    private protected BaseConv(
        WindowArguments window,
        int filters,
        int groups,
        KernelArguments kernel,
        bool use_bias,
        KernelArguments bias,
        int? lora_rank,
        double? lora_alpha,
        OutputArguments output
    )
        : base(window, use_bias, bias, output)
    {
        Filters = Positive(filters, "number of filters", nameof(filters));
        Groups = Positive(groups, "number of groups", nameof(groups));
        if (filters % groups != 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"The filters of {ClassName} are divided evenly among its groups, but {filters} filters and {groups} groups were given."
                ),
                nameof(groups)
            );
        }

        RefuseStridesWithDilation();
        KernelInitializer = kernel.Initializer ?? "glorot_uniform";
        KernelRegularizer = kernel.Regularizer;
        KernelConstraint = kernel.Constraint;
        (LoraRank, LoraAlpha) = CheckedLora(lora_rank, lora_alpha, KernelConstraint, ClassName);
        _convolution = new NativeConvolution(KernelSize, Strides, DilationRate, Padding);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>Into how many groups the channels are split.</summary>
    public int Groups { get; }

    /// <summary>What makes the kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The penalty on the kernel.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>What is applied to the kernel after each step.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>The rank of what is trained in place of the kernel; <see langword="null"/> where the kernel is.</summary>
    public int? LoraRank { get; private set; }

    /// <summary>The factor of that, before it is divided by the rank.</summary>
    [WholeNumber]
    public double? LoraAlpha { get; private set; }

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
        base.Build(inputShape);
        if (LoraRank is int rank)
        {
            Adapt(_kernel!, rank, LoraAlpha!.Value, null, null, KernelRegularizer);
        }
    }

    private protected override int? OutputChannels(Shape inputShape, int? channels) =>
        channels is int known && known % Groups != 0
            ? throw new ArgumentException(
                Invariant(
                    $"{Me} divides its input's channels evenly among {Groups} groups, but there are {known} channels: the input's "
                        + $"shape is {inputShape}."
                )
            )
            : Filters;

    private protected override void BuildKernels(int channels) =>
        _kernel = AddWeight(
            "kernel",
            new Shape([.. KernelSize, channels / Groups, Filters]),
            KernelInitializer,
            regularizer: KernelRegularizer,
            constraint: KernelConstraint
        );

    private protected override Tensor Compute(Tensor x, Tensor? bias)
    {
        Tensor kernel = Lora?.Merged().to(Dtype.ComputeType) ?? Autocast(_kernel!);
        return _convolution.Run(x, Spatial.KernelToNative(kernel, Rank), bias, Groups);
    }
}
