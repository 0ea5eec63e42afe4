using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;
using Distillation.Keras.Teachers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>The fit.</content>
public sealed partial class Distiller
{
    /// <summary>Trains the student.</summary>
    /// <param name="x">
    /// Inputs, batch first, as the teacher takes them; or a <see cref="DataSource"/>, which brings labels and weights itself: <c>y</c>,
    /// <c>sample_weight</c>, <c>batch_size</c>, <c>mask</c> and
    /// <c>validation_split</c> are then left out, and the teacher is asked in each step. Objectives that keep something for each sample
    /// (<c>ContrastiveRepresentationDistillation</c>) need arrays.
    /// </param>
    /// <param name="y">
    /// Labels: one-hot (samples, classes) or integers (samples,), -1 where a sample has none. For labels (samples, labels) of 0 and 1, for
    /// numbers floating-point ones, (samples, numbers) or (samples,), for sequences (samples, time) or (samples, time, classes); for
    /// several outputs one array each. Without them the student learns from the teacher alone (the paper's unlabelled transfer set).
    /// </param>
    /// <param name="batch_size">Samples a step; 32 by default.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initial_epoch"/> 0, how many there are.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: a line an epoch.</param>
    /// <param name="callbacks">What to tell of this fit, beside those of <see cref="WithCallbacks"/>.</param>
    /// <param name="validation_split">
    /// The share of the samples, from the end and before shuffling, that is kept for validation: from 0 to below 1.
    /// </param>
    /// <param name="validation_data">
    /// Data to evaluate after each epoch, arrays or a <see cref="DataSource"/>; wins over <paramref name="validation_split"/>.
    /// </param>
    /// <param name="shuffle">Whether samples are shuffled anew for each epoch.</param>
    /// <param name="class_weight">
    /// The weight of each class' samples, in all terms (see <see cref="WithClassWeightsOnLabelsOnly"/>); 1 where not given. For one output
    /// of classes, or of one sigmoid, whose classes are 0 and 1.
    /// </param>
    /// <param name="sample_weight">
    /// The weight of each sample (samples,), in all terms; for sequences also of each token (samples, time).
    /// </param>
    /// <param name="initial_epoch">The number of the first epoch, from 0.</param>
    /// <param name="steps_per_epoch">Steps that make an epoch; by default one pass.</param>
    /// <param name="validation_freq">After how many epochs there is a validation.</param>
    /// <param name="mask">
    /// For sequences: which tokens count, true or 1, (samples, time). All by default. With a mask, validation data are taken from
    /// <paramref name="validation_split"/>.
    /// </param>
    /// <param name="state">
    /// Where a fit of a distiller with the same settings on the same data was cancelled (<see cref="FitCanceledException.State"/>): this
    /// one goes on from there, and ends as that one would have, bit for bit.
    /// </param>
    /// <param name="cancellationToken">Ends the fit after the step under way.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    /// <returns>The student, the history of every term, and the means to prove that it is good.</returns>
    /// <exception cref="ArgumentException">
    /// Teacher, student, objectives and data do not fit each other; the message lists every problem.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// An output of the student ends in something else than a softmax, sigmoids, or logits or numbers.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The student is being trained already, a callback serves another fit, or gradients are switched off (<c>torch.no_grad()</c>).
    /// </exception>
    /// <exception cref="NotSupportedException">The machine does not have the device of <see cref="WithDevice"/>.</exception>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite, or the teacher's logits are.</exception>
    /// <exception cref="ObjectDisposedException">
    /// An array was disposed, teacher or student were released, or a tensor that an objective or a loss keeps; the message names it.
    /// </exception>
    /// <exception cref="FitCanceledException">The token was cancelled during the training; its state is where the fit stood.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the training began.</exception>
    [OverloadResolutionPriority(1)]
    public DistillationResult Fit(
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
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
        params ReadOnlySpan<CSharpOnly> csharp
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        Gradients.RequireRecording(_settings.Student is null ? "Distiller.Fit" : $"Distiller.Fit of '{_settings.Student.Name}'");
        StreamBatches.RefuseBeside(
            x,
            (y, nameof(y)),
            (sample_weight, nameof(sample_weight)),
            (batch_size, nameof(batch_size)),
            (mask, nameof(mask)),
            (validation_split == 0 ? null : validation_split, nameof(validation_split))
        );
        int size = batch_size ?? 32;
        FitOptions.AtLeast(1, size, nameof(batch_size));
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
        using DisposeScope scope = NewDisposeScope();

        // Of a source its first batch, for what depends on shapes.
        DataBatch data = x is DataSource source ? StreamBatches.First(source) : new DataBatch(x, y, sample_weight);
        bool hasIndices = x is not DataSource || data.Indices is not null;
        CheckTerms(data.Y is not null);
        ReleasedTeacher.Refuse(Teacher);
        Released.Refuse(Student, "student");
        attempt.OnRefusal(MoveTeacher());
        Model student = _settings.Student ?? BornAgain(seed);
        string me = $"Distiller.Fit of '{student.Name}'";
        using Claim claim = new Claim(me).Take(student).Hold(Teacher?.Weights ?? []);
        student.MoveTo(Device, attempt, claim);
        attempt.OnRefusal(EnsureBuilt(student, data.X));
        var problems = new List<string>();
        FitModels models = FitModels.Of(Teacher, student, _settings.Losses, problems);
        if (_settings.Temperature is not null && models.Heads.All(h => h.IsNumeric))
        {
            problems.Add(
                "Numbers are compared as they are, without a temperature, but WithTemperature was set and all outputs are numbers "
                    + "(linear, with the loss of a regression). Leave WithTemperature out."
            );
        }

        if (problems.Count > 0)
        {
            // Data are not looked at for models that do not fit; what the objectives cannot do is told with it.
            bool weighs = data.SampleWeight is not null || (class_weight is not null && !_settings.ClassWeightsOnLabelsOnly);
            _ = Plan(
                models,
                problems,
                new DataTraits(data.Y is not null, false, weighs, mask is not null, hasIndices, options.InitialEpoch, options.Epochs),
                int.MaxValue
            );
        }

        PairChecks.Numbered(Teacher, hasIndices);
        TransferSet all = TransferSet.Of(models, data.X, data.Y, data.SampleWeight, class_weight, mask);
        TransferSet? held = null;
        if (Teacher is not null && x is not DataSource)
        {
            PairChecks.SameSamples(Teacher, all.Samples);
        }

        if (validation_data is not null)
        {
            if (Teacher is { NeedsSampleIndices: true })
            {
                throw new ArgumentException(
                    $"The teacher '{Teacher.Name}' knows samples by their numbers in x, and nothing of those of validation_data. "
                        + (x is not DataSource ? "Use validation_split, which keeps the numbers." : "Leave validation_data out."),
                    nameof(validation_data)
                );
            }

            if (mask is not null)
            {
                throw new ArgumentException(
                    "validation_data has no mask, so that a fit with a mask takes its validation data from the training data. Use "
                        + "validation_split.",
                    nameof(validation_data)
                );
            }

            StreamBatches.RefuseBeside(
                validation_data.X,
                (validation_data.Y, nameof(y)),
                (validation_data.SampleWeight, nameof(sample_weight))
            );
            DataBatch given = validation_data.X is DataSource other
                ? StreamBatches.First(other)
                : new DataBatch(validation_data.X, validation_data.Y, validation_data.SampleWeight);
            held = TransferSet.Of(models, given.X, given.Y, given.SampleWeight, null, null) with { First = null };
            if (held.Signals.HasLabels != all.Signals.HasLabels)
            {
                throw new ArgumentException(
                    "The validation data have labels exactly where the training data have them, but those of the training are "
                        + $"{(data.Y is null ? "null" : "given")} and validation_data's labels are "
                        + $"{(held.Signals.HasLabels ? "given" : "null")}.",
                    nameof(validation_data)
                );
            }
        }
        else if (validation_split != 0)
        {
            (all, held) = all.Split(validation_split);
        }

        DataTraits traits = new DataTraits(
            all.Signals.HasLabels,
            false,
            false,
            mask is not null,
            hasIndices,
            options.InitialEpoch,
            options.Epochs
        ).Of(all.Signals, _settings);
        traits = traits with { HasWeights = traits.HasWeights || held?.Signals.Weights is not null };
        long? samples = x is not DataSource ? all.Samples : null;
        IReadOnlyList<PlannedTerm> terms = Plan(models, problems, traits, samples);
        claim.Take(models.StudentLogits.ChangingWeights, null);
        bool keepsFeatures = (all.Samples + (held?.Samples ?? 0)) * models.FeatureBytes <= _settings.FeatureCache;
        Optimizer optimizer = LossScaling.For(student, _settings.Optimizer?.Clone() ?? new Adam(0.001));
        AugmentedView? view = AugmentedView.Of(_settings.Augmentation, models, all.Signals.HasLabels);
        var program = DistillationProgram.Of(models, terms, _settings, traits, optimizer, samples, seed, view);
        try
        {
            claim.Share(program.Model.Weights);
            program.Check(all.Signals, hasIndices);
            if (held is not null)
            {
                program.Check(held.Signals, hasIndices);
            }

            using BatchSource training = Batches(x, all, class_weight, asks: view is null);
            using BatchSource? validation = held is null ? null : Batches(validation_data?.X, held, null, asks: true);
            program.Prepare(training, cancellationToken);
            History history = TrainingLoop.Run(me, program, training, validation, options, attempt.Accept);
            return new DistillationResult(
                Teacher,
                models.Result,
                history,
                models.Heads.All(h => h.IsNumeric) ? double.NaN : Temperature,
                _settings.Losses
            );
        }
        finally
        {
            program.Release();
            optimizer.Release();
        }

        BatchSource Batches(ArrayLike? given, TransferSet set, ClassWeights? weights, bool asks) =>
            given is DataSource stream
                ? new TransferStream(models, program, stream, set, weights, asks)
                : TransferBatches.Of(models, set, asks, keepsFeatures, size, cancellationToken);
    }

    private Action? MoveTeacher()
    {
        if (Device is null || Teacher is null || Teacher.Device == Device)
        {
            return null;
        }

        Device before = Teacher.Device;
        Teacher.To(Device);
        return () =>
        {
            try
            {
                Teacher.To(before);
            }
            catch (InvalidOperationException)
            {
                // Another fit uses it there by now. It stays, and the refusal that led here is told.
            }
        };
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
            throw new ArgumentException(
                $"Where no student is given, it is a fresh copy of the teacher's architecture, but the teacher '{Teacher.Name}' is no "
                    + "model. Give one with WithStudent."
            );
        }

        if (
            none
            && HardLossWeight == 0
            && SoftLossWeight == 0
            && _settings.HardLossWeight is ConstantSchedule
            && _settings.SoftLossWeight is ConstantSchedule
        )
        {
            throw new ArgumentException(
                Teacher is null
                    ? "A distiller without a teacher learns from the objectives that are added to it, but there are none. Add a "
                        + "teacher-free one, With(new LabelSmoothing(0.1)), or set WithHardLossWeight."
                    : "Both loss weights are 0, so there is nothing to learn from. Set WithHardLossWeight or WithSoftLossWeight, or add "
                        + "an objective with With."
            );
        }

        if (!hasLabels && none && _settings.SoftLossWeight is ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException(
                "Without labels (y is null) the student learns from the teacher alone, but the soft loss' weight is 0. Give y, or a "
                    + "weight with WithSoftLossWeight."
            );
        }

        if (Teacher is null && !hasLabels && (none || _settings.HardLossWeight is not ConstantSchedule { Value: 0 }))
        {
            throw new ArgumentException("Without a teacher the student learns from the labels, but y is null.");
        }

        if (Teacher is null && _settings.SoftLossWeight is not ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException(
                "The soft loss compares with the teacher's logits, but the distiller has no teacher. Give one, new Distiller(teacher), "
                    + "or leave WithSoftLossWeight at 0."
            );
        }

        if (Teacher is { Outputs.Count: 0 } && _settings.SoftLossWeight is not ConstantSchedule { Value: 0 })
        {
            throw new ArgumentException(
                $"The soft loss compares with the teacher's outputs, but '{Teacher.Name}' is an encoder, which gives features alone. "
                    + "Leave WithSoftLossWeight at 0, and add objectives on features."
            );
        }

        if (!hasLabels && _settings.Metrics.Count > 0)
        {
            throw new ArgumentException(
                "The metrics given with WithMetrics compare labels with predictions, but there are no labels (y is null). Leave "
                    + "WithMetrics out: teacher_agreement (of numbers teacher_correlation) is reported anyway."
            );
        }
    }

    // The terms of the fit; everything that does not fit is found at once.
    private IReadOnlyList<PlannedTerm> Plan(FitModels models, List<string> problems, DataTraits data, long? samples)
    {
        IReadOnlyList<PlannedTerm> terms = TermPlan.Of(_settings, models.Heads, data.HasLabels, problems);
        if (models.Heads.Count > 1 && _settings.Metrics.Count > 0)
        {
            problems.Add(
                $"The metrics given with WithMetrics are for one output, but the student has {models.Heads.Count}. Leave WithMetrics out "
                    + "and evaluate the student."
            );
        }

        problems.AddRange(TermChecks.OfFit(terms, models.Heads, _settings, data));
        models.AddFeatures([.. terms.SelectMany(t => t.Objective.Features)], problems);
        problems.AddRange(TermChecks.OfShapes(terms, models.Heads, models.FeatureShapes, samples, data.HasMask));
        PairChecks.Throw(problems);
        return terms;
    }
}
