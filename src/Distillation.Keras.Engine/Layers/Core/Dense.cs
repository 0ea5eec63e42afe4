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
[ConfigValue("quantization_config", "null")]
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
    /// <param name="kernel_constraint">Applied to the kernel after each step.</param>
    /// <param name="bias_constraint">Applied to the bias after each step.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is not positive.</exception>
    public Dense(
        int units,
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
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
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

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int width = inputShape.Known(-1, $"Dense '{Name}'");
        _kernel = AddWeight("kernel", (width, Units), KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint);
        _bias = UseBias ? AddWeight("bias", Units, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint) : null;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Activate(Product(input), Activation);
    }

    private Tensor Product(Tensor input)
    {
        // For weights that are cast; where nothing is cast there is nothing to clear away.
        using DisposeScope? casts = Dtype.IsMixed ? NewDisposeScope() : null;
        Tensor kernel = Autocast(_kernel!);
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
