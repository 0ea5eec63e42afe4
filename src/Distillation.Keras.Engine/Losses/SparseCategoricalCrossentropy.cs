using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>-log p of the right class, for class numbers as targets.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and the use of a softmax' logits: <see cref="LossFunctions.SparseCategoricalCrossentropy"/>. For one-hot
/// targets see
/// <see cref="CategoricalCrossentropy"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("sparse_categorical_crossentropy")]
public class SparseCategoricalCrossentropy : Loss
{
    private const string Function = "sparse_categorical_crossentropy";

    /// <inheritdoc cref="SparseCategoricalCrossentropy" path="/summary"/>
    /// <param name="from_logits">
    /// Whether predictions are logits. Predictions that come directly from a softmax are computed from their logits without it.
    /// </param>
    /// <param name="ignore_class">
    /// A class number whose positions do not count: they are left out of the mean, too. <see langword="null"/>: all count.
    /// </param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="axis">The axis of the classes: the last one; another is refused.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public SparseCategoricalCrossentropy(
        bool from_logits = false,
        int? ignore_class = null,
        string reduction = "sum_over_batch_size",
        int axis = -1,
        string name = Function,
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        FromLogits = from_logits;
        IgnoreClass = ignore_class;
        Axis = axis;
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>The class number whose positions do not count.</summary>
    public int? IgnoreClass { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsTargetType => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) =>
        LossFunctions.SparseCategoricalCrossentropy(y_true, y_pred, FromLogits, IgnoreClass, Axis);

    /// <summary>The configuration as Keras writes it: without <c>axis</c>, unless it is not -1.</summary>
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
    public override bool LeavesOutTargets => IgnoreClass is not null;

    /// <inheritdoc/>
    protected internal override Tensor? ValuesMask(Tensor y_true, Tensor y_pred) =>
        IgnoreClass is int ignored ? LossShapes.Labels(y_true, y_pred, Function).IsNot(ignored) : null;

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape)
    {
        LossFunctions.CheckLastAxis(Axis, outputShape.Rank, Function);
        LossShapes.CheckLabels(y_true, outputShape, Function, IgnoreClass);
    }
}
