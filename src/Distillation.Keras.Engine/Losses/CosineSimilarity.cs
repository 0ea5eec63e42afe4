using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Minus the cosine of the angle between targets and predictions: -1 where they point the same way.</summary>
/// <remarks>
/// Immutable. Shapes and formula: <see cref="LossFunctions.CosineSimilarity"/>. Source: <c>keras/src/losses/losses.py</c>.
/// Keras leaves <c>axis</c> out of the configuration and so forgets it; here it is written unless it is -1, and Keras reads it.
/// </remarks>
[Identifiers("cosine_similarity")]
public class CosineSimilarity : Loss
{
    /// <inheritdoc cref="CosineSimilarity" path="/summary"/>
    /// <param name="axis">The axis of the vectors.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public CosineSimilarity(
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "cosine_similarity",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Axis = axis;
    }

    /// <summary>The axis of the vectors.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.CosineSimilarity(y_true, y_pred, Axis);

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Axis == -1)
        {
            config.Remove("axis");
        }

        return config;
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "cosine_similarity");
}
