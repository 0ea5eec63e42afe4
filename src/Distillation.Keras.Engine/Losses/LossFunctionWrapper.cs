using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>A loss made of a function of one's own.</summary>
/// <remarks>
/// <para>Immutable; as thread-safe as the function. The function gets targets and predictions in the type that the loss computes in. Where
/// their ranks differ by a last axis of size 1 they are brought to the same rank first, as in Keras. It gives back one value a row, or a
/// scalar, made of differentiable operations.</para>
/// <para>No configuration can hold a delegate: a model that was compiled with one is saved without it.</para>
/// <para>Source: <c>keras/src/losses/losses.py</c>.</para>
/// </remarks>
[Identifiers]
public sealed class LossFunctionWrapper : Loss
{
    /// <summary>Wraps a function.</summary>
    /// <param name="fn">From targets and predictions, batch first, to one value a row. It must not dispose its arguments.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public LossFunctionWrapper(
        Func<Tensor, Tensor, Tensor> fn,
        string reduction = "sum_over_batch_size",
        string? name = null,
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        ArgumentNullException.ThrowIfNull(fn);
        Fn = fn;
    }

    /// <summary>The function of targets and predictions; it gives one value a row.</summary>
    public Func<Tensor, Tensor, Tensor> Fn { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred)
    {
        (Tensor target, Tensor prediction) = LossShapes.SameRank(y_true, y_pred);
        return Fn(target, prediction);
    }

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always: a delegate cannot be written down.</exception>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException(
            $"The loss '{Name}' is a delegate, which no configuration can hold. Write it as a class derived from Loss and make that "
                + "known with KerasSerializer.Register<T>()."
        );

    /// <summary>A function that Compile got in place of a loss, under its own name.</summary>
    internal static LossFunctionWrapper Of(Func<Tensor, Tensor, Tensor> fn) => new(fn, name: Naming.OfFunction(fn));

    internal static LossFunctionWrapper FromConfig(JsonObject config) =>
        throw new NotSupportedException(
            "A LossFunctionWrapper holds a function, which is never read from a configuration. Compile the model again with the loss."
        );
}
