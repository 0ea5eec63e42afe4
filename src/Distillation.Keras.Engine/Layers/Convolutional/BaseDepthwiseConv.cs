using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="DepthwiseConv1D"/> and <see cref="DepthwiseConv2D"/> share: each channel is convolved for itself, with
/// <c>depth_multiplier</c> kernels of its own.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, new spatial axes, channels * depth_multiplier); with <c>channels_first</c> the
/// channels come before the spatial axes. Weights: <c>kernel</c> (window, channels, depth_multiplier) in either layout, <c>bias</c>
/// (channels * depth_multiplier). Strides and a dilation may come together. Source:
/// <c>keras/src/layers/convolutional/base_depthwise_conv.py</c>.
/// </remarks>
public abstract class BaseDepthwiseConv : SpatialConvolution
{
    private readonly NativeConvolution _convolution;
    private Variable? _kernel;

    private protected BaseDepthwiseConv(
        WindowArguments window,
        int depth_multiplier,
        KernelArguments depthwise,
        bool use_bias,
        KernelArguments bias,
        OutputArguments output
    )
        : base(window, use_bias, bias, output)
    {
        DepthMultiplier = Positive(depth_multiplier, "depth_multiplier", nameof(depth_multiplier));
        DepthwiseInitializer = depthwise.Initializer ?? "glorot_uniform";
        DepthwiseRegularizer = depthwise.Regularizer;
        DepthwiseConstraint = depthwise.Constraint;
        _convolution = new NativeConvolution(KernelSize, Strides, DilationRate, Padding);
    }

    /// <summary>How many output channels each input channel has.</summary>
    public int DepthMultiplier { get; }

    /// <summary>What makes the kernel.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>The penalty on the kernel.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>What is applied to the kernel after each step.</summary>
    public Constraint? DepthwiseConstraint { get; }

    private protected override int? OutputChannels(Shape inputShape, int? channels) =>
        Sizes.Checked((long?)channels * DepthMultiplier, Me, inputShape);

    private protected override void BuildKernels(int channels) =>
        _kernel = AddWeight(
            "kernel",
            new Shape([.. KernelSize, channels, DepthMultiplier]),
            DepthwiseInitializer,
            regularizer: DepthwiseRegularizer,
            constraint: DepthwiseConstraint
        );

    private protected override Tensor Compute(Tensor x, Tensor? bias) =>
        _convolution.Run(x, Spatial.DepthwiseToNative(Autocast(_kernel!), Rank), bias, x.size(1));
}
