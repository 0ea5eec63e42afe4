using System.Globalization;
using System.Text;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Teacher and student beside each other on the same data.</summary>
/// <remarks>Immutable.</remarks>
public sealed class DistillationEvaluation
{
    private DistillationEvaluation(ClassifierScore teacher, ClassifierScore student, double agreement, int samples)
    {
        Teacher = teacher;
        Student = student;
        TeacherAgreement = agreement;
        Samples = samples;
    }

    /// <summary>The teacher's numbers.</summary>
    public ClassifierScore Teacher { get; }

    /// <summary>The student's numbers.</summary>
    public ClassifierScore Student { get; }

    /// <summary>The share of samples where both choose the same class: 0 to 1.</summary>
    public double TeacherAgreement { get; }

    /// <summary>How many samples there were.</summary>
    public int Samples { get; }

    /// <summary>A table of the numbers, at most 80 characters wide.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Empty,-10}{"parameters",14}{"accuracy",11}{"errors",9}{"loss",10}{"agreement",12}");
        Row("teacher", Teacher, 1);
        Row("student", Student, TeacherAgreement);
        return text.ToString().TrimEnd();

        void Row(string who, ClassifierScore score, double agreement) => text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{who,-10}{score.Parameters,14:N0}{score.Accuracy * 100,10:F2}%{score.Errors,9:N0}{score.Loss,10:F4}{agreement * 100,11:F2}%");
    }

    internal static DistillationEvaluation Of(Model teacher, Model student, ArrayLike x, ArrayLike y, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        FitOptions.AtLeast(1, batchSize, "batch_size");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor v = Logits(teacher, x, batchSize);
        Tensor z = Logits(student, x, batchSize);
        Labels labels = Labels.Of(y, v.shape[0], student.Outputs[0].Shape);
        Tensor rows = labels.OneHot();
        return new DistillationEvaluation(
            Score(teacher, v, labels.Classes, rows),
            Score(student, z, labels.Classes, rows),
            v.argmax(1).eq(z.argmax(1)).to(ScalarType.Float64).mean().item<double>(),
            (int)v.shape[0]);
    }

    private static Tensor Logits(Model model, ArrayLike x, int batchSize)
    {
        Model logits = model.PopSoftmax();
        return logits.PredictTensors(DataChecks.Inputs(logits, x), batchSize)[0].to(ScalarType.Float32);
    }

    private static ClassifierScore Score(Model model, Tensor logits, Tensor classes, Tensor rows)
    {
        int errors = (int)logits.argmax(1).ne(classes).sum().item<long>();
        double loss = (rows * nn.functional.log_softmax(logits, 1)).sum(1).neg().mean().item<float>();
        return new ClassifierScore(model.Name, model.CountParams(), 1 - ((double)errors / classes.shape[0]), errors, loss);
    }
}
