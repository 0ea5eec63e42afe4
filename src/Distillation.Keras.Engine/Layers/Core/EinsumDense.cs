using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>activation(einsum(equation, x, kernel) + bias): a dense layer over any axes.</summary>
/// <remarks>
/// Input (batch, ...), output as the equation says. Weights: <c>kernel</c>, of the sizes of its axes in the equation, and <c>bias</c> (with
/// <c>bias_axes</c>). Source: <c>keras/src/layers/core/einsum_dense.py</c>.
/// </remarks>
[ConfigOptional("lora_rank", "lora_alpha", "gptq_unpacked_column_size")]
public sealed class EinsumDense : Layer
{
    private readonly EinsumEquation _equation;
    private Variable? _kernel;
    private Variable? _bias;

    /// <inheritdoc cref="EinsumDense" path="/summary"/>
    /// <param name="equation">
    /// Letters for the axes of input, kernel and output, <c>"abc,cd->abd"</c>; axes that have none stand as "..." before the others of
    /// input and output, <c>"...bc,cd->...bd"</c>, or behind them, <c>"abc...,bd->acd..."</c>. The first axis is the batch.
    /// </param>
    /// <param name="output_shape">
    /// The output's shape without the batch axis and what "..." stands for; <see langword="null"/> for sizes that are the input's.
    /// </param>
    /// <param name="activation">Applied to the result; linear by default.</param>
    /// <param name="bias_axes">Which axes of the output the bias has, <c>"d"</c>; <see langword="null"/>: there is none.</param>
    /// <param name="kernel_initializer">
    /// Makes the kernel; <c>"glorot_uniform"</c> by default. Where it depends on the numbers of inputs and outputs, the kernel's axes that
    /// the output has are outputs.
    /// </param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="lora_rank">
    /// The rank of what is trained in place of the kernel, which stays as it is (LoRA); <see langword="null"/> (the default): the kernel is
    /// trained. Positive; see <c>EnableLora</c>.
    /// </param>
    /// <param name="lora_alpha">The factor of that, before it is divided by the rank; the rank by default.</param>
    /// <param name="gptq_unpacked_column_size">Of quantised layers, which there are none of here: <see langword="null"/>.</param>
    /// <param name="quantization_config">Of quantised layers, which there are none of here: <see langword="null"/>.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentException">
    /// The equation is none, the bias has other axes than the output, LoRA does not fit the other arguments, or an argument of quantised
    /// layers is given.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">lora_rank is not positive, or lora_alpha not finite.</exception>
    public EinsumDense(
        string equation,
        Shape output_shape,
        ActivationFunction? activation = null,
        string? bias_axes = null,
        Initializer? kernel_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? bias_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? bias_constraint = null,
        int? lora_rank = null,
        double? lora_alpha = null,
        int? gptq_unpacked_column_size = null,
        JsonObject? quantization_config = null,
        Regularizer? activity_regularizer = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype, activity_regularizer)
    {
        ArgumentNullException.ThrowIfNull(output_shape);
        _equation = EinsumEquation.Parse(equation);
        Equation = equation;
        OutputShape = output_shape;
        Activation = activation ?? ActivationFunction.Linear;
        BiasAxes = _equation.CheckedBias(bias_axes);
        KernelInitializer = kernel_initializer ?? "glorot_uniform";
        BiasInitializer = bias_initializer ?? "zeros";
        KernelRegularizer = kernel_regularizer;
        BiasRegularizer = bias_regularizer;
        KernelConstraint = kernel_constraint;
        BiasConstraint = bias_constraint;
        (LoraRank, LoraAlpha) = CheckedLora(lora_rank, lora_alpha, kernel_constraint, ClassName);
        RefuseQuantization(gptq_unpacked_column_size, nameof(gptq_unpacked_column_size));
        RefuseQuantization(quantization_config);
    }

    /// <summary>The equation.</summary>
    public string Equation { get; }

    /// <summary>What was said of the output's shape.</summary>
    public Shape OutputShape { get; }

    /// <summary>The function applied to the result.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Which axes of the output the bias has.</summary>
    public string? BiasAxes { get; }

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

    /// <summary>Always <see langword="null"/>: there are no quantised layers.</summary>
    public int? GptqUnpackedColumnSize { get; }

    /// <summary>Always <see langword="null"/>: there are no quantised layers.</summary>
    public JsonObject? QuantizationConfig { get; }

    private string Me => $"EinsumDense '{Name}'";

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape output = _equation.OutputShape(inputShape, OutputShape, Me);
        return _kernel is null || _equation.KernelOf(inputShape, output, Me).Shape == _kernel.Shape
            ? output
            : throw new ArgumentException(
                $"{Me} with the equation '{Equation}' was built for a kernel of the shape {_kernel.Shape}, which an input of the shape "
                    + $"{inputShape} does not fit."
            );
    }

    /// <inheritdoc cref="Dense.EnableLora"/>
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
        Shape output = ComputeOutputShape(inputShape);
        (Shape shape, int[] inputs, int[] outputs) = _equation.KernelOf(inputShape, output, Me);
        Initializer initializer = KernelInitializer is VarianceScaling { InputAxes: null } or VarianceScaling { OutputAxes: null }
            ? ((VarianceScaling)KernelInitializer).Along(inputs, outputs)
            : KernelInitializer;
        Shape? bias = BiasAxes is null ? null : _equation.BiasOf(BiasAxes, output, inputShape.Rank, Me);
        _kernel = AddWeight("kernel", shape, initializer, regularizer: KernelRegularizer, constraint: KernelConstraint);
        _bias = bias is null ? null : AddWeight("bias", bias, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint);
        if (LoraRank is int rank)
        {
            Adapt(_kernel, rank, LoraAlpha!.Value, null, null, KernelRegularizer);
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Activate(Product(input), Activation);
    }

    private Tensor Product(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor kernel = Lora?.Merged().to(Dtype.ComputeType) ?? Autocast(_kernel!);
        Tensor product = einsum(Equation, input, kernel);
        return (_bias is null ? product : product.Plus(Autocast(_bias))).MoveToOuterDisposeScope();
    }
}
