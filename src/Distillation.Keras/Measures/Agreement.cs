using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>
/// How much a student's predictions are like its teacher's, on the same samples and at temperature 1. Labels do not matter.
/// </summary>
/// <remarks>Computed in float64. Immutable.</remarks>
public sealed class Agreement
{
    private Agreement(Tensor teacher, Tensor student, Tensor logP, Tensor logQ)
    {
        Samples = (int)teacher.shape[0];
        Top1 = Mean(teacher.argmax(1).eq(student.argmax(1)).to(ScalarType.Float64));
        TeacherToStudentDivergence = Mean(Divergence(logP, logQ));
        StudentToTeacherDivergence = Mean(Divergence(logQ, logP));
        TotalVariation = Mean((logP.exp() - logQ.exp()).abs().sum(1L)) / 2;
    }

    /// <summary>How many samples there were.</summary>
    public int Samples { get; }

    /// <summary>The share of samples where both choose the same class, 0 to 1. Of equally probable classes the first is chosen.</summary>
    public double Top1 { get; }

    /// <summary>
    /// The mean of KL(teacher ‖ student) in nats: what forward KL distillation makes small. Infinite where the student gives a class a
    /// probability of 0 that the teacher thinks possible.
    /// </summary>
    public double TeacherToStudentDivergence { get; }

    /// <summary>
    /// The mean of KL(student ‖ teacher) in nats, the reverse. Infinite where the teacher gives a class a probability of 0 that the student
    /// thinks possible.
    /// </summary>
    public double StudentToTeacherDivergence { get; }

    /// <summary>The mean of ½ Σ |p - q|, the total variation: 0 to 1.</summary>
    public double TotalVariation { get; }

    /// <summary>Compares logits, as <c>model.PopSoftmax().Predict(x)</c> gives them.</summary>
    /// <param name="teacherLogits">v, (samples, classes).</param>
    /// <param name="studentLogits">z, (samples, classes).</param>
    /// <exception cref="ArgumentException">Shapes differ, an array is empty, or a number is NaN or infinite.</exception>
    public static Agreement FromLogits(ArrayLike teacherLogits, ArrayLike studentLogits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = MeasureInputs.Rows(teacherLogits, nameof(teacherLogits));
        Tensor student = MeasureInputs.Rows(studentLogits, nameof(studentLogits));
        MeasureInputs.CheckSame(teacher, student, nameof(teacherLogits), nameof(studentLogits));
        return new Agreement(teacher, student, nn.functional.log_softmax(teacher, 1), nn.functional.log_softmax(student, 1));
    }

    /// <summary>
    /// Compares probabilities, as a classifier with a softmax predicts them. Logits are more exact: float32 probabilities have lost what is
    /// below 1e-45.
    /// </summary>
    /// <param name="teacherProbabilities">p, (samples, classes).</param>
    /// <param name="studentProbabilities">q, (samples, classes).</param>
    /// <exception cref="ArgumentException">
    /// Shapes differ, an array is empty, a number is NaN, or a row is negative or does not sum to 1.
    /// </exception>
    public static Agreement FromProbabilities(ArrayLike teacherProbabilities, ArrayLike studentProbabilities)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = MeasureInputs.LogProbabilities(teacherProbabilities, nameof(teacherProbabilities));
        Tensor student = MeasureInputs.LogProbabilities(studentProbabilities, nameof(studentProbabilities));
        MeasureInputs.CheckSame(teacher, student, nameof(teacherProbabilities), nameof(studentProbabilities));
        return new Agreement(teacher, student, teacher, student);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Invariant(
            $"agreement {Top1:P2}, KL(teacher || student) {TeacherToStudentDivergence:F4}, KL(student || teacher) "
                + $"{StudentToTeacherDivergence:F4}, total variation {TotalVariation:F4}"
        );

    // What has the probability 0 adds nothing.
    private static Tensor Divergence(Tensor logP, Tensor logQ)
    {
        Tensor p = logP.exp();
        return where(p.Is(0), zeros_like(p), p * (logP - logQ)).sum(1L);
    }

    private static double Mean(Tensor rows) => rows.mean().item<double>();
}
