using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>The fit.</content>
public sealed partial class Distiller
{
    /// <summary>Trains the student.</summary>
    /// <param name="x">Inputs, batch first, as the teacher takes them.</param>
    /// <param name="y">
    /// Labels: one-hot (samples, classes) or integers (samples,), -1 where a sample has none. For labels (samples, labels) of 0 and 1, for numbers floating-point ones, (samples, numbers) or (samples,), for sequences (samples, time) or
    /// (samples, time, classes); for several outputs one array each. Without them the student learns from the teacher alone (the paper's unlabelled transfer set).
    /// </param>
    /// <param name="batch_size">Samples a step.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initial_epoch"/> 0, how many there are.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: a line an epoch.</param>
    /// <param name="callbacks">What to tell of this fit, beside those of <see cref="WithCallbacks"/>.</param>
    /// <param name="validation_split">The share of the samples, from the end and before shuffling, that is kept for validation: from 0 to below 1.</param>
    /// <param name="validation_data">Data to evaluate after each epoch; wins over <paramref name="validation_split"/>.</param>
    /// <param name="shuffle">Whether samples are shuffled anew for each epoch.</param>
    /// <param name="class_weight">The weight of each class' samples, in all terms (see <see cref="WithClassWeightsOnLabelsOnly"/>); 1 where not given. For one output of classes, or of one sigmoid, whose classes are 0 and 1.</param>
    /// <param name="sample_weight">The weight of each sample (samples,), in all terms; for sequences also of each token (samples, time).</param>
    /// <param name="initial_epoch">The number of the first epoch, from 0.</param>
    /// <param name="steps_per_epoch">Steps that make an epoch; by default one pass.</param>
    /// <param name="validation_freq">After how many epochs there is a validation.</param>
    /// <param name="mask">For sequences: which tokens count, true or 1, (samples, time). All by default. With a mask, validation data are taken from <paramref name="validation_split"/>.</param>
    /// <param name="state">Where a fit of a distiller with the same settings on the same data was cancelled (<see cref="FitCanceledException.State"/>): this one goes on from there, and ends as that one would have, bit for bit.</param>
    /// <param name="cancellationToken">Ends the fit after the step under way.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    /// <returns>The student, the history of every term, and the means to prove that it is good.</returns>
    /// <exception cref="ArgumentException">Teacher, student, objectives and data do not fit each other; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">An output of the student ends in something else than a softmax, sigmoids, or logits or numbers.</exception>
    /// <exception cref="InvalidOperationException">The student is being trained already, a callback serves another fit, or gradients are switched off (<c>torch.no_grad()</c>).</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device of <see cref="WithDevice"/>.</exception>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite, or the teacher's logits are.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed, teacher or student were released, or a tensor that an objective or a loss keeps; the message names it.</exception>
    /// <exception cref="FitCanceledException">The token was cancelled during the training; its state is where the fit stood.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the training began.</exception>
    [OverloadResolutionPriority(1)]
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
        ClassWeights? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int validation_freq = 1,
        ArrayLike? mask = null,
        FitState? state = null,
        CancellationToken cancellationToken = default,
        params ReadOnlySpan<CSharpOnly> csharp)
    {
        ArgumentNullException.ThrowIfNull(x);
        Gradients.RequireRecording(_settings.Student is null ? "Distiller.Fit" : $"Distiller.Fit of '{_settings.Student.Name}'");
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        using var attempt = new Attempt();
        int? known = _settings.Seed ?? state?.Seed;
        int seed = known ?? RandomState.NextSeed();
        attempt.OnRefusal(known is null ? () => RandomState.GiveBack([seed]) : null);
        FitOptions options = new FitOptions
        {
            Epochs = epochs,
            InitialEpoch = initial_epoch,
            Verbose = verbose,
            Shuffle = shuffle,
            StepsPerEpoch = steps_per_epoch,
            ValidationFreq = validation_freq,
            Seed = seed,
            State = state,
            Callbacks = [.. _settings.Callbacks, .. callbacks ?? []],
            CancellationToken = cancellationToken,
        }.Checked();
        CheckTerms(y is not null);
        Released.Refuse(Teacher);
        Released.Refuse(Student, "student");
        attempt.OnRefusal(MoveTeacher());
        Model student = _settings.Student ?? BornAgain(seed);
        string me = $"Distiller.Fit of '{student.Name}'";
        using Claim claim = new Claim(me).Take(student).Hold(Teacher?.Weights ?? []);
        student.MoveTo(Device, attempt, claim);
        attempt.OnRefusal(EnsureBuilt(student, x));
        var problems = new List<string>();
        FitModels models = FitModels.Of(Teacher, student, _settings.Losses, problems);
        if (_settings.Temperature is not null && models.Heads.All(h => h.IsNumeric))
        {
            problems.Add("Numbers are compared as they are, without a temperature, but WithTemperature was set and all outputs are numbers (linear, with the loss of a regression). Leave WithTemperature out.");
        }

        if (problems.Count > 0)
        {
            // Data are not looked at for models that do not fit; what the objectives cannot do is told with it.
            _ = Plan(models, problems, Setting(options, y is not null, false, sample_weight is not null, class_weight is not null, mask is not null), int.MaxValue);
        }

        using DisposeScope scope = NewDisposeScope();
        TransferSet all = Transfer(models, x, y, sample_weight, class_weight, mask);
        TransferSet? held = null;
        if (Teacher is not null)
        {
            PairChecks.SameSamples(Teacher, all.Samples);
        }

        if (validation_data is not null)
        {
            if (Teacher is { NeedsSampleIndices: true })
            {
                throw new ArgumentException(
                    $"The teacher '{Teacher.Name}' knows samples by their numbers in x, and nothing of those of validation_data. Use validation_split, which keeps the numbers.", nameof(validation_data));
            }

            if (mask is not null)
            {
                throw new ArgumentException("validation_data has no mask, so that a fit with a mask takes its validation data from the training data. Use validation_split.", nameof(validation_data));
            }

            held = Transfer(models, validation_data.X, validation_data.Y, validation_data.SampleWeight, null, null) with { First = null };
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

        TermSetting setting = Setting(
            options, all.Labels is not null, all.Labels?.Any(l => l.Known is not null) ?? false, all.Weights is not null || held?.Weights is not null, all.ClassWeights is not null, all.Mask is not null);
        TermPlan plan = Plan(models, problems, setting, all.Samples);
        claim.Take(models.StudentLogits.ChangingWeights, null);
        using FitData data = FitData.Of(models, plan, all, held, batch_size, _settings.FeatureCache, cancellationToken);
        Optimizer optimizer = LossScaling.For(student, _settings.Optimizer?.Copy() ?? new Adam(0.001));
        DistillationProgram program = data.Program(optimizer, [.. _settings.Metrics.Select(m => m.Copy())], _settings.Reduction, _settings.Sequences, _settings.ClassWeightsOnLabelsOnly, seed);
        try
        {
            claim.Share(program.Model.Weights);
            data.Check(program);
            program.Prepare(data.Training, cancellationToken);
            History history = TrainingLoop.Run(me, program, data.Training, data.Validation, options, attempt.Accept);
            return new DistillationResult(Teacher, models.Result, history, models.Heads.All(h => h.IsNumeric) ? double.NaN : Temperature, _settings.Losses);
        }
        finally
        {
            program.Release();
            optimizer.Release();
        }
    }

    private static TransferSet Transfer(FitModels models, ArrayLike x, ArrayLike? y, ArrayLike? sampleWeight, IReadOnlyDictionary<int, double>? classWeight, ArrayLike? mask) =>
        TransferSet.Of(models.Result.Name, models.StudentLogits, models.Heads, x, y, sampleWeight, classWeight, mask);

    private Action? MoveTeacher()
    {
        if (Device is null || Teacher is null || Teacher.Device == Device)
        {
            return null;
        }

        Device before = Teacher.Device;
        Teacher.To(Device);
        return () => Teacher.To(before);
    }

    private Model BornAgain(int seed)
    {
        using IDisposable own = RandomState.Using(seed);
        Model student = Teacher!.Model!.Clone();

        // Teachers are often frozen; a student whose random weights stay as they are would learn nothing.
        student.Trainable = true;
        return student;
    }

    // A student without an Input is made for the teacher's inputs: data that do not fit those must not decide its weights' shapes.
    private Action? EnsureBuilt(Model student, ArrayLike x)
    {
        if (student.Built || Teacher?.Model is not Model teacher)
        {
            return student.EnsureBuiltFor(x);
        }

        using DisposeScope scope = NewDisposeScope();
        return student.EnsureBuilt([.. DataChecks.Inputs(teacher, x).Select(t => Shape.FromSizes(t.shape).With(0, null))]);
    }

    // What the terms of the loss need, whatever the models are.
    private void CheckTerms(bool hasLabels)
    {
        bool none = _settings.Objectives.All(o => o.Weight is ConstantSchedule { Value: 0 });
        if (Teacher is null && _settings.Student is null)
        {
            throw new ArgumentException("A distiller without a teacher has nothing to make a student of. Give one with WithStudent.");
        }

        if (Teacher is { Model: null } && _settings.Student is null)
        {
            throw new ArgumentException($"Where no student is given, it is a fresh copy of the teacher's architecture, but the teacher '{Teacher.Name}' is no model. Give one with WithStudent.");
        }

        if (none && HardLossWeight == 0 && SoftLossWeight == 0 && _settings.HardLossWeight is ConstantSchedule && _settings.SoftLossWeight is ConstantSchedule)
        {
            throw new ArgumentException(Teacher is null
                ? "A distiller without a teacher learns from the objectives that are added to it, but there are none. Add a teacher-free one, With(new LabelSmoothing(0.1)), or set WithHardLossWeight."
                : "Both loss weights are 0, so there is nothing to learn from. Set WithHardLossWeight or WithSoftLossWeight, or add an objective with With.");
        }

        if (!hasLabels && none && _settings.SoftLossWeight is ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException("Without labels (y is null) the student learns from the teacher alone, but the soft loss' weight is 0. Give y, or a weight with WithSoftLossWeight.");
        }

        if (Teacher is null && !hasLabels && (none || _settings.HardLossWeight is not ConstantSchedule { Value: 0 }))
        {
            throw new ArgumentException("Without a teacher the student learns from the labels, but y is null.");
        }

        if (Teacher is null && _settings.SoftLossWeight is not ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException("The soft loss compares with the teacher's logits, but the distiller has no teacher. Give one, new Distiller(teacher), or leave WithSoftLossWeight at 0.");
        }

        if (Teacher is { Outputs.Count: 0 } && _settings.SoftLossWeight is not ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException($"The soft loss compares with the teacher's outputs, but '{Teacher.Name}' is an encoder, which gives features alone. Leave WithSoftLossWeight at 0, and add objectives on features.");
        }

        if (!hasLabels && _settings.Metrics.Count > 0)
        {
            throw new ArgumentException("The metrics given with WithMetrics compare labels with predictions, but there are no labels (y is null). Leave WithMetrics out: teacher_agreement (of numbers teacher_correlation) is reported anyway.");
        }
    }

    // The terms of the fit; everything that does not fit is found at once.
    private TermPlan Plan(FitModels models, List<string> problems, TermSetting setting, long samples)
    {
        var plan = new TermPlan(models.Heads);
        for (int i = 0; i < models.Heads.Count; i++)
        {
            Head head = models.Heads[i];
            if (setting.HasLabels)
            {
                plan.Add(head.IsNumeric ? Numbers(head, "hard_loss", toTeacher: false) : new HardLabels(head.Loss, head.IsMultiLabel), _settings.HardLossWeight, i, "hard_loss");
            }

            if (Teacher is { Outputs.Count: > 0 })
            {
                plan.Add(SoftTerm(head), _settings.SoftLossWeight, i, "soft_loss");
            }
        }

        problems.AddRange(_settings.Objectives.Select(plan.Add).OfType<string>());
        if (models.Heads.Count > 1 && _settings.Metrics.Count > 0)
        {
            problems.Add($"The metrics given with WithMetrics are for one output, but the student has {models.Heads.Count}. Leave WithMetrics out and evaluate the student.");
        }

        problems.AddRange(plan.Problems(setting));
        models.AddFeatures(plan.Features, problems);
        problems.AddRange(plan.Problems(models.FeatureShapes, samples, setting));
        PairChecks.Throw(problems);
        return plan;
    }

    private TermSetting Setting(FitOptions options, bool hasLabels, bool hasMissingLabels, bool hasWeights, bool hasClassWeights, bool hasMask) => new(
        Teacher is not null, Teacher is { Outputs.Count: > 0 }, hasLabels, hasMissingLabels, hasWeights || (hasClassWeights && !_settings.ClassWeightsOnLabelsOnly), hasMask, _settings.Sequences, options.InitialEpoch, options.Epochs);

    private DistillationObjective SoftTerm(Head head) => head.IsNumeric ? Numbers(head, "soft_loss", toTeacher: true)
        : head.IsMultiLabel ? new MultiLabelSoftTargets(TemperatureSchedule, name: "soft_loss")
        : new SoftTargets(TemperatureSchedule, name: "soft_loss");

    // Numbers without a loss are refused; what else does not fit is told with it.
    private static NumericLoss Numbers(Head head, string name, bool toTeacher) => new(name, head.Loss ?? new Losses.MeanSquaredError(), toTeacher);
}
