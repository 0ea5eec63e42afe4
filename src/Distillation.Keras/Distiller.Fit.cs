using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>The fit.</content>
public sealed partial class Distiller
{
    /// <summary>Trains the student.</summary>
    /// <param name="x">Inputs, batch first, as the teacher takes them.</param>
    /// <param name="y">Labels: one-hot (samples, classes) or integers (samples,). Without them the student learns from the teacher alone (the paper's unlabelled transfer set).</param>
    /// <param name="batch_size">Samples a step.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initial_epoch"/> 0, how many there are.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: a line an epoch.</param>
    /// <param name="callbacks">What to tell of this fit, beside those of <see cref="WithCallbacks"/>.</param>
    /// <param name="validation_split">The share of the samples, from the end and before shuffling, that is kept for validation: from 0 to below 1.</param>
    /// <param name="validation_data">Data to evaluate after each epoch; wins over <paramref name="validation_split"/>.</param>
    /// <param name="shuffle">Whether samples are shuffled anew for each epoch.</param>
    /// <param name="class_weight">The weight of each class' samples, in both halves of the loss; 1 where not given.</param>
    /// <param name="sample_weight">The weight of each sample (samples,), in both halves of the loss.</param>
    /// <param name="initial_epoch">The number of the first epoch, from 0.</param>
    /// <param name="steps_per_epoch">Steps that make an epoch; by default one pass.</param>
    /// <param name="validation_freq">After how many epochs there is a validation.</param>
    /// <param name="cancellationToken">Ends the fit after the step under way.</param>
    /// <returns>The student, the history of every term, and the means to prove that it is good.</returns>
    /// <exception cref="ArgumentException">Teacher, student and data do not fit each other; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">The student ends in something else than a softmax or logits, or has several outputs.</exception>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite, or the teacher's logits are.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DistillationResult Fit(
        ArrayLike x,
        ArrayLike? y = null,
        int batch_size = 32,
        int epochs = 10,
        int verbose = 1,
        IEnumerable<Callback>? callbacks = null,
        double validation_split = 0.0,
        ValidationData? validation_data = null,
        bool shuffle = true,
        IReadOnlyDictionary<int, double>? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int validation_freq = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        int seed = _settings.Seed ?? RandomState.NextSeed();
        FitOptions options = new FitOptions
        {
            Epochs = epochs,
            InitialEpoch = initial_epoch,
            Verbose = verbose,
            Shuffle = shuffle,
            StepsPerEpoch = steps_per_epoch,
            ValidationFreq = validation_freq,
            Seed = seed,
            Callbacks = [.. _settings.Callbacks.Select(c => c.Copy()), .. callbacks ?? []],
            CancellationToken = cancellationToken,
        }.Checked();
        CheckTerms(y is not null);
        Model teacherLogits = Teacher.PopSoftmax();
        Model student = _settings.Student ?? BornAgain(seed);
        EnsureBuilt(student, teacherLogits, x);
        Model studentLogits = student.PopSoftmax();
        CheckPair(student, studentLogits, teacherLogits);
        Model result = student.WithSoftmax();
        using DisposeScope scope = NewDisposeScope();
        var teacher = new TeacherCache(Teacher.Name, teacherLogits, TeacherCache.BatchSize, cancellationToken);
        TransferSet all = TransferSet.Of(studentLogits, x, y, sample_weight, class_weight);
        TransferSet? held = null;
        if (validation_data is not null)
        {
            held = TransferSet.Of(studentLogits, validation_data.X, validation_data.Y, validation_data.SampleWeight, null);
            if (held.Labels is null != all.Labels is null)
            {
                throw new ArgumentException(
                    $"The validation data have labels exactly where the training data have them, but y is {(y is null ? "null" : "given")} and validation_data's labels are {(held.Labels is null ? "null" : "given")}.", nameof(validation_data));
            }
        }
        else if (validation_split != 0)
        {
            (all, held) = all.Split(validation_split);
        }

        Metric[] metrics = [.. _settings.Metrics.Select(m => m.Copy())];
        Optimizer optimizer = _settings.Optimizer?.Copy() ?? new Adam(0.001);
        var program = new DistillationProgram(
            result,
            studentLogits,
            optimizer,
            new DistillationTerms(Temperature, HardLossWeight, SoftLossWeight, _settings.HardLoss),
            all.Labels is not null,
            metrics);
        try
        {
            using BatchSource data = all.Batches(teacher, batch_size);
            using BatchSource? validation = held?.Batches(teacher, batch_size);
            program.Check(data);
            History history = TrainingLoop.Run(program, data, () => validation, options);
            return new DistillationResult(Teacher, result, history, Temperature);
        }
        finally
        {
            program.Release();
            optimizer.Release();
        }
    }

    private Model BornAgain(int seed)
    {
        using IDisposable own = RandomState.Using(seed);
        Model student = Teacher.Clone();

        // Teachers are often frozen; a student whose random weights stay as they are would learn nothing.
        student.Trainable = true;
        return student;
    }

    // A student without an Input is made for the teacher's inputs: data that do not fit those must not decide its weights' shapes.
    private static void EnsureBuilt(Model student, Model teacherLogits, ArrayLike x)
    {
        if (!student.Built)
        {
            using DisposeScope scope = NewDisposeScope();
            student.EnsureBuilt([.. DataChecks.Inputs(teacherLogits, x).Select(t => Shape.FromSizes(t.shape).With(0, null))]);
        }
    }

    // What the terms of the loss need, whatever the models are.
    private void CheckTerms(bool hasLabels)
    {
        if (HardLossWeight == 0 && SoftLossWeight == 0)
        {
            throw new ArgumentException("Both loss weights are 0, so there is nothing to learn from. Set WithHardLossWeight or WithSoftLossWeight.");
        }

        if (!hasLabels && SoftLossWeight == 0)
        {
            throw new ArgumentException("Without labels (y is null) the student learns from the teacher alone, but the soft loss' weight is 0. Give y, or a weight with WithSoftLossWeight.");
        }

        if (!hasLabels && _settings.Metrics.Count > 0)
        {
            throw new ArgumentException("The metrics given with WithMetrics compare labels with predictions, but there are no labels (y is null). Leave WithMetrics out: teacher_agreement is reported anyway.");
        }
    }

    // Everything that can be wrong between the two models is found at once.
    private void CheckPair(Model student, Model studentLogits, Model teacherLogits)
    {
        var problems = new List<string>();
        if (ReferenceEquals(student, Teacher))
        {
            problems.Add("The student is the teacher itself, which may not change. Leave WithStudent out for a fresh copy of its architecture, or give teacher.Clone().");
        }
        else if (SharedAndTrained(student) is { Length: > 0 } shared)
        {
            problems.Add($"The student would train weights that belong to the teacher, which may not change: {string.Join(", ", shared)}. Freeze these layers (Trainable = false) or clone the model.");
        }

        Shape z = studentLogits.Outputs[0].Shape;
        Shape v = teacherLogits.Outputs[0].Shape;
        if (!z.IsCompatibleWith(v))
        {
            problems.Add($"Teacher and student tell the same classes apart, but the teacher's output has the shape {v} and the student's {z}.");
        }
        else if (z.Rank != 2)
        {
            problems.Add($"Distillation takes classifiers with one row of classes a sample, (batch, classes), but the outputs' shape is {z}.");
        }

        if (v[-1] is 1)
        {
            problems.Add($"A classifier tells at least 2 classes apart, but the output of '{Teacher.Name}' is 1 wide: its softmax is always 1.");
        }

        if (!teacherLogits.Inputs.Select(i => i.Shape).SequenceEqual(studentLogits.Inputs.Select(i => i.Shape), new Compatible()))
        {
            problems.Add($"Teacher and student see the same inputs, but the teacher takes {string.Join(", ", teacherLogits.Inputs.Select(i => i.Shape))} and the student {string.Join(", ", studentLogits.Inputs.Select(i => i.Shape))}.");
        }

        if (studentLogits.TrainableWeights.Count == 0)
        {
            problems.Add("The student has no trainable weights, so nothing could be learnt. Set Trainable = true on it or on its layers.");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException(problems.Count == 1 ? problems[0] : $"{problems.Count} problems:{string.Concat(problems.Select(p => $"{Environment.NewLine}- {p}"))}");
        }
    }

    // Weights of layers that train (statistics of such layers change too) and that the teacher has as well.
    private string[] SharedAndTrained(Model student)
    {
        var own = Teacher.Weights.ToHashSet();
        return [.. Flat(student).Where(l => l.Trainable).SelectMany(l => l.Weights).Where(own.Contains).Select(w => w.Path).Distinct()];

        static IEnumerable<Layer> Flat(Model model) => !model.Trainable ? [] : model.Layers.SelectMany(l => l is Model nested ? Flat(nested) : [l]);
    }

    private sealed class Compatible : IEqualityComparer<Shape>
    {
        public bool Equals(Shape? x, Shape? y) => x!.IsCompatibleWith(y!);

        public int GetHashCode(Shape obj) => obj.Rank;
    }
}
