using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="Conv1DTranspose"/>, <see cref="Conv2DTranspose"/> and <see cref="Conv3DTranspose"/> share: the gradient of a
/// convolution with respect to its input, as a layer that makes large of small.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, new spatial axes, filters); with <c>channels_first</c> the channels come before
/// the spatial axes. Weights: <c>kernel</c> (window, filters, channels) in either layout, <c>bias</c> (filters). With a window of
/// k = (kernel_size - 1) * dilation_rate + 1 points, n entries become n * strides with padding <c>same</c> and
/// (n - 1) * strides + max(k, strides) with <c>valid</c>; with an output_padding they become (n - 1) * strides + (1 where k is odd) +
/// output_padding and (n - 1) * strides + k + output_padding. Source: <c>keras/src/layers/convolutional/base_conv_transpose.py</c>.
/// </remarks>
public abstract class BaseConvTranspose : SpatialConvolution
{
    private readonly long[] _strides;
    private readonly long[] _dilation;
    private Variable? _kernel;

    private protected BaseConvTranspose(
        WindowArguments window,
        int filters,
        Size? output_padding,
        KernelArguments kernel,
        bool use_bias,
        KernelArguments bias,
        OutputArguments output
    )
        : base(window, use_bias, bias, output)
    {
        Filters = Positive(filters, "number of filters", nameof(filters));
        OutputPadding = output_padding?.Expand(Rank, nameof(output_padding), allowZero: true);
        RefuseStridesWithDilation();
        for (int i = 0; i < OutputPadding?.Count; i++)
        {
            if (OutputPadding[i] >= Strides[i])
            {
                throw new ArgumentException(
                    $"The output_padding of {ClassName} is below its strides along each axis, but output_padding: {OutputPadding} and "
                        + $"strides: {Strides} were given.",
                    nameof(output_padding)
                );
            }
        }

        KernelInitializer = kernel.Initializer ?? "glorot_uniform";
        KernelRegularizer = kernel.Regularizer;
        KernelConstraint = kernel.Constraint;
        _strides = Spatial.Native(Strides);
        _dilation = Spatial.Native(DilationRate);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>What the output has beyond its least size along each spatial axis; <see langword="null"/> for Keras' default.</summary>
    public Size? OutputPadding { get; }

    /// <summary>What makes the kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The penalty on the kernel.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>What is applied to the kernel after each step.</summary>
    public Constraint? KernelConstraint { get; }

    private protected override Shape SpatialShape(Shape inputShape)
    {
        Shape output = inputShape;
        for (int i = 0; i < Rank; i++)
        {
            int axis = Spatial.FirstAxis(DataFormat) + i;
            if (inputShape[axis] is int size)
            {
                long result = TransposedAxis(i, size).Size;
                output = output.With(axis, Sizes.Checked(result, Me, inputShape));
                if (size == 0 || result <= 0)
                {
                    throw new ArgumentException(
                        $"{Me} would have no output along an axis, as the input's shape is {inputShape}, its window {KernelSize} and its "
                            + $"strides {Strides}. Take a larger {Spatial.Noun(Rank)}, or leave output_padding out."
                    );
                }
            }
        }

        return output;
    }

    private protected override int? OutputChannels(Shape inputShape, int? channels) => Filters;

    private protected override void BuildKernels(int channels) =>
        _kernel = AddWeight(
            "kernel",
            new Shape([.. KernelSize, Filters, channels]),
            KernelInitializer,
            regularizer: KernelRegularizer,
            constraint: KernelConstraint
        );

    private protected override Tensor Compute(Tensor x, Tensor? bias)
    {
        Tensor kernel = Spatial.KernelToNative(Autocast(_kernel!), Rank);
        int added = _strides.Length - Rank;
        long[] cropped = new long[_strides.Length];
        long[] extended = new long[_strides.Length];
        var sizes = new (int Axis, long Size)[Rank];
        for (int i = 0; i < Rank; i++)
        {
            // libtorch cuts both sides alike. It cuts less behind by an output padding; what is to be cut there beyond is narrowed away.
            TransposedAxis axis = TransposedAxis(i, x.size(added + i + 2));
            cropped[added + i] = axis.Before;
            extended[added + i] = Math.Max(0, axis.Before - axis.After);
            sizes[i] = (added + i + 2, axis.Size);
        }

        Tensor y =
            Rank == 3
                ? nn.functional.conv_transpose3d(x, kernel, bias, _strides, cropped, extended, _dilation)
                : nn.functional.conv_transpose2d(x, kernel, bias, _strides, cropped, extended, _dilation);
        foreach ((int axis, long size) in sizes)
        {
            y = y.size(axis) == size ? y : y.narrow(axis, 0, size);
        }

        return y;
    }

    private TransposedAxis TransposedAxis(int axis, long size) =>
        Layers.TransposedAxis.Of(size, KernelSize[axis], Strides[axis], DilationRate[axis], Padding == Spatial.Same, OutputPadding?[axis]);
}
