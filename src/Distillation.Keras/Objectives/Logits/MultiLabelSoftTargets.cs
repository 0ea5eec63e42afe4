using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Soft targets of a multi-label classifier, label by label: <c>T² · BCE(σ(v / T), σ(z / T))</c>.</summary>
/// <remarks>
/// Hinton, Vinyals and Dean, arXiv 1503.02531, for each label as a classifier of two. The KL form is less by the entropy of the teacher's
/// σ(v / T), which has no gradient. Computed from logits: finite, value and gradient, for logits of any size. Immutable and safe to share.
/// </remarks>
public sealed class MultiLabelSoftTargets : DistillationObjective
{
    /// <inheritdoc cref="MultiLabelSoftTargets" path="/summary"/>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="form">Crossentropy or KL divergence.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor T².</param>
    /// <param name="reduction">How the values of the labels become one: their mean, as Keras' binary crossentropy, or their sum.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public MultiLabelSoftTargets(
        Schedule? temperature = null,
        SoftTargetForm form = SoftTargetForm.CrossEntropy,
        bool scaleByTemperatureSquared = true,
        ElementReduction reduction = ElementReduction.Mean,
        string name = "multi_label_soft_targets"
    )
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
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor v = signals.TeacherLogits / signals.Temperature;
        Tensor z = signals.StudentLogits / signals.Temperature;

        Tensor rows = Reduction.Rows(Binary(v, z).Plus(Binary(v.neg(), z.neg())));
        return ScaleByTemperatureSquared ? rows * Softening.Squared(signals.Temperature) : rows;
    }

    // One of the two halves: -σ(v) log σ(z), less the teacher's own for the divergence. 1 - σ(x) is σ(-x). torch's softplus is not for
    // float64: it cuts off above 20.
    private Tensor Binary(Tensor v, Tensor z)
    {
        Tensor logQ = nn.functional.logsigmoid(z);
        return v.sigmoid() * (Form == SoftTargetForm.KullbackLeibler ? nn.functional.logsigmoid(v) - logQ : logQ.neg());
    }
}
