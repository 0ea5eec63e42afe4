using Distillation.Keras.Measures;
using Distillation.Keras.Teachers;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <summary>What a distillation gave.</summary>
/// <remarks>Immutable; owns nothing: the student's weights belong to the student.</remarks>
public sealed class DistillationResult
{
    private readonly Teacher? _teacher;
    private readonly HeadLosses _losses;

    internal DistillationResult(Teacher? teacher, Model student, History history, double temperature, HeadLosses losses)
    {
        _losses = losses;
        _teacher = teacher;
        Student = student;
        History = history;
        Temperature = temperature;
    }

    /// <summary>Whether there was a teacher.</summary>
    public bool HasTeacher => _teacher is not null;

    /// <summary>The teacher, as it was.</summary>
    /// <exception cref="InvalidOperationException">There was none.</exception>
    public Teacher Teacher =>
        _teacher ?? throw new InvalidOperationException("This student was trained without a teacher. HasTeacher tells.");

    /// <summary>
    /// The trained student: a classifier that ends in a softmax at T = 1 (or sigmoids), or a regression that ends in numbers, with nothing
    /// of the distillation in it.
    /// </summary>
    public Model Student { get; }

    /// <summary>
    /// What each epoch gave: <c>loss</c> (the weighted sum with the penalties of the weights), <c>hard_loss</c>, <c>soft_loss</c> (with T²)
    /// and each objective that was added by its name (all unweighted), <c>accuracy</c>, <c>teacher_agreement</c>, further metrics, and
    /// <c>val_</c> of each. An output of numbers has neither of these two, but
    /// <c>teacher_correlation</c>: Pearson's correlation with the teacher, see <see cref="Correlation"/>. With several outputs the names
    /// begin with the output's: <c>digit_hard_loss</c>.
    /// </summary>
    public History History { get; }

    /// <summary>
    /// The temperature of the fit; of a schedule its value at the beginning, NaN where it depends on the sample or is learnt, and where all
    /// outputs are numbers.
    /// </summary>
    public double Temperature { get; }

    /// <summary>Compares teacher and student on labelled data.</summary>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">Labels (or targets), as <c>Fit</c> takes them. Samples whose label is -1 count for the agreement alone.</param>
    /// <param name="batch_size">Samples a step.</param>
    /// <param name="mask">For sequences: which tokens count, (samples, time); all by default.</param>
    /// <returns>Numbers of both, and a table as text.</returns>
    /// <exception cref="ArgumentException">Data do not fit the models.</exception>
    /// <exception cref="ObjectDisposedException">A model was released.</exception>
    /// <exception cref="InvalidOperationException">
    /// The teacher knows the samples of the fit by their numbers, and nothing of others.
    /// </exception>
    /// <exception cref="NotSupportedException">The student has several outputs: make a model of the one to evaluate.</exception>
    public DistillationEvaluation Evaluate(ArrayLike x, ArrayLike y, int batch_size = 256, ArrayLike? mask = null) =>
        _teacher is { NeedsSampleIndices: true }
            ? throw new InvalidOperationException(
                $"The teacher '{_teacher.Name}' knows the samples of the fit by their numbers, which data of an evaluation do not have. "
                    + "Call DistillationEvaluation.Of with a teacher for these data, or with null as the teacher: the student alone."
            )
            : DistillationEvaluation.Of(_teacher, Student, x, y, batch_size, mask, _losses);
}
