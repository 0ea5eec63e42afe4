using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// A step of a distillation: the terms of each output and those on features alone, with the penalties of what the student's layers compute
/// and of its weights.
/// </summary>
internal sealed partial class DistillationProgram : TrainingProgram
{
    private readonly FitModels _models;
    private readonly IReadOnlyList<PlannedTerm> _planned;
    private readonly DistillationSettings _settings;
    private readonly DataTraits _traits;
    private readonly ObjectiveTerm[][] _terms;
    private readonly HeadNumbers[] _numbers;
    private readonly bool _needsIndices;
    private readonly AugmentedView? _view;
    private readonly Variable[] _regularized;
    private readonly LossTracker _total;
    private double _epoch;
    private double _epochs = 1;

    // The terms of each output and, last, those on features alone.
    private DistillationProgram(
        FitModels models,
        IReadOnlyList<PlannedTerm> planned,
        DistillationSettings settings,
        DataTraits traits,
        Optimizer optimizer,
        ObjectiveTerm[][] terms,
        HeadNumbers[] numbers,
        AugmentedView? view
    )
        : base(models.StudentLogits.Device)
    {
        _total = new LossTracker(Device);
        Optimizer = optimizer;
        _models = models;
        _planned = planned;
        _settings = settings;
        _traits = traits;
        _terms = terms;
        _numbers = numbers;
        _view = view;
        _regularized = [.. models.StudentLogits.RegularizedWeights];
        Variables = [.. models.StudentLogits.TrainableWeights, .. Terms.SelectMany(t => t.Variables).Where(v => v.Trainable)];
        _needsIndices = Terms.Any(t => t.Objective.Needs.HasFlag(ObjectiveNeeds.SampleIndices));
    }

    public override Model Model => _models.Result;

    public override Optimizer Optimizer { get; }

    public override IReadOnlyList<Variable> Variables { get; }

    private IEnumerable<ObjectiveTerm> Terms => _terms.SelectMany(t => t);

    private ObjectiveTerm[] FeatureTerms => _terms[^1];

    /// <summary>Makes the program, with new weights of the objectives.</summary>
    /// <param name="models">Teacher and student.</param>
    /// <param name="planned">The terms.</param>
    /// <param name="settings">The distiller's settings.</param>
    /// <param name="traits">What the data have, as far as the terms were planned for it.</param>
    /// <param name="optimizer">What changes the weights.</param>
    /// <param name="samples">How many samples the transfer set has; <see langword="null"/>: nobody knows.</param>
    /// <param name="seed">The fit's seed.</param>
    /// <param name="view">What changes the batches of the training, if anything; the program releases it.</param>
    public static DistillationProgram Of(
        FitModels models,
        IReadOnlyList<PlannedTerm> planned,
        DistillationSettings settings,
        DataTraits traits,
        Optimizer optimizer,
        long? samples,
        int seed,
        AugmentedView? view
    )
    {
        // The weights of adapters come from the fit's seed, and not from the common sequence, which a later model must not notice.
        using IDisposable own = RandomState.Using(seed);
        FeatureShapes[] features = [.. models.FeatureShapes.Select(f => f!)];
        var terms = new List<ObjectiveTerm>();
        Metric[] metrics = [.. settings.Metrics.Select(m => m.Clone())];
        try
        {
            ObjectiveTerm[][] groups =
            [
                .. Enumerable
                    .Range(0, models.Heads.Count)
                    .Append(-1)
                    .Select(head =>
                        planned
                            .Where(t => t.Head == head)
                            .Select(term =>
                            {
                                terms.Add(
                                    new ObjectiveTerm(
                                        term.Objective,
                                        term.Name,
                                        term.Weight,
                                        term.Shapes(models.Heads, [.. term.Own(features)], samples),
                                        DTypes.WideName(models.StudentLogits.Outputs[Math.Max(0, head)].DType),
                                        term.FirstFeature,
                                        [.. term.Objective.Features.Select(f => models.TeacherLayer(f.Teacher))],
                                        models.StudentLogits.Device
                                    )
                                );
                                return terms[^1];
                            })
                            .ToArray()
                    ),
            ];
            HeadNumbers[] numbers =
            [
                .. models.Heads.Select(
                    (h, i) =>
                        new HeadNumbers(h, metrics, [.. groups[i].Concat(groups[^1]).Select(t => t.Name)], models.StudentLogits.Device)
                ),
            ];
            return new DistillationProgram(models, planned, settings, traits, optimizer, groups, numbers, view);
        }
        catch
        {
            terms.ForEach(t => t.Release());
            Array.ForEach(metrics, m => m.Release());
            throw;
        }
    }

    /// <summary>
    /// Refuses labels that the losses or the metrics cannot take, and what the terms cannot that the data had not when they were planned.
    /// </summary>
    /// <param name="signals">What stands beside the inputs: of all samples, or of a batch.</param>
    /// <param name="hasIndices">Whether the samples have numbers.</param>
    public void Check(TransferSignals signals, bool hasIndices)
    {
        DataTraits traits = _traits.Of(signals, _settings) with { HasIndices = hasIndices };
        if (traits != _traits)
        {
            PairChecks.Throw([.. TermChecks.OfFit(_planned, _models.Heads, _settings, traits)]);
        }

        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < _numbers.Length; i++)
        {
            Head head = _models.Heads[i];
            Tensor? labels = head.IsSequence ? signals.Heads[i].Labels?.flatten(0, 1) : signals.Heads[i].Labels;
            Shape row = new((int?[])[null, _models.StudentLogits.Outputs[i].Shape[-1]]);
            if (labels is not null)
            {
                foreach (LossTerm term in _terms[i].Select(t => t.Objective).OfType<LossTerm>())
                {
                    term.CheckTargets(labels, row);
                }
            }

            _numbers[i].Expect(_models.Teacher is { Outputs.Count: > 0 }, labels is null ? null : Shape.FromSizes(labels.shape), row);
        }
    }

    /// <summary>Lets the objectives look at the teacher's signals on the training data.</summary>
    public void Prepare(BatchSource data, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _terms.Length; i++)
        {
            foreach (ObjectiveTerm term in _terms[i])
            {
                term.Prepare(TeacherSignals(data, i, cancellationToken));
            }
        }
    }

    public override void At(double epoch, int epochs) => (_epoch, _epochs) = (epoch, epochs);

    public override void TrainStep(Batch batch, CallContext context)
    {
        var given = (TransferBatch)batch;
        Minimize(Loss(_view?.Of(given, context) ?? given, context));
    }

    public override void TestStep(Batch batch, CallContext context) => Loss((TransferBatch)batch, context);

    private Tensor Loss(TransferBatch batch, CallContext context)
    {
        var left = new List<Tensor>();
        IReadOnlyList<Tensor> outputs = _models.StudentLogits.Invoke(batch.Inputs, context.WithLosses(left)).Widened();
        left.AddRange(Enumerable.Range(0, _numbers.Length).Select(i => _models.Penalty(i, outputs[i])).OfType<Tensor>());
        var common = new ObjectiveSignals
        {
            StudentFeatures = [.. outputs.Skip(_numbers.Length)],
            TeacherFeatures = TeacherFeatures(batch),
            SampleIndices = _needsIndices && context.Training ? batch.SampleIndices : null,
            Training = context.Training,
            Generator = context.Training ? context.Generator : null,
        };
        Tensor? total = null;
        for (int i = 0; i < _numbers.Length; i++)
        {
            total = Sum(total, HeadLoss(i, outputs[i], batch, common));
        }

        if (FeatureTerms.Length > 0)
        {
            total = Sum(total, FeatureLoss(outputs[0], batch, common));
        }

        // Where all schedules stand at 0, or only training-only terms have a weight, there is nothing to add up.
        total = WithPenalties(total, left, _regularized) ?? outputs[0].sum().Times(0);
        using IDisposable noGrad = no_grad();
        _total.Update(total, batch.Size);
        return total;
    }

    // The terms of an output, on its rows: samples, or tokens that are not masked.
    private Tensor? HeadLoss(int place, Tensor z, TransferBatch batch, ObjectiveSignals common)
    {
        Head head = _models.Heads[place];
        HeadSignals own = batch.Signals.Heads[place];
        Tensor? weights = batch.Signals.Weights;
        Tensor? classWeights = batch.Signals.ClassWeights;
        Tensor? share = null;
        if (head.IsSequence)
        {
            var tokens = TokenRows.Of(z, batch.Signals.Mask, _settings.Sequences);
            weights = weights?.dim() == 1 ? weights.unsqueeze(1).expand(z.shape[0], z.shape[1]) : weights;
            weights = weights is null ? null : tokens.Rows(weights);
            classWeights = classWeights is null ? null : tokens.Rows(classWeights);
            z = tokens.Rows(z);
            own = own.Map(tokens.Rows);
            share = tokens.Share;
        }

        var counts = new RowWeights(
            _settings.ClassWeightsOnLabelsOnly ? weights : Product(weights, classWeights),
            own.Known,
            _settings.ClassWeightsOnLabelsOnly ? classWeights : null,
            share,
            _settings.DividesByWeights
        );
        Tensor? total = TermsLoss(
            _terms[place],
            common with
            {
                StudentLogits = z,
                TeacherLogits = own.Logits,
                Labels = own.Labels,
                IsNumeric = head.IsNumeric,
            },
            counts,
            batch.Size
        );
        using IDisposable noGrad = no_grad();
        _numbers[place].Update(z, own);
        return total;
    }

    // The terms on features alone, which belong to no output: their weights follow the first one's certainty.
    private Tensor? FeatureLoss(Tensor z, TransferBatch batch, ObjectiveSignals common)
    {
        Tensor? weights = PerSample(batch.Signals.Weights);
        Tensor? classWeights = _settings.ClassWeightsOnLabelsOnly ? null : PerSample(batch.Signals.ClassWeights);
        ObjectiveSignals signals = common with
        {
            StudentLogits = z,
            TeacherLogits = batch.Signals.Heads[0].Logits,
            IsNumeric = _models.Heads[0].IsNumeric,
        };
        return TermsLoss(
            FeatureTerms,
            signals,
            new RowWeights(Product(weights, classWeights), DividesByWeights: _settings.DividesByWeights),
            batch.Size
        );

        // A sequence's features weigh what its tokens weigh on average.
        static Tensor? PerSample(Tensor? weights) => weights?.dim() == 2 ? weights.mean([1]) : weights;
    }

    private Tensor? TermsLoss(ObjectiveTerm[] terms, ObjectiveSignals signals, RowWeights weights, int samples)
    {
        Tensor? total = null;
        foreach (ObjectiveTerm term in terms)
        {
            total = Sum(total, term.Step(signals, weights, samples, _epoch, _epochs));
        }

        return total;
    }

    private static Tensor? Sum(Tensor? a, Tensor? b) =>
        a is null ? b
        : b is null ? a
        : a.Plus(b);

    private static Tensor? Product(Tensor? a, Tensor? b) =>
        a is null ? b
        : b is null ? a
        : a * b;

    private IReadOnlyList<Tensor> TeacherFeatures(TransferBatch batch)
    {
        if (batch.Signals.Features.Count > 0)
        {
            return batch.Signals.Features;
        }

        if (_models.Teacher is not Teacher teacher || _models.TeacherFeatures.Count == 0)
        {
            return [];
        }

        // A teacher may compute elsewhere.
        var question = new TeacherBatch(
            batch.Inputs,
            teacher.NeedsSampleIndices ? batch.SampleIndices : null,
            _models.TeacherFeatures,
            needsOutputs: false
        );
        return [.. teacher.Ask(question).Features.Widened().Select(Device.Moved)];
    }

    private IEnumerable<ObjectiveSignals> TeacherSignals(BatchSource data, int place, CancellationToken cancellationToken)
    {
        using IEnumerator<Batch> batches = data.Read(SourcePass.InOrder, 0).GetEnumerator();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            if (!batches.MoveNext())
            {
                yield break;
            }

            var batch = (TransferBatch)batches.Current.On(Device);
            yield return TeacherSignals(_view?.Plain(batch) ?? batch, place);
        }
    }

    // Not in the iterator: what follows between two batches may train something.
    private ObjectiveSignals TeacherSignals(TransferBatch batch, int place)
    {
        using IDisposable noGrad = no_grad();
        var common = new ObjectiveSignals { TeacherFeatures = TeacherFeatures(batch), SampleIndices = batch.SampleIndices };
        if (place == _numbers.Length)
        {
            return common;
        }

        HeadSignals own = batch.Signals.Heads[place];
        Tensor? labels =
            own.Labels is Tensor given && own.Known is Tensor known
                ? where(known.IsAbove(0), given, given.FilledLike(Labels.Missing))
                : own.Labels;
        return common with { TeacherLogits = own.Logits, Labels = labels, IsNumeric = _models.Heads[place].IsNumeric };
    }
}
