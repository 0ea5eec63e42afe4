using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// A step of <c>Fit</c>: the compiled losses of the outputs, weighted and summed, with the penalties of what layers compute and of the
/// weights, and the compiled metrics.
/// </summary>
/// <remarks>Source: <c>keras/src/trainers/trainer.py</c>, <c>compile_utils.py</c>.</remarks>
internal sealed partial class SupervisedProgram : TrainingProgram
{
    private readonly Loss?[] _losses;
    private readonly double[] _weights;
    private readonly int?[] _labelColumns;
    private readonly Metric[][] _metrics;
    private readonly Metric[][] _weightedMetrics;
    private readonly SortedDictionary<string, LossTracker> _reported = new(StringComparer.Ordinal);
    private readonly LossTracker?[] _perOutput;
    private readonly Variable[] _regularized;
    private readonly string _form;

    /// <inheritdoc cref="SupervisedProgram" path="/summary"/>
    /// <param name="model">What to train or evaluate.</param>
    /// <param name="compilation">What <c>Compile</c> was given.</param>
    /// <param name="targets">Targets, for their shapes.</param>
    /// <param name="form">What the metrics depend on, in words to compare.</param>
    public SupervisedProgram(Model model, Compilation compilation, IReadOnlyList<Tensor> targets, string form)
        : base(model.Device)
    {
        Model = model;
        Compilation = compilation;
        _form = form;
        Optimizer = compilation.Optimizer;
        Variables = model.TrainableWeights;
        Shape[] shapes = [.. targets.Select(t => Shape.FromSizes(t.shape))];
        _losses =
            compilation.Loss is null && model.HasOwnStep ? new Loss?[model.Signature.Outputs.Count] : compilation.Losses(model, shapes);
        _weights = compilation.Weights(model);
        _regularized = [.. model.RegularizedWeights];
        RefuseUnreduced();
        Check(targets);

        _labelColumns = [.. _losses.Select((l, i) => l?.LabelColumns(shapes[i], model.Signature.Outputs[i].Shape))];

        // What has tensors comes last: nothing may be left behind by a refusal.
        _metrics = Compilation.Resolve(model, compilation.Metrics, shapes, _labelColumns, "metrics");
        try
        {
            _weightedMetrics = Compilation.Resolve(model, compilation.WeightedMetrics, shapes, _labelColumns, "weighted_metrics");
        }
        catch
        {
            Array.ForEach(_metrics, g => Array.ForEach(g, m => m.Release()));
            throw;
        }

        foreach (Metric metric in AllMetrics)
        {
            metric.To(Device);
        }

        // What every step reports; one of a model's own may do so or not.
        if (!model.HasOwnStep)
        {
            _reported["loss"] = new LossTracker(Device);
        }

        // Where one output only has a loss, it is the total, and Keras reports it once.
        bool several = _losses.Count(l => l is not null) > 1;
        _perOutput = [.. _losses.Select(l => l is not null && several ? new LossTracker(Device) : null)];
    }

    public override Model Model { get; }

    /// <summary>What <c>Compile</c> was given.</summary>
    public Compilation Compilation { get; }

    public override Optimizer Optimizer { get; }

    public override IReadOnlyList<Variable> Variables { get; }

    /// <summary>Whether it is what the model would make now for targets of that form.</summary>
    public bool Serves(Compilation compilation, string form) =>
        ReferenceEquals(Compilation, compilation)
        && _form == form
        && Device == Model.Device
        && Variables.SequenceEqual(Model.TrainableWeights);

    /// <summary>Refuses targets that the losses cannot take.</summary>
    public void Check(IReadOnlyList<Tensor> targets)
    {
        for (int i = 0; i < _losses.Length; i++)
        {
            _losses[i]?.ValidateTargets(targets[i], Model.Signature.Outputs[i].Shape);
        }
    }

    public override void TrainStep(Batch batch, CallContext context)
    {
        try
        {
            Model.TrainStep(batch, new StepContext(this, context));
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(nameof(TrainStep), batch, e);
        }
    }

    public override void TestStep(Batch batch, CallContext context)
    {
        try
        {
            Model.TestStep(batch, new StepContext(this, context));
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(nameof(TestStep), batch, e);
        }
    }

    /// <summary>What the layers have left in a call, and the penalties of the weights.</summary>
    public IReadOnlyList<Tensor> Penalties(IEnumerable<Tensor> left) => [.. left, .. _regularized.Select(v => v.Penalty())];

    /// <summary>The weighted sum of the compiled losses, with the penalties of what layers compute and of the weights.</summary>
    /// <param name="batch">Targets and weights.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="mask">The mask of an output.</param>
    /// <param name="left">What the layers have left in the call.</param>
    public Tensor Loss(Batch batch, IReadOnlyList<Tensor> outputs, Func<int, Tensor?> mask, IEnumerable<Tensor> left)
    {
        RefuseOtherOutputs(outputs);
        Tensor? total = null;
        for (int i = 0; i < outputs.Count; i++)
        {
            if (_losses[i] is not Loss loss)
            {
                continue;
            }

            Tensor value = loss.Call(batch.Targets[i], outputs[i], batch.Weights?[i], mask(i));

            // As the total: a mean over samples. Keras counts every batch alike here, so that a value depends on the size of the batches.
            _perOutput[i]?.Update(value, batch.Size);
            Tensor weighted = _weights[i] == 1 ? value : value.Times(_weights[i]);
            total = total is null ? weighted : total.Plus(weighted);
        }

        return WithPenalties(total, left, _regularized)
            ?? throw new InvalidOperationException($"None of the outputs of '{Model.Name}' has a loss, so there is nothing to compute.");
    }

    /// <summary>Takes a batch into the compiled metrics. To be called without gradient recording.</summary>
    /// <param name="batch">Targets and weights.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="mask">The mask of an output.</param>
    public void UpdateMetrics(Batch batch, IReadOnlyList<Tensor> outputs, Func<int, Tensor?> mask)
    {
        RefuseOtherOutputs(outputs);
        for (int i = 0; i < outputs.Count; i++)
        {
            Tensor? counts = mask(i);
            foreach (Metric metric in _metrics[i])
            {
                Update(metric, i, batch.Targets[i], outputs[i], null, counts);
            }

            foreach (Metric metric in _weightedMetrics[i])
            {
                Update(metric, i, batch.Targets[i], outputs[i], batch.Weights?[i], counts);
            }
        }
    }

    /// <summary>Takes in a number that is reported by its mean. To be called without gradient recording.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Report(string name, Tensor value, int size)
    {
        if (!_reported.TryGetValue(name, out LossTracker? tracker))
        {
            if (Names.Contains(name))
            {
                throw new ArgumentException(
                    $"A step of '{Model.Name}' reports '{name}', which is the name of one of its compiled metrics or losses. Report it "
                        + "under another one.",
                    nameof(name)
                );
            }

            _reported[name] = tracker = new LossTracker(Device);
        }

        tracker.Update(value, size);
    }

    /// <summary>Changes the trained weights along the gradients of a loss.</summary>
    public void Change(Tensor loss) => Minimize(loss);

    /// <summary>Changes some weights by an optimizer of their own.</summary>
    public void Change(Tensor loss, Optimizer optimizer, IReadOnlyList<Variable> variables) =>
        Minimize(loss, optimizer, variables, [.. variables.Select(v => v.Value)]);

    public override void Reset()
    {
        using IDisposable noGrad = no_grad();
        foreach (LossTracker tracker in Trackers)
        {
            tracker.Reset();
        }

        foreach (Metric metric in AllMetrics)
        {
            metric.ResetState();
        }
    }

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        ExchangeReported(state.In("reported"));
        for (int i = 0; i < _perOutput.Length; i++)
        {
            _perOutput[i]?.Exchange(state.In(Invariant($"losses/{i}")));
        }

        int place = 0;
        foreach (Metric metric in AllMetrics)
        {
            metric.ExchangeState(state.In(Invariant($"metrics/{place++}")));
        }
    }

    /// <summary>Frees the sums.</summary>
    public void Release()
    {
        foreach (LossTracker tracker in Trackers)
        {
            tracker.Release();
        }

        foreach (Metric metric in AllMetrics)
        {
            metric.Release();
        }
    }

    // What the loss takes beside the labels is none of a metric on labels.
    private void Update(Metric metric, int output, Tensor y, Tensor prediction, Tensor? weights, Tensor? mask)
    {
        bool part = metric.TakesLabelsAlone && _labelColumns[output] is not null;
        int columns = _labelColumns[output] ?? 0;
        metric.Take(part ? y.narrow(-1, 0, columns) : y, part ? prediction.narrow(-1, 0, columns) : prediction, weights, mask);
    }

    // A step of a model's own reports what it likes, so that a fit which begins does not know the names yet.
    private void ExchangeReported(StateExchange state)
    {
        foreach (string name in state.Texts("names", [.. _reported.Keys]))
        {
            if (!_reported.TryGetValue(name, out LossTracker? tracker))
            {
                _reported[name] = tracker = new LossTracker(Device);
            }

            tracker.Exchange(state.In($"sums/{name}"));
        }
    }

    // What no layer, loss or metric has put into words: code of a model's own step.
    private Exception Failed(string step, Batch batch, Exception e) =>
        NativeFailure.Of(
            e,
            $"{step} of the model '{Model.Name}' ({Model.ClassName})",
            "Look at what it computes between its layers and losses.",
            areArguments: false,
            [
                .. batch.Inputs.Select((t, i) => (Invariant($"input {i}"), (Tensor?)t)),
                .. batch.Targets.Select((t, i) => (Invariant($"target {i}"), (Tensor?)t)),
            ]
        );

    private void RefuseOtherOutputs(IReadOnlyList<Tensor> outputs)
    {
        if (outputs.Count != _losses.Length)
        {
            throw new ArgumentException(
                Invariant(
                    $"The compiled losses and metrics of '{Model.Name}' are for its {_losses.Length} outputs, but got {outputs.Count} "
                        + $"tensors. Give what step.Forward(batch) gave, or as many."
                ),
                nameof(outputs)
            );
        }
    }

    private void RefuseUnreduced()
    {
        for (int i = 0; i < _losses.Length; i++)
        {
            if (_losses[i]?.Reduction == "none")
            {
                throw new ArgumentException(
                    $"Training needs one number a batch, but the loss of the output '{Model.Signature.OutputNames[i]}' of '{Model.Name}' "
                        + "has the reduction \"none\". Use \"sum_over_batch_size\" or \"sum\".",
                    "loss"
                );
            }
        }
    }

    private IEnumerable<LossTracker> Trackers => _reported.Values.Concat(_perOutput.OfType<LossTracker>());

    private IEnumerable<Metric> AllMetrics => _metrics.Concat(_weightedMetrics).SelectMany(m => m);
}
