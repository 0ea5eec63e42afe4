using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Soft targets of a multi-label classifier, label by label: <c>T² · BCE(σ(v / T), σ(z / T))</c>.</summary>
/// <remarks>
/// Hinton, Vinyals and Dean, arXiv 1503.02531, for each label as a classifier of two. The KL form is less by the entropy of the teacher's σ(v / T), which has no gradient. Computed from logits:
/// finite, value and gradient, for logits of any size. Immutable and safe to share.
/// </remarks>
public sealed class MultiLabelSoftTargets : DistillationObjective
{
    /// <summary>Makes the objective.</summary>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="form">Crossentropy or KL divergence.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor T².</param>
    /// <param name="reduction">How the values of the labels become one: their mean, as Keras' binary crossentropy, or their sum.</param>
    /// <param name="name">The term's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public MultiLabelSoftTargets(
        Schedule? temperature = null,
        SoftTargetForm form = SoftTargetForm.CrossEntropy,
        bool scaleByTemperatureSquared = true,
        ElementReduction reduction = ElementReduction.Mean,
        string name = "multi_label_soft_targets")
        : base(name)
    {
        Temperature = Temperatures.Check(temperature ?? 4, nameof(temperature));
        Form = Arguments.Defined(form, nameof(form));
        ScaleByTemperatureSquared = scaleByTemperatureSquared;
        Reduction = Arguments.Defined(reduction, nameof(reduction));
    }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <summary>Crossentropy or KL divergence.</summary>
    public SoftTargetForm Form { get; }

    /// <summary>Whether there is the factor T².</summary>
    public bool ScaleByTemperatureSquared { get; }

    /// <summary>How the values of the labels become one.</summary>
    public ElementReduction Reduction { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.MultiLabel(shapes);

    /// <inheritdoc/>
    public override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor v = signals.TeacherLogits / signals.Temperature;
        Tensor z = signals.StudentLogits / signals.Temperature;

        // -log σ(x) is softplus(-x), and -log(1 - σ(x)) is softplus(x).
        Tensor positive = nn.functional.softplus(-z);
        Tensor negative = nn.functional.softplus(z);
        Tensor values = Form == SoftTargetForm.CrossEntropy
            ? (v.sigmoid() * positive) + ((-v).sigmoid() * negative)
            : (v.sigmoid() * (positive - nn.functional.softplus(-v))) + ((-v).sigmoid() * (negative - nn.functional.softplus(v)));
        Tensor rows = Reduction.Rows(values);
        return ScaleByTemperatureSquared ? rows * Softening.Squared(signals.Temperature) : rows;
    }
}
