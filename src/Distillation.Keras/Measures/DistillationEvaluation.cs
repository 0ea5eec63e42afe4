using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Objectives;
using Distillation.Keras.Teachers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>Teacher and student beside each other on the same data.</summary>
/// <remarks>
/// Immutable. Of classifiers <see cref="Teacher"/>, <see cref="Student"/> and <see cref="TeacherAgreement"/> tell, of regressions
/// <see cref="TeacherNumbers"/>, <see cref="StudentNumbers"/> and <see cref="TeacherCorrelation"/>.
/// </remarks>
public sealed class DistillationEvaluation
{
    private readonly ClassifierScore? _teacher;
    private readonly ClassifierScore? _student;
    private readonly RegressionScore? _teacherNumbers;
    private readonly RegressionScore? _studentNumbers;

    private DistillationEvaluation(ClassifierScore? teacher, ClassifierScore student, double agreement, int samples)
    {
        _teacher = teacher;
        _student = student;
        TeacherAgreement = agreement;
        TeacherCorrelation = double.NaN;
        Samples = samples;
    }

    private DistillationEvaluation(RegressionScore? teacher, RegressionScore student, double correlation, int samples)
    {
        _teacherNumbers = teacher;
        _studentNumbers = student;
        TeacherAgreement = double.NaN;
        TeacherCorrelation = correlation;
        Samples = samples;
    }

    /// <summary>Whether there is a teacher.</summary>
    public bool HasTeacher => _teacher is not null || _teacherNumbers is not null;

    /// <summary>Whether the models are regressions instead of classifiers.</summary>
    public bool IsNumeric => _studentNumbers is not null;

    /// <summary>The teacher's numbers as a classifier.</summary>
    /// <exception cref="InvalidOperationException">There is no teacher, or it is a regression.</exception>
    public ClassifierScore Teacher => _teacher ?? throw (IsNumeric ? OfNumbers(nameof(TeacherNumbers)) : NoTeacher());

    /// <summary>The student's numbers as a classifier.</summary>
    /// <exception cref="InvalidOperationException">It is a regression.</exception>
    public ClassifierScore Student => _student ?? throw OfNumbers(nameof(StudentNumbers));

    /// <summary>The teacher's numbers as a regression.</summary>
    /// <exception cref="InvalidOperationException">There is no teacher, or it is a classifier.</exception>
    public RegressionScore TeacherNumbers => _teacherNumbers ?? throw (IsNumeric ? NoTeacher() : OfClasses(nameof(Teacher)));

    /// <summary>The student's numbers as a regression.</summary>
    /// <exception cref="InvalidOperationException">It is a classifier.</exception>
    public RegressionScore StudentNumbers => _studentNumbers ?? throw OfClasses(nameof(Student));

    /// <summary>
    /// The share of samples (tokens, labels) where both decide the same: 0 to 1; NaN without a teacher, and of regressions.
    /// </summary>
    public double TeacherAgreement { get; }

    /// <summary>
    /// Of regressions, Pearson's correlation of both models' numbers over the samples (tokens), the mean over the columns: -1 to 1, see
    /// <see cref="Correlation"/>; NaN without a teacher, and of classifiers.
    /// </summary>
    public double TeacherCorrelation { get; }

    /// <summary>How many samples (tokens) there were.</summary>
    public int Samples { get; }

    /// <summary>A table of the numbers, at most 80 characters wide.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (_studentNumbers is not null)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{string.Empty, -10}{"parameters", 14}{"loss", 14}{"MAE", 14}{"RMSE", 14}{"correlation", 14}"
            );
            Numbers("teacher", _teacherNumbers, 1);
            Numbers("student", _studentNumbers, TeacherCorrelation);
            return text.ToString().TrimEnd();
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{string.Empty, -10}{"parameters", 14}{"accuracy", 11}{"errors", 9}{"loss", 10}{"agreement", 12}"
        );
        Classes("teacher", _teacher, 1);
        Classes("student", _student, TeacherAgreement);
        return text.ToString().TrimEnd();

        static string Count(long? parameters) =>
            parameters is long known ? string.Create(CultureInfo.InvariantCulture, $"{known:N0}") : "-";

        void Classes(string who, ClassifierScore? score, double agreement)
        {
            if (score is not null)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"{who, -10}{Count(score.Parameters), 14}{score.Accuracy * 100, 10:F2}%{score.Errors, 9:N0}{score.Loss, 10:F4}"
                        + $"{(double.IsNaN(agreement) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{agreement * 100:F2}%")), 12}"
                );
            }
        }

        void Numbers(string who, RegressionScore? score, double correlation)
        {
            if (score is not null)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"{who, -10}{Count(score.Parameters), 14}{score.Loss, 14:G6}{score.MeanAbsoluteError, 14:G6}"
                        + $"{score.RootMeanSquaredError, 14:G6}"
                        + $"{(double.IsNaN(correlation) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{correlation:F4}")), 14}"
                );
            }
        }
    }

    /// <summary>Compares any teacher and student on labelled data.</summary>
    /// <param name="teacher">
    /// The teacher, or <see langword="null"/>: the student's numbers alone. One that knows samples by their numbers knows them by their
    /// places in <paramref name="x"/>.
    /// </param>
    /// <param name="student">The student.</param>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">
    /// Labels (or targets), as <c>Distiller.Fit</c> takes them. Samples whose label is -1 count for the agreement alone.
    /// </param>
    /// <param name="batch_size">Samples a step.</param>
    /// <param name="mask">For sequences: which tokens count, (samples, time); all by default.</param>
    /// <param name="loss">
    /// The loss of a regression, which says that linear outputs are numbers, as in <see cref="Distiller.WithLoss"/>. Classifiers are
    /// compared by crossentropy.
    /// </param>
    /// <exception cref="ArgumentException">The models do not fit each other, or the data the models.</exception>
    /// <exception cref="ObjectDisposedException">A model was released.</exception>
    /// <exception cref="NotSupportedException">
    /// A model has several outputs, or ends in something else than a softmax, sigmoids, or logits or numbers.
    /// </exception>
    [OverloadResolutionPriority(1)]
    public static DistillationEvaluation Of(
        Teacher? teacher,
        Model student,
        ArrayLike x,
        ArrayLike y,
        int batch_size = 256,
        ArrayLike? mask = null,
        Loss? loss = null
    ) => Of(teacher, student, x, y, batch_size, mask, HeadLosses.Of(loss));

    /// <summary>Compares two models on labelled data. It is what F# calls, which does not convert a <c>Sequential</c>.</summary>
    /// <inheritdoc cref="Of(Teacher?, Model, ArrayLike, ArrayLike, int, ArrayLike?, Loss?)"/>
    public static DistillationEvaluation Of(
        Model teacher,
        Model student,
        ArrayLike x,
        ArrayLike y,
        int batch_size = 256,
        ArrayLike? mask = null,
        Loss? loss = null
    ) => Of((Teacher)(teacher ?? throw new ArgumentNullException(nameof(teacher))), student, x, y, batch_size, mask, HeadLosses.Of(loss));

    internal static DistillationEvaluation Of(
        Teacher? teacher,
        Model student,
        ArrayLike x,
        ArrayLike y,
        int batch_size,
        ArrayLike? mask,
        HeadLosses losses
    )
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        if (student.Outputs.Count != 1)
        {
            throw new NotSupportedException(
                $"An evaluation compares one output, but '{student.Name}' has {student.Outputs.Count}. Evaluate the student itself, or "
                    + "distil a model of one output: new Model(model.Inputs, output)."
            );
        }

        FitModels models = FitModels.OfTrained(teacher, student, losses);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        TransferSet set = TransferSet.Of(models, x, y, null, null, mask);
        Head head = models.Heads[0];
        HeadSignals labels = set.Signals.Heads[0];
        Tensor Rows(Tensor tensor) =>
            !head.IsSequence ? tensor
            : set.Signals.Mask is Tensor tokens ? tensor.flatten(0, 1).index_select(0, tokens.flatten().nonzero().squeeze(1))
            : tensor.flatten(0, 1);
        Tensor Logits(Tensor given, string name) => Rows(ValueChecks.ToFloat32(given, $"the logits of '{name}'"));
        Tensor? v = null;
        if (teacher is { Outputs.Count: > 0 })
        {
            PairChecks.SameSamples(teacher, set.Samples);
            v = Logits(
                new TeacherCache(teacher, [], batch_size, default).Run(set.X, 0).Outputs[0],
                teacher.Name + ModelSurgery.LogitsSuffix
            );
        }

        Tensor z = Logits(models.StudentLogits.PredictTensors(set.X, batch_size)[0], models.StudentLogits.Name);
        if (head.IsNumeric)
        {
            Tensor targets = Rows(labels.Labels!);
            return new DistillationEvaluation(
                v is null ? null : Score(teacher!.Name, teacher.Cost.Parameters, v, targets, head.Loss!),
                Score(student.Name, student.CountParams(), z, targets, head.Loss!),
                v is null ? double.NaN : Correlation.Of(v, z).Pearson,
                (int)z.shape[0]
            );
        }

        labels = labels.Map(Rows);
        Tensor? known = labels.Known;
        if (known is not null && known.sum().item<float>() == 0)
        {
            throw new ArgumentException("An evaluation compares predictions with labels, but all of y are -1 (no label).", nameof(y));
        }

        bool multi = head.IsMultiLabel;
        double agreement = v is null
            ? double.NaN
            : HeadSignals
                .DecisionOf(v, multi)
                .eq(HeadSignals.DecisionOf(z, multi))
                .logical_and(HeadSignals.IsDecided(v, multi))
                .logical_and(HeadSignals.IsDecided(z, multi))
                .to(ScalarType.Float64)
                .mean()
                .item<double>();
        return new DistillationEvaluation(
            v is null ? null : Score(teacher!.Name, teacher.Cost.Parameters, v, labels, multi),
            Score(student.Name, student.CountParams(), z, labels, multi),
            agreement,
            (int)z.shape[0]
        );
    }

    private static InvalidOperationException NoTeacher() => new("There is no teacher to compare with. HasTeacher tells.");

    private static InvalidOperationException OfNumbers(string other) =>
        new(
            $"The models are regressions, of which {other} tells; accuracy and errors are those of classifiers. IsNumeric tells "
                + "which they are."
        );

    private static InvalidOperationException OfClasses(string other) =>
        new(
            $"The models are classifiers, of which {other} tells. IsNumeric tells which they are; a regression is one by its loss: "
                + "Of(..., loss: \"mse\")."
        );

    private static ClassifierScore Score(string name, long? parameters, Tensor logits, HeadSignals labels, bool multi)
    {
        Tensor given = labels.Labels!;
        Tensor wrong = HeadSignals
            .DecisionOf(logits, multi)
            .ne(multi ? given.IsAbove(0.5) : labels.Classes!)
            .logical_or(HeadSignals.IsDecided(logits, multi).logical_not())
            .to(ScalarType.Float64);
        Tensor losses = multi
            ? nn.functional.binary_cross_entropy_with_logits(logits, given, reduction: nn.Reduction.None)
            : Softening.HardCrossEntropy(logits, given);
        Tensor counted = labels.Known ?? ones_like(wrong);
        double count = counted.sum().item<double>();
        int errors = (int)(wrong * counted).sum().item<double>();
        double loss = (losses * counted).sum().to(ScalarType.Float64).item<double>() / count;
        return new ClassifierScore(name, parameters, 1 - (errors / count), errors, loss);
    }

    private static RegressionScore Score(string name, long? parameters, Tensor numbers, Tensor targets, Loss loss)
    {
        Tensor error = numbers.to(ScalarType.Float64).sub(targets.to(ScalarType.Float64));
        return new RegressionScore(
            name,
            parameters,
            loss.Values(targets, numbers).to(ScalarType.Float64).mean().item<double>(),
            error.abs().mean().item<double>(),
            Math.Sqrt(error.mul(error).mean().item<double>())
        );
    }
}
