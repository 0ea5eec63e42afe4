namespace Distillation.Keras;

/// <summary>What a distillation gave.</summary>
/// <remarks>Immutable; owns nothing: the student's weights belong to the student.</remarks>
public sealed class DistillationResult
{
    internal DistillationResult(Model teacher, Model student, History history, double temperature)
    {
        Teacher = teacher;
        Student = student;
        History = history;
        Temperature = temperature;
    }

    /// <summary>The teacher, as it was.</summary>
    public Model Teacher { get; }

    /// <summary>The trained student: a classifier that ends in a softmax at T = 1, with nothing of the distillation in it.</summary>
    public Model Student { get; }

    /// <summary>
    /// What each epoch gave: <c>loss</c> (the weighted sum with the penalties of the weights), <c>hard_loss</c>, <c>soft_loss</c> (with T²; both
    /// unweighted), <c>accuracy</c>, <c>teacher_agreement</c>, further metrics, and <c>val_</c> of each.
    /// </summary>
    public History History { get; }

    /// <summary>The temperature of the fit.</summary>
    public double Temperature { get; }

    /// <summary>Compares teacher and student on labelled data.</summary>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">Labels: one-hot (samples, classes) or integers (samples,).</param>
    /// <param name="batch_size">Samples a step.</param>
    /// <returns>Numbers of both, and a table as text.</returns>
    /// <exception cref="ArgumentException">Data do not fit the models.</exception>
    public DistillationEvaluation Evaluate(ArrayLike x, ArrayLike y, int batch_size = 256) => DistillationEvaluation.Of(Teacher, Student, x, y, batch_size);
}
