using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The rectified linear unit with a slope below zero that is trained: x, or alpha * x where x is negative.</summary>
/// <remarks>
/// Input and output (batch, ...). Weights: <c>alpha</c>, of the shape of a sample, with 1 along the axes that share it. At 0 the gradient
/// is 0. Source: <c>keras/src/layers/activations/prelu.py</c>.
/// </remarks>
public sealed class PReLU : Layer
{
    private Variable? _alpha;

    /// <inheritdoc cref="PReLU" path="/summary"/>
    /// <param name="alpha_initializer">Makes the slopes; <c>"zeros"</c> by default.</param>
    /// <param name="alpha_regularizer">A penalty on the slopes.</param>
    /// <param name="alpha_constraint">Applied to the slopes after each step.</param>
    /// <param name="shared_axes">
    /// The axes whose places have a slope in common, counted from 1, as the batch is axis 0: <c>(1, 2)</c> for one slope for each channel
    /// of an image. By default each place has its own.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the slopes.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentException">An axis is below 1.</exception>
    public PReLU(
        Initializer? alpha_initializer = null,
        Regularizer? alpha_regularizer = null,
        Constraint? alpha_constraint = null,
        Axes? shared_axes = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        AlphaInitializer = alpha_initializer ?? "zeros";
        AlphaRegularizer = alpha_regularizer;
        AlphaConstraint = alpha_constraint;
        SharedAxes =
            shared_axes is null ? null
            : shared_axes.All(a => a >= 1) ? new Axes([.. shared_axes])
            : throw new ArgumentException(
                $"The shared_axes of PReLU count from 1, as the batch is axis 0, but {shared_axes} was given.",
                nameof(shared_axes)
            );
    }

    /// <summary>What makes the slopes.</summary>
    public Initializer AlphaInitializer { get; }

    /// <summary>The penalty on the slopes.</summary>
    public Regularizer? AlphaRegularizer { get; }

    /// <summary>What is applied to the slopes after each step.</summary>
    public Constraint? AlphaConstraint { get; }

    /// <summary>The axes whose places have a slope in common, counted from 1.</summary>
    public Axes? SharedAxes { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0 || SharedAxes?.Any(a => a >= inputShape.Rank) is true)
        {
            throw new ArgumentException(
                $"PReLU '{Name}' {(SharedAxes is null ? "takes an input with a batch axis" : $"shares the axes {SharedAxes}")}, but its "
                    + $"input's shape is {inputShape}."
            );
        }

        for (int i = 1; _alpha is not null && i < Math.Max(inputShape.Rank, _alpha.Shape.Rank + 1); i++)
        {
            bool fits =
                inputShape.Rank == _alpha.Shape.Rank + 1 && (IsShared(i) || (inputShape[i] ?? _alpha.Shape[i - 1]) == _alpha.Shape[i - 1]);
            if (!fits)
            {
                throw new ArgumentException(
                    $"PReLU '{Name}' was built for slopes of the shape {_alpha.Shape}, but its input's shape is {inputShape}."
                );
            }
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int[] shape = [.. Enumerable.Range(1, inputShape.Rank - 1).Select(i => IsShared(i) ? 1 : inputShape.Known(i, $"PReLU '{Name}'"))];
        _alpha = AddWeight("alpha", new Shape(shape), AlphaInitializer, regularizer: AlphaRegularizer, constraint: AlphaConstraint);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor below = nn.functional.relu(input.neg()).mul(Autocast(_alpha!));
        return nn.functional.relu(input).sub(below).MoveToOuterDisposeScope();
    }

    private bool IsShared(int axis) => SharedAxes?.Contains(axis) is true;
}
