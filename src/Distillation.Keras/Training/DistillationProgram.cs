using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using Distillation.Keras.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A step of a distillation: the terms of each output and those on features alone, with the penalties of the student's weights.</summary>
internal sealed class DistillationProgram : TrainingProgram
{
    private readonly Model _logits;
    private readonly Teacher? _teacher;
    private readonly IReadOnlyList<LayerReference> _teacherFeatures;
    private readonly HeadProgram[] _heads;
    private readonly FeatureProgram _features;
    private readonly bool _classWeightsOnLabelsOnly;
    private readonly bool _needsIndices;
    private readonly Variable[] _regularized;
    private readonly LossTracker _total;
    private FitMoment _at;

    /// <summary>Makes the program.</summary>
    /// <param name="student">The model that callbacks see.</param>
    /// <param name="logits">The student with its logits and features as outputs.</param>
    /// <param name="teacher">The teacher, for batches that do not carry its features.</param>
    /// <param name="teacherFeatures">The features that are asked of it.</param>
    /// <param name="optimizer">What changes the weights.</param>
    /// <param name="heads">The outputs.</param>
    /// <param name="features">The terms on features alone.</param>
    /// <param name="classWeightsOnLabelsOnly">Whether class weights weigh the loss on the labels alone.</param>
    public DistillationProgram(Model student, Model logits, Teacher? teacher, IReadOnlyList<LayerReference> teacherFeatures, Optimizer optimizer, HeadProgram[] heads, FeatureProgram features, bool classWeightsOnLabelsOnly)
        : base(logits.Device)
    {
        _total = new LossTracker(Device);
        Model = student;
        Optimizer = optimizer;
        _logits = logits;
        _teacher = teacher;
        _teacherFeatures = teacherFeatures;
        _heads = heads;
        _features = features;
        _classWeightsOnLabelsOnly = classWeightsOnLabelsOnly;
        _regularized = [.. logits.RegularizedWeights];
        Variables = [.. logits.TrainableWeights, .. Terms.SelectMany(t => t.Variables).Where(v => v.Trainable)];
        _needsIndices = Terms.Any(t => t.Objective.Needs.HasFlag(ObjectiveNeeds.SampleIndices));
        _at = new FitMoment(0, 1, classWeightsOnLabelsOnly);
    }

    public override Model Model { get; }

    public override Optimizer Optimizer { get; }

    public override IReadOnlyList<Variable> Variables { get; }

    private IEnumerable<ObjectiveTerm> Terms => _heads.SelectMany(h => h.Terms).Concat(_features.Terms);

    /// <summary>Refuses labels that the loss or the metrics cannot take.</summary>
    public void Check(TransferBatches data)
    {
        for (int i = 0; i < _heads.Length; i++)
        {
            _heads[i].Check(data.Signals.Heads[i], _logits.Outputs[i].Shape);
        }
    }

    /// <summary>Lets the objectives look at the teacher's signals on the training data.</summary>
    public void Prepare(TransferBatches data, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _heads.Length; i++)
        {
            int head = i;
            foreach (ObjectiveTerm term in _heads[i].Terms)
            {
                term.Prepare(() => TeacherSignals(data, head, cancellationToken));
            }
        }

        foreach (ObjectiveTerm term in _features.Terms)
        {
            term.Prepare(() => TeacherSignals(data, null, cancellationToken));
        }
    }

    public override void At(double epoch, int epochs) => _at = new FitMoment(epoch, epochs, _classWeightsOnLabelsOnly);

    public override void TrainStep(Batch batch, CallContext context) => Minimize(Loss((TransferBatch)batch, context));

    public override void TestStep(Batch batch, CallContext context) => Loss((TransferBatch)batch, context);

    private Tensor Loss(TransferBatch batch, CallContext context)
    {
        IReadOnlyList<Tensor> outputs = _logits.Invoke(batch.Inputs, context).Widened();
        var common = new ObjectiveSignals
        {
            StudentFeatures = [.. outputs.Skip(_heads.Length)],
            TeacherFeatures = TeacherFeatures(batch),
            Training = context.Training,
            Generator = context.Training ? context.Generator : null,
        };
        if (_needsIndices && context.Training)
        {
            common = common.WithIndices(batch.SampleIndices!);
        }

        Tensor? total = null;
        for (int i = 0; i < _heads.Length; i++)
        {
            total = Sum(total, _heads[i].Step(batch.Signals, i, outputs[i], common, _at));
        }

        total = Sum(total, _features.Step(batch.Signals, batch.Size, common.WithLogits(outputs[0], batch.Signals.Heads[0].Logits, null, _heads[0].Head.IsNumeric), _at));
        foreach (Variable variable in _regularized)
        {
            total = Sum(total, variable.Regularizer!.Call(variable.Value));
        }

        // Where all schedules stand at 0, or only training-only terms have a weight, there is nothing to add up.
        total ??= outputs[0].sum().Times(0);
        using IDisposable noGrad = no_grad();
        _total.Update(total, batch.Size);
        return total;
    }

    // Those of the objectives are exchanged with them.
    protected override IEnumerable<Variable> FurtherVariables => _logits.TrainableWeights.Except(Model.Weights);

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        _total.Exchange(state.In("total"));
        _features.Exchange(state.In("features"));
        for (int i = 0; i < _heads.Length; i++)
        {
            _heads[i].Exchange(state.In(Invariant($"heads/{i}")));
        }

        int place = 0;
        foreach (ObjectiveTerm term in Terms)
        {
            term.Exchange(state.In(Invariant($"objectives/{place++}")));
        }
    }

    public override void Reset()
    {
        using IDisposable noGrad = no_grad();
        _total.Reset();
        _features.Reset();
        foreach (HeadProgram head in _heads)
        {
            head.Reset();
        }
    }

    public override IEnumerable<KeyValuePair<string, Tensor>> Results() =>
        _heads.SelectMany(h => h.Results()).Concat(_features.Results()).Prepend(KeyValuePair.Create("loss", _total.Result()));

    public override IEnumerable<string> Names => _heads.SelectMany(h => h.Names).Concat(_features.Terms.Select(t => t.Name)).Append("loss");

    public override bool? HigherIsBetter(string name) => name == "loss" || _features.Terms.Any(t => t.Name == name)
        ? false
        : _heads.Select(h => h.HigherIsBetter(name)).FirstOrDefault(b => b is not null);

    /// <summary>Frees the sums and what the terms have made.</summary>
    public void Release()
    {
        _total.Release();
        _features.Release();
        foreach (HeadProgram head in _heads)
        {
            head.Release();
        }
    }

    private static Tensor? Sum(Tensor? a, Tensor? b) => a is null ? b : b is null ? a : a.Plus(b);

    private IReadOnlyList<Tensor> TeacherFeatures(TransferBatch batch)
    {
        if (batch.Signals.Features.Count > 0)
        {
            return batch.Signals.Features;
        }

        if (_teacher is null || _teacherFeatures.Count == 0)
        {
            return [];
        }

        // A teacher may compute elsewhere.
        TeacherSignals answer = _teacher.Ask(new TeacherBatch(batch.Inputs, _teacher.NeedsSampleIndices ? batch.SampleIndices : null, _teacherFeatures, needsOutputs: false));
        return [.. answer.Features.Widened().Select(Device.Moved)];
    }

    private IEnumerable<ObjectiveSignals> TeacherSignals(TransferBatches data, int? head, CancellationToken cancellationToken)
    {
        for (int step = 0; step < data.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            yield return TeacherSignals((TransferBatch)data.Get(step).On(Device), head);
        }
    }

    // Not in the iterator: what follows between two batches may train something.
    private ObjectiveSignals TeacherSignals(TransferBatch batch, int? head)
    {
        using IDisposable noGrad = no_grad();
        var common = new ObjectiveSignals { TeacherFeatures = TeacherFeatures(batch), SampleIndices = batch.SampleIndices! };
        if (head is not int place)
        {
            return common;
        }

        HeadSignals own = batch.Signals.Heads[place];
        Tensor? labels = own.Labels;
        if (labels is not null && own.Known is Tensor known)
        {
            labels = where(known.IsAbove(0), labels, labels.FilledLike(Labels.Missing));
        }

        return common.WithLogits(null, own.Logits, labels, _heads[place].Head.IsNumeric);
    }
}
