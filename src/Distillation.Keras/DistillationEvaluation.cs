using System.Globalization;
using System.Text;
using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Teacher and student beside each other on the same data.</summary>
/// <remarks>Immutable.</remarks>
public sealed class DistillationEvaluation
{
    private readonly ClassifierScore? _teacher;

    private DistillationEvaluation(ClassifierScore? teacher, ClassifierScore student, double agreement, int samples)
    {
        _teacher = teacher;
        Student = student;
        TeacherAgreement = agreement;
        Samples = samples;
    }

    /// <summary>Whether there is a teacher.</summary>
    public bool HasTeacher => _teacher is not null;

    /// <summary>The teacher's numbers.</summary>
    /// <exception cref="InvalidOperationException">There is no teacher.</exception>
    public ClassifierScore Teacher => _teacher ?? throw new InvalidOperationException("There is no teacher to compare with. HasTeacher tells.");

    /// <summary>The student's numbers.</summary>
    public ClassifierScore Student { get; }

    /// <summary>The share of samples (tokens, labels) where both decide the same: 0 to 1; NaN without a teacher.</summary>
    public double TeacherAgreement { get; }

    /// <summary>How many samples there were.</summary>
    public int Samples { get; }

    /// <summary>A table of the numbers, at most 80 characters wide.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Empty,-10}{"parameters",14}{"accuracy",11}{"errors",9}{"loss",10}{"agreement",12}");
        if (_teacher is not null)
        {
            Row("teacher", _teacher, 1);
        }

        Row("student", Student, TeacherAgreement);
        return text.ToString().TrimEnd();

        void Row(string who, ClassifierScore score, double agreement) => text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{who,-10}{score.Parameters,14:N0}{score.Accuracy * 100,10:F2}%{score.Errors,9:N0}{score.Loss,10:F4}{(double.IsNaN(agreement) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{agreement * 100:F2}%")),12}");
    }

    /// <summary>Compares any teacher and student on labelled data.</summary>
    /// <param name="teacher">The teacher, or <see langword="null"/>: the student's numbers alone.</param>
    /// <param name="student">The student.</param>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">Labels, as <see cref="Distiller.Fit"/> takes them. Samples whose label is -1 count for the agreement alone.</param>
    /// <param name="batch_size">Samples a step.</param>
    /// <param name="mask">For sequences: which tokens count, (samples, time); all by default.</param>
    /// <exception cref="ArgumentException">The models do not fit each other, or the data the models.</exception>
    /// <exception cref="NotSupportedException">A model has several outputs, or ends in something else than a softmax, sigmoids or logits.</exception>
    public static DistillationEvaluation Of(Model? teacher, Model student, ArrayLike x, ArrayLike y, int batch_size = 256, ArrayLike? mask = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        if (student.Outputs.Count != 1)
        {
            throw new NotSupportedException($"An evaluation compares one output, but '{student.Name}' has {student.Outputs.Count}. Evaluate the student itself, or distil a model of one output: new Model(model.Inputs, output).");
        }

        FitModels models = FitModels.OfTrained(teacher, student);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        TransferSet set = TransferSet.Of(models.Result.Name, models.StudentLogits, models.Heads, x, y, null, null, mask);
        Labels labels = set.Labels![0];
        Tensor Rows(Tensor tensor) => !labels.Head.IsSequence ? tensor : set.Mask is null ? tensor.flatten(0, 1) : tensor.flatten(0, 1).index_select(0, set.Mask.flatten().nonzero().squeeze(1));
        Tensor Logits(Model model) => Rows(model.PredictTensors(set.X, batch_size)[0].to(ScalarType.Float32));
        Tensor z = Logits(models.StudentLogits);
        Tensor? v = models.TeacherLogits is null ? null : Logits(models.TeacherLogits);
        Tensor? known = labels.Known is null ? null : Rows(labels.Known);
        if (known is not null && known.sum().item<float>() == 0)
        {
            throw new ArgumentException("An evaluation compares predictions with labels, but all of y are -1 (no label).", nameof(y));
        }

        bool multi = labels.Head.IsMultiLabel;
        double agreement = v is null
            ? double.NaN
            : TransferColumns.Decision(v, multi).eq(TransferColumns.Decision(z, multi))
                .logical_and(TransferColumns.IsDecided(v, multi)).logical_and(TransferColumns.IsDecided(z, multi)).to(ScalarType.Float64).mean().item<double>();
        return new DistillationEvaluation(
            v is null ? null : Score(teacher!, v, labels, Rows, known),
            Score(student, z, labels, Rows, known),
            agreement,
            (int)z.shape[0]);
    }

    private static ClassifierScore Score(Model model, Tensor logits, Labels labels, Func<Tensor, Tensor> rowsOf, Tensor? known)
    {
        bool multi = labels.Head.IsMultiLabel;
        Tensor given = rowsOf(labels.Given);
        Tensor wrong = TransferColumns.Decision(logits, multi).ne(multi ? given.IsAbove(0.5) : rowsOf(labels.Classes))
            .logical_or(TransferColumns.IsDecided(logits, multi).logical_not()).to(ScalarType.Float64);
        Tensor losses = multi
            ? nn.functional.binary_cross_entropy_with_logits(logits, given, reduction: nn.Reduction.None)
            : Softening.HardCrossEntropy(logits, given);
        Tensor counted = known ?? ones_like(wrong);
        double count = counted.sum().item<double>();
        int errors = (int)(wrong * counted).sum().item<double>();
        double loss = (losses * counted).sum().to(ScalarType.Float64).item<double>() / count;
        return new ClassifierScore(model.Name, model.CountParams(), 1 - (errors / count), errors, loss);
    }
}
