using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The circle loss: embeddings of one class are brought near each other, and away from those of other classes.</summary>
/// <remarks>
/// Immutable. Targets are class numbers (batch) or (batch, 1), predictions embeddings (batch, size) of length 1. Each row is compared with
/// all others of its batch; a row whose loss is 0, as one without a partner of its class, does not count in a mean. Formula:
/// <see cref="LossFunctions.Circle"/>. Source: <c>keras/src/losses/losses.py</c>; Sun et al., arXiv 2002.10857.
/// </remarks>
[Identifiers("circle")]
public class Circle : Loss
{
    /// <inheritdoc cref="Circle" path="/summary"/>
    /// <param name="gamma">How much distances are scaled.</param>
    /// <param name="margin">How far classes are to be apart.</param>
    /// <param name="remove_diagonal">Whether a row is no partner of itself.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a number is not finite.</exception>
    public Circle(
        double gamma = 80.0,
        double margin = 0.4,
        bool remove_diagonal = true,
        string reduction = "sum_over_batch_size",
        string name = "circle",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Gamma = Arguments.Finite(gamma);
        Margin = Arguments.Finite(margin);
        RemoveDiagonal = remove_diagonal;
    }

    /// <summary>How much distances are scaled.</summary>
    public double Gamma { get; }

    /// <summary>How far classes are to be apart.</summary>
    public double Margin { get; }

    /// <summary>Whether a row is no partner of itself.</summary>
    public bool RemoveDiagonal { get; }

    /// <inheritdoc/>
    public override bool LeavesOutTargets => true;

    /// <inheritdoc/>
    protected internal override bool KeepsTargetType => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) =>
        LossFunctions.Circle(y_true, y_pred, remove_diagonal: RemoveDiagonal, gamma: Gamma, margin: Margin);

    /// <inheritdoc/>
    internal override Tensor? MaskOf(Tensor values, Tensor y_true, Tensor y_pred) => values.detach().IsAbove(0);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(outputShape);
        LossFunctions.CheckCircle(Shape.FromSizes(y_true.shape), outputShape, string.Empty);
    }
}
