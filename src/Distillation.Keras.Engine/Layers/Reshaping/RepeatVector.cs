using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Each vector as a sequence of n steps that are alike.</summary>
/// <remarks>
/// Input (batch, features), output (batch, n, features). Keeps the type of integers. Source:
/// <c>keras/src/layers/reshaping/repeat_vector.py</c>.
/// </remarks>
public sealed class RepeatVector : Layer
{
    /// <inheritdoc cref="RepeatVector" path="/summary"/>
    /// <param name="n">The number of steps; positive.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not positive.</exception>
    public RepeatVector(int n, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => N = Arguments.AtLeast(1, n);

    /// <summary>The number of steps.</summary>
    public int N { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank == 2
            ? new Shape([inputShape[0], N, inputShape[1]])
            : throw new ArgumentException(
                $"RepeatVector '{Name}' takes a batch of vectors (batch, features), but its input's shape is {inputShape}."
            );
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using Tensor one = input.unsqueeze(1);

        // A view: no step is written twice, and the gradient is the sum over the steps.
        return one.expand(input.size(0), N, input.size(1));
    }
}
