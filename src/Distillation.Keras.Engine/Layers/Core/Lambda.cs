using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A function of one's own as a layer.</summary>
/// <remarks>
/// <para>
/// <c>Clone</c> keeps the function. No file can hold it: saving a model with a Lambda is refused, and so is reading one, as that would run
/// code from a file. For a layer that can be saved, derive a class from <see cref="Layer"/> and make it known with
/// <c>KerasSerializer.Register</c>.
/// </para>
/// <para>Source: <c>keras/src/layers/core/lambda_layer.py</c>.</para>
/// </remarks>
public sealed class Lambda : Layer
{
    // One reference, as several threads may try it at once.
    private volatile Tuple<Shape, Shape>? _tried;

    /// <inheritdoc cref="Lambda" path="/summary"/>
    /// <param name="function">
    /// From a tensor (batch, ...) to a tensor (batch, ...). It may return its argument; it disposes what it makes in between, as
    /// <c>NewDisposeScope</c> does.
    /// </param>
    /// <param name="output_shape">
    /// The shape of one sample's output, without the batch axis. By default the function is tried on zeros.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that inputs are cast to.</param>
    public Lambda(
        Func<Tensor, Tensor> function,
        Shape? output_shape = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(function);
        Function = function;
        OutputShape = output_shape;
    }

    /// <summary>What computes the output from the input, both batch first.</summary>
    public Func<Tensor, Tensor> Function { get; }

    /// <summary>The shape of one sample's output, if it was given.</summary>
    public Shape? OutputShape { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0)
        {
            throw new ArgumentException($"Lambda '{Name}' takes an input with a batch axis, but its input has no axes.");
        }

        if (OutputShape is not null)
        {
            return OutputShape.WithBatch(inputShape[0]);
        }

        Shape sample = inputShape.From(1);
        if (_tried is not Tuple<Shape, Shape> tried || tried.Item1 != sample)
        {
            _tried = tried = Tuple.Create(sample, ShapeTrial.Outputs(this, [sample.WithBatch(null)])[0]);
        }

        return tried.Item2.With(0, inputShape[0]);
    }

    /// <summary>Always: as in Keras the function gets whole numbers as they are.</summary>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <summary>Refused: a delegate is no configuration.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException(
            $"Lambda '{Name}' holds a delegate, which no configuration can hold. Write a class derived from Layer in its place, or save "
                + "the weights alone."
        );

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Function(input);

    internal static Lambda FromConfig(JsonObject config) =>
        throw new NotSupportedException(
            $"The layer '{config?["name"] ?? "lambda"}' is a Lambda. It is refused, as reading one would run code from a file. Build the "
                + "model in code and load its weights alone."
        );
}
