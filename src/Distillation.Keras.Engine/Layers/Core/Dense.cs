using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>activation(x · kernel + bias) along the last axis.</summary>
/// <remarks>
/// Input (batch, ..., d), output (batch, ..., units). Weights: <c>kernel</c> (d, units), <c>bias</c> (units).
/// Source: <c>keras/src/layers/core/dense.py</c>.
/// </remarks>
[ConfigOptional("activity_regularizer", "lora_rank", "lora_alpha")]
public sealed class Dense : Layer
{
    private Variable? _kernel;
    private Variable? _bias;

    /// <inheritdoc cref="Dense" path="/summary"/>
    /// <param name="units">The size of the output's last axis; positive.</param>
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
    /// <param name="quantization_config">Of quantised layers, which there are none of here: <see langword="null"/>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="units"/> or <paramref name="lora_rank"/> is not positive, or <paramref name="lora_alpha"/> not finite.
    /// </exception>
    /// <exception cref="ArgumentException">A kernel with a constraint is to be adapted, or lora_alpha stands alone.</exception>
    public Dense(
        int units,
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
        JsonObject? quantization_config = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype, activity_regularizer)
    {
        if (units <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(units), units, "Dense needs a positive number of units.");
        }

        Units = units;
        Activation = activation ?? ActivationFunction.Linear;
        UseBias = use_bias;
        KernelInitializer = kernel_initializer ?? "glorot_uniform";
        BiasInitializer = bias_initializer ?? "zeros";
        KernelRegularizer = kernel_regularizer;
        BiasRegularizer = bias_regularizer;
        KernelConstraint = kernel_constraint;
        BiasConstraint = bias_constraint;
        (LoraRank, LoraAlpha) = CheckedLora(lora_rank, lora_alpha, kernel_constraint, ClassName);
        RefuseQuantization(quantization_config);
    }

    /// <summary>The size of the output's last axis.</summary>
    public int Units { get; }

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

    /// <summary>Always <see langword="null"/>: there are no quantised layers.</summary>
    public JsonObject? QuantizationConfig { get; }

    /// <summary>The rank of what is trained in place of the kernel; <see langword="null"/> where the kernel is.</summary>
    public int? LoraRank { get; private set; }

    /// <summary>The factor of that, before it is divided by the rank.</summary>
    [WholeNumber]
    public double? LoraAlpha { get; private set; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank < 2)
        {
            throw new ArgumentException(
                $"Dense '{Name}' takes an input of at least 2 axes (batch, features), but its shape is {inputShape}."
            );
        }

        if (_kernel is not null && inputShape[-1] is int width && width != _kernel.Shape[0])
        {
            throw new ArgumentException(
                Invariant($"Dense '{Name}' was built for {_kernel.Shape[0]} features, but the input's shape is {inputShape}.")
            );
        }

        return inputShape.With(-1, Units);
    }

    /// <summary>
    /// Trains two small matrices in place of the kernel, which stays as it is: kernel + lora_alpha / rank * a · b, with a (d, rank)
    /// and b (rank, units) (LoRA). Where b is zero, as by default, the layer computes what it did.
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
        int width = inputShape.Known(-1, $"Dense '{Name}'");
        _kernel = AddWeight("kernel", (width, Units), KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint);
        _bias = UseBias ? AddWeight("bias", Units, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint) : null;
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
        // For weights that are cast or added up; where none is there is nothing to clear away.
        using DisposeScope? casts = Dtype.IsMixed || Lora is not null ? NewDisposeScope() : null;
        Tensor kernel = Lora?.Merged().to(Dtype.ComputeType) ?? Autocast(_kernel!);
        Tensor? bias = _bias is null ? null : Autocast(_bias);
        Tensor product;
        if (bias is not null && input.dim() == 2)
        {
            product = addmm(bias, input, kernel, 1, 1);
        }
        else
        {
            product = input.matmul(kernel);
            if (bias is not null)
            {
                product.Accumulate(bias);
            }
        }

        return casts is null ? product : product.MoveToOuterDisposeScope();
    }
}
