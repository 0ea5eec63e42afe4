using Distillation.Keras.Backend;
using Distillation.Keras.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Hinton's soft targets: <c>T² · CE(softmax(v / T), softmax(z / T))</c>.</summary>
/// <remarks>
/// Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, arXiv 1503.02531, section 2. Computed in log space: finite,
/// value and gradient, for logits of any size that float32 holds. Immutable and safe to share.
/// </remarks>
public sealed class SoftTargets : DistillationObjective
{
    /// <inheritdoc cref="SoftTargets" path="/summary"/>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="form">Crossentropy, as the paper, or KL divergence, as most code.</param>
    /// <param name="scaleByTemperatureSquared">Whether there is the factor T², which keeps the gradient's size independent of T.</param>
    /// <param name="reduction">
    /// How the values of the classes become one: the sum, as in the formula. The mean (1/classes of it) is what <c>KLDivLoss()</c> gives by
    /// default.
    /// </param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public SoftTargets(
        Schedule? temperature = null,
        SoftTargetForm form = SoftTargetForm.CrossEntropy,
        bool scaleByTemperatureSquared = true,
        ElementReduction reduction = ElementReduction.Sum,
        string name = "soft_targets"
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

    /// <summary>How the values of the classes become one.</summary>
    public ElementReduction Reduction { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor logQ = Softening.LogSoftmax(signals.StudentLogits, signals.Temperature);
        Tensor values;
        if (Form == SoftTargetForm.KullbackLeibler)
        {
            Tensor logP = Softening.LogSoftmax(signals.TeacherLogits, signals.Temperature);
            values = logP.exp() * (logP - logQ);
        }
        else
        {
            values = nn.functional.softmax(signals.TeacherLogits / signals.Temperature, -1) * logQ.neg();
        }

        Tensor rows = Reduction.Rows(values);
        return ScaleByTemperatureSquared ? rows * Softening.Squared(signals.Temperature) : rows;
    }

    /// <summary>T² · CE(softmax(v / T), softmax(z / T)), one value a row.</summary>
    /// <param name="studentLogits">z, (batch, classes).</param>
    /// <param name="teacherLogits">v, (batch, classes); no gradient flows into it.</param>
    /// <param name="temperature">T, positive. The factor T² keeps the gradient's size independent of T.</param>
    /// <returns>(batch,), with a gradient for <paramref name="studentLogits"/>. The caller owns it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor CrossEntropy(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        Temperatures.Check(temperature, nameof(temperature));
        TensorGuard.Floating(studentLogits);
        TensorGuard.Floating(teacherLogits);
        if (studentLogits.dim() == 0 || !studentLogits.shape.AsSpan().SequenceEqual(teacherLogits.shape))
        {
            throw new ArgumentException(
                "Student and teacher give logits of the same samples and classes, but the student's shape is "
                    + $"{Shape.FromSizes(studentLogits.shape)} and the teacher's {Shape.FromSizes(teacherLogits.shape)}.",
                nameof(teacherLogits)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor t = tensor(temperature, studentLogits.dtype, studentLogits.device);
        Tensor rows = Softening.CrossEntropy(Softening.LogSoftmax(teacherLogits.detach(), t), Softening.LogSoftmax(studentLogits, t));
        return (rows * Softening.Squared(t)).MoveToOuterDisposeScope();
    }
}
