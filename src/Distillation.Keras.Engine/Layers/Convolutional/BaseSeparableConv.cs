using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="SeparableConv1D"/> and <see cref="SeparableConv2D"/> share: each channel is convolved for itself, then the channels are
/// mixed at each place.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, new spatial axes, filters); with <c>channels_first</c> the channels come before
/// the spatial axes. Weights: <c>depthwise_kernel</c> (window, channels, depth_multiplier), <c>pointwise_kernel</c>
/// (ones, channels * depth_multiplier, filters) in either layout, <c>bias</c> (filters). Strides and a dilation may come together. Source:
/// <c>keras/src/layers/convolutional/base_separable_conv.py</c>.
/// </remarks>
public abstract class BaseSeparableConv : SpatialConvolution
{
    private readonly NativeConvolution _depthwise;
    private readonly NativeConvolution _pointwise;
    private Variable? _depthwiseKernel;
    private Variable? _pointwiseKernel;

    private protected BaseSeparableConv(
        WindowArguments window,
        int filters,
        int depth_multiplier,
        KernelArguments depthwise,
        KernelArguments pointwise,
        bool use_bias,
        KernelArguments bias,
        OutputArguments output
    )
        : base(window, use_bias, bias, output)
    {
        Filters = Positive(filters, "number of filters", nameof(filters));
        DepthMultiplier = Positive(depth_multiplier, "depth_multiplier", nameof(depth_multiplier));
        DepthwiseInitializer = depthwise.Initializer ?? "glorot_uniform";
        DepthwiseRegularizer = depthwise.Regularizer;
        DepthwiseConstraint = depthwise.Constraint;
        PointwiseInitializer = pointwise.Initializer ?? "glorot_uniform";
        PointwiseRegularizer = pointwise.Regularizer;
        PointwiseConstraint = pointwise.Constraint;
        _depthwise = new NativeConvolution(KernelSize, Strides, DilationRate, Padding);
        Size one = new Size(1).Expand(Rank, nameof(one));
        _pointwise = new NativeConvolution(one, one, one, Spatial.Valid);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>How many channels are made of each input channel before they are mixed.</summary>
    public int DepthMultiplier { get; }

    /// <summary>What makes the kernel that convolves.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>What makes the kernel that mixes.</summary>
    public Initializer PointwiseInitializer { get; }

    /// <summary>The penalty on the kernel that convolves.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>The penalty on the kernel that mixes.</summary>
    public Regularizer? PointwiseRegularizer { get; }

    /// <summary>What is applied to the kernel that convolves after each step.</summary>
    public Constraint? DepthwiseConstraint { get; }

    /// <summary>What is applied to the kernel that mixes after each step.</summary>
    public Constraint? PointwiseConstraint { get; }

    private protected override int? OutputChannels(Shape inputShape, int? channels)
    {
        Sizes.Checked((long?)channels * DepthMultiplier, Me, inputShape);
        return Filters;
    }

    private protected override void BuildKernels(int channels)
    {
        _depthwiseKernel = AddWeight(
            "depthwise_kernel",
            new Shape([.. KernelSize, channels, DepthMultiplier]),
            DepthwiseInitializer,
            regularizer: DepthwiseRegularizer,
            constraint: DepthwiseConstraint
        );
        _pointwiseKernel = AddWeight(
            "pointwise_kernel",
            new Shape([.. Enumerable.Repeat(1, Rank), channels * DepthMultiplier, Filters]),
            PointwiseInitializer,
            regularizer: PointwiseRegularizer,
            constraint: PointwiseConstraint
        );
    }

    private protected override Tensor Compute(Tensor x, Tensor? bias)
    {
        Tensor each = _depthwise.Run(x, Spatial.DepthwiseToNative(Autocast(_depthwiseKernel!), Rank), null, x.size(1));
        return _pointwise.Run(each, Spatial.KernelToNative(Autocast(_pointwiseKernel!), Rank), bias, 1);
    }
}
