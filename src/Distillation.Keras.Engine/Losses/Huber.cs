using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Squared error where it is small, absolute error where it is large.</summary>
/// <remarks>
/// Immutable. Shapes and formula: <see cref="LossFunctions.Huber"/>. Source: <c>keras/src/losses/losses.py</c>.
/// Keras leaves <c>delta</c> out of the configuration and so forgets it; here it is written unless it is 1, and Keras reads it.
/// </remarks>
[Identifiers("huber")]
public class Huber : Loss
{
    /// <inheritdoc cref="Huber" path="/summary"/>
    /// <param name="delta">Where the parabola becomes a straight line; greater than 0.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or <paramref name="delta"/> is out of its range.</exception>
    public Huber(double delta = 1.0, string reduction = "sum_over_batch_size", string name = "huber_loss", DTypePolicy? dtype = null)
        : base(name, reduction, dtype)
    {
        Delta = Arguments.Positive(delta);
    }

    /// <summary>Where the parabola becomes a straight line.</summary>
    public double Delta { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.Huber(y_true, y_pred, Delta);

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Delta == 1.0)
        {
            config.Remove("delta");
        }

        return config;
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "huber");
}
