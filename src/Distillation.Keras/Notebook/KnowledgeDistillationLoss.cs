using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Notebook;

/// <summary>
/// The notebook's loss on targets <c>[one-hot | teacher logits]</c> and predictions <c>[p | p_T]</c>:
/// <c>hard · CE(y, p) + soft · T² · CE(softmax(v / T), p_T)</c>, each half split off at the number of classes.
/// </summary>
/// <remarks>
/// <para>
/// For <c>Compile</c> of a model from <c>WithSoftenedOutput(T)</c>, with targets from <c>DistillationTargets.From(teacher, x, y)</c>.
/// Probabilities are clipped as Keras does. <c>Distiller</c> computes the same from logits. T is the same in both: another one is refused
/// by <c>Compile</c>.
/// </para>
/// <para>
/// Beside it Keras' own metrics (<c>"accuracy"</c>, <c>new TopKCategoricalAccuracy(5)</c>, ...) compare the labels' halves alone, and
/// <c>class_weight</c> goes by the labels; a function or metric of one's own gets targets and predictions whole.
/// </para>
/// <para>Immutable and safe to share between threads. Hinton, Vinyals and Dean, arXiv 1503.02531.</para>
/// </remarks>
public sealed class KnowledgeDistillationLoss : Loss
{
    /// <inheritdoc cref="KnowledgeDistillationLoss" path="/summary"/>
    /// <param name="temperature">T, the same as that of the model's softened output; positive.</param>
    /// <param name="hard_weight">The weight of the labels' half; not negative.</param>
    /// <param name="soft_weight">The weight of the teacher's half; not negative.</param>
    /// <param name="num_classes">Where to split; by default half of the prediction's width.</param>
    /// <param name="scale_by_temperature_squared">Whether the soft half is multiplied by T², as the paper has it.</param>
    /// <param name="reduction">How rows become one value.</param>
    /// <param name="name">The loss' name.</param>
    /// <param name="dtype">The type that the loss computes in.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public KnowledgeDistillationLoss(
        double temperature,
        double hard_weight = 0.1,
        double soft_weight = 0.9,
        int? num_classes = null,
        bool scale_by_temperature_squared = true,
        string reduction = "sum_over_batch_size",
        string? name = "knowledge_distillation_loss",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Temperature = Temperatures.Check(temperature, nameof(temperature));
        HardWeight = LossWeight.Check(hard_weight, nameof(hard_weight));
        SoftWeight = LossWeight.Check(soft_weight, nameof(soft_weight));
        if (num_classes is < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(num_classes), num_classes, "A classifier has at least 2 classes.");
        }

        NumClasses = num_classes;
        ScaleByTemperatureSquared = scale_by_temperature_squared;
    }

    /// <summary>T.</summary>
    public double Temperature { get; }

    /// <summary>The weight of the labels' half.</summary>
    public double HardWeight { get; }

    /// <summary>The weight of the teacher's half.</summary>
    public double SoftWeight { get; }

    /// <summary>Where to split, if it was told.</summary>
    public int? NumClasses { get; }

    /// <summary>Whether the soft half is multiplied by T².</summary>
    public bool ScaleByTemperatureSquared { get; }

    internal override string Module => "distillation_keras";

    /// <summary>The notebook's own: <c>lambda · CE(y, p) + CE(softmax(v / T), p_T)</c>, without the paper's T².</summary>
    /// <param name="lambda">The weight of the labels' half.</param>
    /// <param name="temperature">T.</param>
    public static KnowledgeDistillationLoss Notebook(double lambda, double temperature) =>
        new(temperature, hard_weight: lambda, soft_weight: 1, scale_by_temperature_squared: false);

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred)
    {
        SplitBatch halves = SplitBatch.Of(y_true, y_pred, NumClasses);
        Tensor hard = LossFunctions.CategoricalCrossentropy(halves.Labels, halves.Probabilities);
        Tensor soft = halves.SoftLogLoss(Temperature);
        double softWeight = SoftWeight * (ScaleByTemperatureSquared ? Temperature * Temperature : 1);
        return hard.Times(HardWeight).PlusScaled(soft, softWeight);
    }

    /// <inheritdoc/>
    protected internal override int? LabelColumns(Shape target, Shape output) => SplitBatch.Check(target, output, NumClasses);

    /// <inheritdoc/>
    protected internal override Tensor LabelsOf(Tensor y_true, Shape outputShape)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        int classes = SplitBatch.Check(Shape.FromSizes(y_true.shape), outputShape, NumClasses);
        SplitBatch.CheckLabels(y_true, classes);
        return y_true.narrow(-1, 0, classes);
    }

    /// <inheritdoc/>
    protected internal override void ValidateOutput(KerasTensor output) => SoftenedOutput.Check(output, Temperature, $"the loss '{Name}'");

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(outputShape);
        int classes = SplitBatch.Check(Shape.FromSizes(y_true.shape), outputShape, NumClasses);
        if (HardWeight != 0)
        {
            SplitBatch.CheckLabels(y_true, classes);
        }
    }
}
