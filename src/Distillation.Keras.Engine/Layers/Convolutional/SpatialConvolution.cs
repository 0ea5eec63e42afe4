using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What all convolutions share, whether they have one, two or three spatial axes: the window's arguments, the layouts, the bias and the
/// activation.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, new spatial axes, new channels); with <c>channels_first</c> the channels come
/// before the spatial axes.
/// </remarks>
public abstract class SpatialConvolution : Layer
{
    private Variable? _bias;
    private int? _builtFor;

    private protected SpatialConvolution(WindowArguments window, bool use_bias, KernelArguments bias, OutputArguments output)
        : base(output.Name, output.Trainable, output.Dtype, output.ActivityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(window.KernelSize, "kernel_size");
        KernelSize = window.KernelSize.Expand(window.Rank, "kernel_size");
        Strides = (window.Strides ?? 1).Expand(window.Rank, "strides");
        Padding = Spatial.Padding(window.Padding, ClassName, causal: this is Conv1D);
        DataFormat = Spatial.DataFormat(window.DataFormat, ClassName);
        DilationRate = (window.DilationRate ?? 1).Expand(window.Rank, "dilation_rate");
        Activation = Owned(output.Activation ?? ActivationFunction.Linear);
        UseBias = use_bias;
        BiasInitializer = bias.Initializer ?? "zeros";
        BiasRegularizer = bias.Regularizer;
        BiasConstraint = bias.Constraint;
    }

    /// <summary>The size of the window along each spatial axis.</summary>
    public Size KernelSize { get; }

    /// <summary>Steps along each spatial axis.</summary>
    public Size Strides { get; }

    /// <summary><c>"valid"</c>, <c>"same"</c> or, for <see cref="Conv1D"/>, <c>"causal"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>The distance between the window's points along each spatial axis.</summary>
    public Size DilationRate { get; }

    /// <summary>The function applied to the result.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>What makes the bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>The penalty on the bias.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is applied to the bias after each step.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The number of spatial axes.</summary>
    private protected int Rank => KernelSize.Count;

    /// <summary>The axis of the channels.</summary>
    private protected int ChannelAxis => Spatial.ChannelAxis(DataFormat);

    /// <summary>The layer, for messages.</summary>
    private protected string Me => $"{ClassName} '{Name}'";

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Spatial.RequireInput(inputShape, Rank, Me, DataFormat);
        int? channels = inputShape[ChannelAxis];
        if (channels is int known && _builtFor is int built && known != built)
        {
            throw new ArgumentException(Invariant($"{Me} was built for {built} channels, but the input's shape is {inputShape}."));
        }

        return SpatialShape(inputShape).With(ChannelAxis, OutputChannels(inputShape, channels));
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Shape output = ComputeOutputShape(inputShape);
        int channels = inputShape.Known(ChannelAxis, Me);
        BuildKernels(channels);
        _bias = UseBias
            ? AddWeight("bias", output.Known(ChannelAxis, Me), BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint)
            : null;
        _builtFor = channels;
        BuildActivation(Activation, output);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Activate(Convolve(input), Activation);

    /// <summary>The output's shape with the input's channels; refuses one that would be empty.</summary>
    private protected virtual Shape SpatialShape(Shape inputShape) =>
        Spatial.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, DataFormat, Me);

    /// <summary>The number of output channels; refuses input channels that do not fit.</summary>
    /// <param name="inputShape">The input's shape, for the message.</param>
    /// <param name="channels">Its channels; null where they are not known.</param>
    private protected abstract int? OutputChannels(Shape inputShape, int? channels);

    /// <summary>Makes the weights but the bias.</summary>
    /// <param name="channels">The input's channels.</param>
    private protected abstract void BuildKernels(int channels);

    /// <summary>Convolves in libtorch's layout, within a dispose scope.</summary>
    /// <param name="x">(batch, channels, height, width), or with a depth before the height.</param>
    /// <param name="bias">The bias in the type of computation.</param>
    private protected abstract Tensor Compute(Tensor x, Tensor? bias);

    /// <summary>Refuses strides together with a dilation, which Keras has for few convolutions.</summary>
    private protected void RefuseStridesWithDilation()
    {
        if (Strides.Any(s => s > 1) && DilationRate.Any(d => d > 1))
        {
            throw new ArgumentException(
                $"{ClassName} takes strides above 1 or a dilation_rate above 1, not both, but strides: {Strides} and dilation_rate: "
                    + $"{DilationRate} were given.",
                "dilation_rate"
            );
        }
    }

    /// <summary>A number of filters, groups or copies, which is positive.</summary>
    private protected int Positive(int value, string what, string argument) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(argument, value, $"{ClassName} needs a positive {what}.");

    private Tensor Convolve(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = Compute(Spatial.ToNative(input, Rank, DataFormat), _bias is null ? null : Autocast(_bias));
        return Spatial.FromNative(y, Rank, DataFormat).MoveToOuterDisposeScope();
    }
}
