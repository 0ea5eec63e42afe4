using System.Runtime.CompilerServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;
using Distillation.Keras.Teachers;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <summary>
/// Trains a small model, the student, on what a trained one, the teacher, gives, as well as on the labels: of a classifier the softened
/// probabilities,
/// <c>new Distiller(teacher).WithStudent(student).WithTemperature(5).Fit(x, y)</c>, of a regression the numbers, <c>new
/// Distiller(teacher).WithStudent(student).WithLoss("mse").Fit(x, y)</c>.
/// </summary>
/// <remarks>
/// <para>
/// The loss is <c>hard · CE(y, softmax(z)) + soft · T² · CE(softmax(v / T), softmax(z / T))</c> with the student's logits z and the
/// teacher's v; T = 4, hard = 0.1 and soft = 0.9 by default. Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, arXiv
/// 1503.02531.
/// <see cref="With"/> adds other objectives to it; <c>WithSoftLossWeight(0)</c> drops the soft half where they take its place.
/// </para>
/// <para>
/// Classifiers end in a softmax over classes, in one sigmoid for each label (then both halves are binary crossentropies) or in logits. They
/// may have several outputs, each with its own terms, and give one row for each token of a sequence, (batch, time, classes).
/// </para>
/// <para>
/// A regression: where teacher and student end without an activation and the loss (<see cref="WithLoss"/>) is one of numbers, the output is
/// numbers instead of logits, and the loss is <c>hard · L(y, z) + soft · L(v, z)</c> with that L: there are no probabilities and no
/// temperature. Outputs of classes and of numbers may stand side by side.
/// </para>
/// <para>
/// Immutable: each <c>With...</c> returns a new distiller, so that one teacher can begin many experiments. It owns neither teacher nor
/// student. The teacher is not changed by it. Values are checked when they are set, and what belongs together when <c>Fit</c> is called.
/// A distiller may be shared between threads, and so may the teacher, which several fits (and predictions) may use at once. Two fits of the
/// same student at the same time are refused, as are two with the same callback.
/// </para>
/// </remarks>
public sealed partial class Distiller
{
    private readonly DistillationSettings _settings;

    /// <summary>
    /// A distiller without a teacher, for teacher-free objectives alone: <c>new Distiller().WithStudent(student).With(new
    /// TeacherFreeRegularization())</c>. Such objectives have the labels in them, so that the loss on the labels has the weight 0 unless
    /// one is set.
    /// </summary>
    public Distiller() => _settings = new DistillationSettings(null) { HardLossWeight = 0, SoftLossWeight = 0 };

    /// <summary>A distiller for a trained model, or another teacher.</summary>
    /// <param name="teacher">
    /// A model whose outputs end in a softmax, in sigmoids, or without an activation: in logits or, for a regression, in numbers; or a
    /// <see cref="Teachers.Teacher"/> of any kind. It is not changed. One that gives features alone has no soft loss: its weight is 0, and
    /// that of the loss on the labels 1.
    /// </param>
    /// <exception cref="NotSupportedException">The model ends in something else.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="ObjectDisposedException">The teacher was released.</exception>
    [OverloadResolutionPriority(1)]
    public Distiller(Teacher teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ReleasedTeacher.Refuse(teacher);
        _settings =
            teacher.Outputs.Count > 0
                ? new DistillationSettings(teacher)
                : new DistillationSettings(teacher) { HardLossWeight = 1, SoftLossWeight = 0 };
    }

    /// <summary>A distiller for a trained model. It is what F# calls, which does not convert a <c>Sequential</c>.</summary>
    /// <inheritdoc cref="Distiller(Teachers.Teacher)"/>
    public Distiller(Model teacher)
        : this((Teacher)(teacher ?? throw new ArgumentNullException(nameof(teacher)))) { }

    private Distiller(DistillationSettings settings) => _settings = settings;

    /// <summary>The teacher, or <see langword="null"/> where there is none.</summary>
    public Teacher? Teacher => _settings.Teacher;

    /// <summary>
    /// The student, or <see langword="null"/>: then each fit makes a freshly initialised copy of the teacher's architecture ("born again").
    /// </summary>
    public Model? Student => _settings.Student;

    /// <summary>
    /// T, by which the logits are divided; 4 by default. With a schedule its value when a fit begins, and NaN where it depends on the
    /// sample or is learnt. Outputs of numbers have none.
    /// </summary>
    public double Temperature => AtBegin(TemperatureSchedule);

    /// <summary>T during a fit.</summary>
    public Schedule TemperatureSchedule => _settings.Temperature ?? DistillationSettings.DefaultTemperature;

    /// <summary>
    /// The weight of the loss on the labels; 0.1 by default (0 without a teacher). With a schedule its value when a fit begins, and NaN
    /// where it depends on the sample.
    /// </summary>
    public double HardLossWeight => AtBegin(_settings.HardLossWeight);

    /// <summary>The weight of the loss on the labels during a fit.</summary>
    public Schedule HardLossWeightSchedule => _settings.HardLossWeight;

    /// <summary>
    /// The weight of the loss on the teacher's softened probabilities; 0.9 by default. With a schedule its value when a fit begins, and NaN
    /// where it depends on the sample.
    /// </summary>
    public double SoftLossWeight => AtBegin(_settings.SoftLossWeight);

    /// <summary>The weight of the loss on the teacher's softened probabilities during a fit.</summary>
    public Schedule SoftLossWeightSchedule => _settings.SoftLossWeight;

    /// <summary>The objectives that were added.</summary>
    public IReadOnlyList<DistillationObjective> Objectives => [.. _settings.Objectives.Select(o => o.Objective)];

    /// <summary>The seed that fixes initial weights, shuffling and dropout, or <see langword="null"/>.</summary>
    public int? Seed => _settings.Seed;

    /// <summary>Where student and teacher compute, or <see langword="null"/>: each where it is.</summary>
    public Device? Device => _settings.Device;

    /// <summary>Trains that model; its own weights are changed, and a second fit goes on from them.</summary>
    /// <param name="student">
    /// A model whose outputs end in a softmax, in sigmoids or without an activation, with the teacher's inputs and classes (or numbers).
    /// </param>
    /// <exception cref="NotSupportedException">The model ends in something else.</exception>
    public Distiller WithStudent(Model student)
    {
        ArgumentNullException.ThrowIfNull(student);
        Released.Refuse(student, "student");
        if (student.Built)
        {
            _ = student.Heads();
        }

        return new Distiller(_settings with { Student = student });
    }

    /// <summary>Adds an objective to the loss. Several combine; each is logged apart, unweighted, by its name.</summary>
    /// <param name="objective">What student and teacher are to have in common.</param>
    /// <param name="weight">Its weight: a number that is not negative, or a schedule; 1 by default.</param>
    /// <param name="output">The student's output that it is for; by default each (features belong to none).</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    /// <exception cref="ArgumentException">
    /// The weight is a learnt temperature, the objective's name is one of those that logs use already, or its features are null.
    /// </exception>
    public Distiller With(DistillationObjective objective, Schedule? weight = null, string? output = null)
    {
        ArgumentNullException.ThrowIfNull(objective);
        if (Reserved.Contains(objective.Name))
        {
            throw new ArgumentException(
                $"The name of an objective is that of its term in the logs, but '{objective.Name}' is there already. Give it another one.",
                nameof(objective)
            );
        }

        if (objective.Features is null || objective.Features.Any(f => f is null))
        {
            throw new ArgumentException(
                "Features of an objective are pairs of layers, and empty where it looks at none, but those of "
                    + $"{objective.GetType().Name} are null, or one of them is.",
                nameof(objective)
            );
        }

        return new(
            _settings with
            {
                Objectives = [.. _settings.Objectives, (objective, LossWeight.Check(weight ?? 1, nameof(weight)), output)],
            }
        );
    }

    /// <summary>Sets T. 2 to 20 are usual; the higher, the more the small probabilities count.</summary>
    /// <param name="temperature">
    /// A positive number or a schedule. Objectives that were added have temperatures of their own. A fit whose outputs are all numbers
    /// refuses it.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public Distiller WithTemperature(Schedule temperature)
    {
        ArgumentNullException.ThrowIfNull(temperature);
        return new(_settings with { Temperature = Temperatures.Check(temperature, nameof(temperature)) });
    }

    /// <summary>Sets the weight of the loss on the labels.</summary>
    /// <param name="weight">A number that is not negative, or a schedule.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public Distiller WithHardLossWeight(Schedule weight) =>
        new(_settings with { HardLossWeight = LossWeight.Check(weight, nameof(weight)) });

    /// <summary>
    /// Sets the weight of the loss on the teacher's softened probabilities (which already has the factor T²); 0 drops it.
    /// </summary>
    /// <param name="weight">A number that is not negative, or a schedule.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public Distiller WithSoftLossWeight(Schedule weight) =>
        new(_settings with { SoftLossWeight = LossWeight.Check(weight, nameof(weight)) });

    /// <summary>Sets the mix of both halves: the soft loss weighs that share, and the loss on the labels the rest of 1.</summary>
    /// <param name="share">From 0 to 1: a number, or a schedule.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of 0 to 1.</exception>
    public Distiller WithSoftShare(Schedule share)
    {
        ArgumentNullException.ThrowIfNull(share);
        if (share is ConstantSchedule constant)
        {
            Arguments.Within(constant.Value, 0, 1, nameof(share));
        }

        return new(
            _settings with
            {
                SoftLossWeight = LossWeight.Check(share, nameof(share)),
                HardLossWeight = new ComplementSchedule(share),
            }
        );
    }

    /// <summary>Sets how the weighted values of a batch's samples become one.</summary>
    /// <param name="reduction">
    /// <c>"sum_over_batch_size"</c>, the default: their sum divided by the number of samples. <c>"mean_with_sample_weight"</c>: divided by
    /// the sum of the weights; for the loss on the labels a sample without a label weighs 0.
    /// </param>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public Distiller WithReduction(string reduction) =>
        reduction is "sum_over_batch_size" or "mean_with_sample_weight"
            ? new(_settings with { DividesByWeights = reduction == "mean_with_sample_weight" })
            : throw new ArgumentException(
                "The reduction of a distillation is \"sum_over_batch_size\" or \"mean_with_sample_weight\", but "
                    + $"\"{reduction}\" was given.",
                nameof(reduction)
            );

    /// <summary>Sets how the values of a sequence's tokens become one; the mean over all tokens that are not masked by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reduction.</exception>
    public Distiller WithSequenceReduction(SequenceReduction reduction) =>
        new(_settings with { Sequences = Arguments.Defined(reduction, nameof(reduction)) });

    /// <summary>Sets how much memory the teacher's features may take that objectives look at; 256 MB by default.</summary>
    /// <param name="bytes">
    /// Where all samples' features take more, the teacher computes them anew in each step; 0: always. Its logits are kept in any case.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public Distiller WithFeatureCache(long bytes) =>
        bytes >= 0
            ? new(_settings with { FeatureCache = bytes })
            : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "A number of bytes is not negative; 0 keeps no features.");

    /// <summary>
    /// Lets the class weights of a fit weigh the loss on the labels alone, as torch's <c>CrossEntropyLoss(weight)</c>, instead of all
    /// terms, as Keras.
    /// </summary>
    public Distiller WithClassWeightsOnLabelsOnly() => new(_settings with { ClassWeightsOnLabelsOnly = true });

    /// <summary>
    /// Sets the loss on the labels, computed on the student's probabilities at T = 1, crossentropy by default; or that of a regression.
    /// </summary>
    /// <param name="loss">
    /// A name (<c>"categorical_crossentropy"</c>, <c>"mse"</c>) or a <see cref="Loss"/>, such as one with label smoothing, or <c>new
    /// LossFunctionWrapper((y, z) => ...)</c>. Integer labels become one-hot unless the loss takes integers. A reduction other than Keras'
    /// default is kept, and neither
    /// <see cref="WithReduction"/> nor <see cref="WithSequenceReduction"/> is applied to it.
    /// </param>
    /// <param name="output">The student's output that it is for; by default each that has none of its own.</param>
    /// <remarks>
    /// Where both models end without an activation, a loss of numbers (mean squared or absolute error, also relative or logarithmic, Huber,
    /// log-cosh, cosine similarity, Poisson) says that the output is numbers, of a regression: the student learns the targets and the
    /// teacher's numbers by it, without a temperature. So does a loss of one's own on an output that is 1 wide; for wider ones see
    /// <see cref="WithNumericOutput"/>. Behind a softmax or a sigmoid each loss is one on probabilities, and compares with the labels
    /// alone.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// It is the whole distillation loss, which this distiller computes by itself, or its reduction is <c>"none"</c>.
    /// </exception>
    public Distiller WithLoss(Loss loss, string? output = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction == "none")
        {
            throw new ArgumentException(
                $"The loss on the labels is one number a batch, but the reduction of {loss.GetType().Name} '{loss.Name}' is \"none\". "
                    + "Leave reduction out: the default is the mean.",
                nameof(loss)
            );
        }

        return loss is KnowledgeDistillationLoss
            ? throw new ArgumentException(
                "WithLoss takes the loss on the labels alone; the distiller adds the teacher's half by itself. Use WithTemperature, "
                    + "WithHardLossWeight and WithSoftLossWeight instead of a KnowledgeDistillationLoss.",
                nameof(loss)
            )
            : new Distiller(_settings with { Losses = _settings.Losses.With(loss, output) });
    }

    /// <summary>
    /// Says that a linear output is numbers, of a regression, and not logits. Needed for losses of one's own on outputs wider than 1 alone:
    /// see <see cref="WithLoss"/>.
    /// </summary>
    /// <param name="output">The student's output; by default each linear one.</param>
    public Distiller WithNumericOutput(string? output = null) => new(_settings with { Losses = _settings.Losses.WithNumeric(output) });

    /// <summary>Sets the optimizer; <c>Adam(0.001)</c> by default. Each fit takes a fresh copy of it.</summary>
    public Distiller WithOptimizer(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return new Distiller(_settings with { Optimizer = optimizer.Clone() });
    }

    /// <summary>
    /// Sets further metrics on labels and probabilities, beside <c>accuracy</c> and <c>teacher_agreement</c>, or on targets and numbers,
    /// beside <c>teacher_correlation</c>. Each fit takes fresh copies of them.
    /// </summary>
    public Distiller WithMetrics(params Metric[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Array.Exists(metrics, m => m is null)
            ? throw new ArgumentException("One of the metrics is null.", nameof(metrics))
            : new Distiller(_settings with { Metrics = [.. metrics] });
    }

    /// <summary>
    /// Sets what is told of the training: these objects themselves, which begin anew with each fit, so that afterwards they tell of the
    /// last one (<c>EarlyStopping.StoppedEpoch</c>).
    /// </summary>
    /// <remarks>
    /// A callback serves one fit at a time: for fits that run at once give each its own to <c>Fit(callbacks: ...)</c>, or make a distiller
    /// for each.
    /// </remarks>
    public Distiller WithCallbacks(params Callback[] callbacks)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        return Array.Exists(callbacks, c => c is null)
            ? throw new ArgumentException("One of the callbacks is null.", nameof(callbacks))
            : new Distiller(_settings with { Callbacks = [.. callbacks] });
    }

    /// <summary>
    /// Sets where to compute: each fit moves student and teacher there, where they stay (see <c>Model.To</c>). Data and the teacher's
    /// answers stay on the host, and each batch is moved.
    /// </summary>
    /// <remarks>
    /// Fits that run at once with one teacher have one device: a teacher is not moved away under another fit. Without it the teacher may be
    /// elsewhere than the student.
    /// </remarks>
    /// <param name="device"><c>"cuda"</c>, <c>"cuda:1"</c>, <c>"cpu"</c>. Whether the machine has it is asked when a fit begins.</param>
    public Distiller WithDevice(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Distiller(_settings with { Device = device });
    }

    /// <summary>
    /// Changes the inputs of each batch at random before teacher and student see them, both the same: <c>WithAugmentation(new
    /// Pipeline([new RandomFlip("horizontal"), new RandomTranslation(0.1, 0.1)]))</c>.
    /// </summary>
    /// <remarks>
    /// The teacher cannot be asked beforehand any more: it is in each step. Validation data are not changed. Random numbers come from the
    /// fit's seed, or from those of the layers; each fit takes a fresh copy of the layer. It is not part of the student, so that the
    /// student's file has nothing of it.
    /// </remarks>
    /// <param name="augmentation">
    /// A layer without weights that keeps the shape of its input, or a <see cref="Pipeline"/> or <see cref="Sequential"/> of such layers.
    /// </param>
    public Distiller WithAugmentation(Layer augmentation)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        return new Distiller(_settings with { Augmentation = augmentation });
    }

    /// <summary>
    /// Fixes the initial weights of a student that the fit makes, the shuffling and the dropout: the same seed on the same machine gives
    /// the same student, bit for bit.
    /// </summary>
    public Distiller WithSeed(int seed) => new(_settings with { Seed = seed });

    private static readonly HashSet<string> Reserved =
    [
        "loss",
        "hard_loss",
        "soft_loss",
        "accuracy",
        "teacher_agreement",
        "teacher_correlation",
    ];

    private static double AtBegin(Schedule schedule) => schedule.IsTensor ? double.NaN : schedule.ValueAt(0, 1);
}
