using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What <see cref="SimpleRNNCell"/>, <see cref="LSTMCell"/> and <see cref="GRUCell"/> share.</summary>
/// <remarks>
/// Input (batch, d) and states (batch, units), output (batch, units). Weights, with as many gates as the cell has: <c>kernel</c>
/// (d, gates · units), <c>recurrent_kernel</c> (units, gates · units), <c>bias</c>. In training, one mask of <c>dropout</c> is drawn for
/// all steps of a call. Source: <c>keras/src/layers/rnn/dropout_rnn_cell.py</c>.
/// </remarks>
public abstract class DropoutRNNCell : RNNCell
{
    private Generator? _generator;

    private protected DropoutRNNCell(CellArguments arguments, int gates)
        : base(arguments.Name, arguments.Trainable, arguments.Dtype)
    {
        Units = Arguments.AtMost(int.MaxValue / gates, Arguments.AtLeast(1, arguments.Units, "units"), "units");
        Gates = gates;
        Activation = arguments.Activation ?? "tanh";
        UseBias = arguments.UseBias;
        KernelInitializer = arguments.KernelInitializer ?? "glorot_uniform";
        RecurrentInitializer = arguments.RecurrentInitializer ?? "orthogonal";
        BiasInitializer = arguments.BiasInitializer ?? "zeros";
        KernelRegularizer = arguments.KernelRegularizer;
        RecurrentRegularizer = arguments.RecurrentRegularizer;
        BiasRegularizer = arguments.BiasRegularizer;
        KernelConstraint = arguments.KernelConstraint;
        RecurrentConstraint = arguments.RecurrentConstraint;
        BiasConstraint = arguments.BiasConstraint;
        Dropout = Arguments.Fraction(arguments.Dropout, "dropout");
        RecurrentDropout = Arguments.Fraction(arguments.RecurrentDropout, "recurrent_dropout");
        Seed = arguments.Seed;
    }

    /// <summary>The size of the output and of each state.</summary>
    public int Units { get; }

    /// <summary>The function of the new values.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>What makes the kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What makes the recurrent kernel.</summary>
    public Initializer RecurrentInitializer { get; }

    /// <summary>What makes the bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>The penalty on the kernel.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>The penalty on the recurrent kernel.</summary>
    public Regularizer? RecurrentRegularizer { get; }

    /// <summary>The penalty on the bias.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is applied to the kernel after each step of training.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What is applied to the recurrent kernel after each step of training.</summary>
    public Constraint? RecurrentConstraint { get; }

    /// <summary>What is applied to the bias after each step of training.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The share of the inputs' features that become 0 in training.</summary>
    public double Dropout { get; }

    /// <summary>The share of the states' values that do.</summary>
    public double RecurrentDropout { get; }

    /// <summary>What the cell's own random numbers begin with, if it has some.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSize => [Units];

    /// <summary>Whether it is not to be computed by libtorch's own operation.</summary>
    internal bool AvoidsNative { get; set; }

    /// <summary>How many products of each input are needed: the columns of the kernels by the units.</summary>
    private protected int Gates { get; }

    private protected Variable Kernel { get; private set; } = null!;

    private protected Variable RecurrentKernel { get; private set; } = null!;

    private protected Variable? Bias { get; private set; }

    /// <summary>Whether a dropped state is dropped for each gate in its own way, and then an input, too.</summary>
    private protected virtual bool DropsByGate => RecurrentDropout > 0;

    private protected virtual Shape BiasShape => Gates * Units;

    private protected virtual Initializer FirstBias => BiasInitializer;

    internal override void ReleaseState()
    {
        base.ReleaseState();
        _generator?.Dispose();
        _generator = null;
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Seed is int seed)
        {
            state.Random("random", _generator ??= RandomState.NewGenerator(seed));
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        RefuseInput(inputShapes[0]);
        return base.ComputeOutputShapes(inputShapes);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        RefuseInput(inputShape);
        int width = inputShape.Known(-1, $"{ClassName} '{Name}'");
        int columns = Gates * Units;
        Kernel = AddWeight("kernel", (width, columns), KernelInitializer, true, KernelRegularizer, KernelConstraint);
        RecurrentKernel = AddWeight(
            "recurrent_kernel",
            (Units, columns),
            RecurrentInitializer,
            true,
            RecurrentRegularizer,
            RecurrentConstraint
        );
        Bias = UseBias ? AddWeight("bias", BiasShape, FirstBias, true, BiasRegularizer, BiasConstraint) : null;
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] states = [.. inputs.Tensors.Skip(1)];
        var step = new RecurrentInputs(inputs.Tensors[0].unsqueeze(1), states, Mask: null, WantsAll: false, IsZeroMasked: false);
        RecurrentOutputs outputs = Run(step, context);
        return RecurrentResults.Of([outputs.Last, .. outputs.States]);
    }

    /// <inheritdoc/>
    internal override RecurrentOutputs Run(RecurrentInputs sequences, CallContext context)
    {
        Tensor? recurrentMask = null;
        Tensor input = sequences.Sequences;
        Tensor? inputMask = null;
        if (context.Training && (Dropout > 0 || RecurrentDropout > 0))
        {
            long batch = input.shape[0];
            inputMask = Dropout > 0 ? Mask(Dropout, batch, input.shape[^1], input, context) : null;
            recurrentMask = RecurrentDropout > 0 ? Mask(RecurrentDropout, batch, Units, input, context) : null;
        }

        if (inputMask is not null && inputMask.dim() == 2)
        {
            input = input.mul(inputMask.unsqueeze(1));
            inputMask = null;
        }

        if (inputMask is null && recurrentMask is null && sequences.Mask is null && IsNative && !AvoidsNative)
        {
            return Native(sequences with { Sequences = input });
        }

        Tensor[] products = Products(input, inputMask).unbind(0);
        return RecurrentLoop.Over(sequences, products, Stepper(recurrentMask));
    }

    /// <summary>Why libtorch's own operation cannot compute the cell; <see langword="null"/> where it can.</summary>
    internal string? WhyNotNative(bool isMasked, bool training) =>
        isMasked ? "there is a mask"
        : training && RecurrentDropout > 0 ? "states are dropped in training"
        : !IsNative ? $"it has no such activations, arguments or type ({Dtype.Name})"
        : null;

    /// <summary>What libtorch computes at once, where <see cref="IsNative"/>.</summary>
    private protected abstract RecurrentOutputs Native(RecurrentInputs sequences);

    /// <summary>Whether libtorch has the cell as it is, without masks.</summary>
    private protected abstract bool IsNative { get; }

    /// <summary>From the products of an input with the kernel and from the states to the output and the new states.</summary>
    /// <param name="recurrentMask">What the state is multiplied by: (batch, units), or one for each gate.</param>
    private protected abstract Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Stepper(Tensor? recurrentMask);

    /// <summary>The bias that belongs to the inputs.</summary>
    private protected virtual Tensor? InputBias => Bias is null ? null : Autocast(Bias);

    private protected bool ComputesWide => Dtype.ComputeType is ScalarType.Float32 or ScalarType.Float64;

    /// <summary>A function of the steps; nobody asks for the logits of probabilities in between.</summary>
    private protected static Func<Tensor, Tensor> Function(ActivationFunction function) =>
        function.Is("sigmoid") ? static x => sigmoid(x) : function.Apply;

    /// <summary>A kernel as one matrix for each gate, (gates, rows, units).</summary>
    private protected Tensor ByGate(Tensor kernel) => kernel.view(kernel.shape[0], Gates, Units).transpose(0, 1);

    // The product of all steps with the kernel, steps first.
    private Tensor Products(Tensor input, Tensor? gateMasks)
    {
        Tensor kernel = Autocast(Kernel);
        Tensor products;
        if (gateMasks is null)
        {
            products = input.transpose(0, 1).matmul(kernel);
        }
        else
        {
            Tensor[] kernels = kernel.chunk(Gates, 1);
            Tensor[] masks = gateMasks.unbind(0);
            products = cat([.. masks.Select((m, i) => input.mul(m.unsqueeze(1)).transpose(0, 1).matmul(kernels[i]))], -1);
        }

        return InputBias is Tensor bias ? products.Accumulate(bias) : products;
    }

    // 0 with the probability of the rate, else 1 / (1 - rate); drawn on the host, so that a seed gives the same on each device.
    private Tensor Mask(double rate, long batch, long size, Tensor like, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Generator generator = Seed is int seed ? _generator ??= RandomState.NewGenerator(seed) : context.Generator;
        long[] sizes = DropsByGate ? [Gates, batch, size] : [batch, size];
        Tensor mask =
            rate == 1
                ? zeros(sizes, like.dtype, like.device)
                : empty(sizes, like.dtype, CPU).bernoulli_(1 - rate, generator).to(like.device).Scale(1 / (1 - rate));
        return mask.MoveToOuterDisposeScope();
    }

    private void RefuseInput(Shape input)
    {
        if (input.Rank != 2)
        {
            throw new ArgumentException($"{ClassName} '{Name}' takes an input of 2 axes (batch, features), but its shape is {input}.");
        }

        if (Built && input[1] is int width && width != Kernel.Shape[0])
        {
            throw new ArgumentException(
                Invariant($"{ClassName} '{Name}' was built for {Kernel.Shape[0]} features, but the input's shape is {input}.")
            );
        }
    }
}
