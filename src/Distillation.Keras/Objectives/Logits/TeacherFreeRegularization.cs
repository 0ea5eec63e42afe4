using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Tf-KD with a designed teacher: <c>(1 - α) CE(y, softmax(z)) + α KL(u_τ || softmax(z))</c>, where u is a on the label and (1 - a) / (c -
/// 1) elsewhere, softened by τ. No teacher is needed.
/// </summary>
/// <remarks>
/// Yuan et al., Revisiting Knowledge Distillation via Label Smoothing Regularization, arXiv 1909.11723, the teacher-free regularization; a
/// = 0.99, α = 0.1, τ = 20. The paper's equation 9 writes the student's probabilities softened by τ as well (<c>softenStudent</c>), which
/// takes nearly all of its gradient at τ = 20; the authors' code and others do not. The code softens u by
/// <c>softmax(u / τ)</c> of the probabilities and averages over the classes; both are options. It also multiplies the divergence by a
/// factor that depends on the model, which the formula has not. The whole loss on the labels, so that a distiller without a teacher needs
/// nothing else. Their other variant, a student taught by itself, is
/// <c>new Distiller(teacher)</c> with a teacher of the student's architecture. Immutable and safe to share.
/// </remarks>
public sealed class TeacherFreeRegularization : DistillationObjective
{
    /// <inheritdoc cref="TeacherFreeRegularization" path="/summary"/>
    /// <param name="correct">a, the virtual teacher's probability of the label, between 0 and 1.</param>
    /// <param name="alpha">α, from 0 to 1.</param>
    /// <param name="tau">τ, positive.</param>
    /// <param name="form">How u is softened.</param>
    /// <param name="softenStudent">Whether the divergence is to <c>softmax(z / τ)</c> instead of <c>softmax(z)</c>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public TeacherFreeRegularization(
        double correct = 0.99,
        double alpha = 0.1,
        double tau = 20,
        TeacherFreeForm form = TeacherFreeForm.Power,
        bool softenStudent = false,
        string name = "teacher_free_regularization"
    )
        : base(name)
    {
        Correct = Arguments.Between(correct, 0, 1);
        Alpha = Arguments.Within(alpha, 0, 1);
        Tau = Arguments.Positive(tau);
        Form = Arguments.Defined(form, nameof(form));
        SoftensStudent = softenStudent;
    }

    /// <summary>a.</summary>
    public double Correct { get; }

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <summary>τ.</summary>
    public double Tau { get; }

    /// <summary>How u is softened.</summary>
    public TeacherFreeForm Form { get; }

    /// <summary>Whether the divergence is to <c>softmax(z / τ)</c> instead of <c>softmax(z)</c>.</summary>
    public bool SoftensStudent { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => OutputRules.Classes(shapes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        return Softening.HardCrossEntropy(signals.StudentLogits, signals.Labels).Times(1 - Alpha).PlusScaled(Regularizer(signals), Alpha);
    }

    /// <summary>KL(u_τ || softmax(z)), or to softmax(z / τ), one value a row, before α.</summary>
    /// <param name="signals">The student's logits and the labels.</param>
    internal Tensor Regularizer(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor logQ = nn.functional.log_softmax(SoftensStudent ? signals.StudentLogits.Over(Tau) : signals.StudentLogits, -1);
        int classes = (int)logQ.shape[^1];
        double other = (1 - Correct) / (classes - 1);

        // u has two values only, so that its softened logarithms have two as well.
        double onLabel = Form == TeacherFreeForm.Power ? Math.Log(Correct) / Tau : Correct / Tau;
        double elsewhere = Form == TeacherFreeForm.Power ? Math.Log(other) / Tau : other / Tau;
        double larger = Math.Max(onLabel, elsewhere);
        double all = larger + Math.Log(Math.Exp(onLabel - larger) + ((classes - 1) * Math.Exp(elsewhere - larger)));
        Tensor isLabel = nn.functional.one_hot(signals.Classes, classes).to(logQ.dtype);
        Tensor logU = isLabel.Times(onLabel - elsewhere).Plus(elsewhere - all);
        Tensor rows = Softening.KullbackLeibler(logU, logQ);
        return Form == TeacherFreeForm.SoftmaxOfProbabilitiesMean ? rows.Over(classes) : rows;
    }
}
