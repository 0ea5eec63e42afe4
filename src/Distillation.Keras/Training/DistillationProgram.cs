using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A step of a distillation: hard · CE(y, softmax(z)) + soft · T² · CE(softmax(v / T), softmax(z / T)) with the penalties of the student's weights.</summary>
internal sealed class DistillationProgram : TrainingProgram
{
    private readonly Model _logits;
    private readonly DistillationTerms _terms;
    private readonly bool _hasLabels;
    private readonly Metric[] _given;
    private readonly Variable[] _regularized;
    private readonly LossTracker _total = new();
    private readonly LossTracker _hard = new();
    private readonly LossTracker _soft = new();
    private readonly LossTracker _accuracy = new();
    private readonly LossTracker _agreement = new();
    private Metric[] _metrics = [];
    private MetricLabels[] _metricLabels = [];

    /// <summary>Makes the program.</summary>
    /// <param name="student">The model that callbacks see.</param>
    /// <param name="logits">The student without its softmax.</param>
    /// <param name="optimizer">What changes its weights.</param>
    /// <param name="terms">What the loss is made of.</param>
    /// <param name="hasLabels">Whether each batch has labels.</param>
    /// <param name="metrics">Further metrics, which the program owns from now on.</param>
    public DistillationProgram(Model student, Model logits, Optimizer optimizer, DistillationTerms terms, bool hasLabels, Metric[] metrics)
    {
        Model = student;
        Optimizer = optimizer;
        Variables = logits.TrainableWeights;
        _logits = logits;
        _terms = terms;
        _hasLabels = hasLabels;
        _given = metrics;
        _regularized = [.. logits.RegularizedWeights];
    }

    // What a metric takes as labels.
    private enum MetricLabels
    {
        AsGiven,
        Rows,
        Classes,
    }

    public override Model Model { get; }

    public override Optimizer Optimizer { get; }

    public override IReadOnlyList<Variable> Variables { get; }

    /// <summary>Refuses labels that the loss or the metrics cannot take, before the first step.</summary>
    public void Check(BatchSource data)
    {
        if (!_hasLabels)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Shape output = _logits.Outputs[0].Shape;
        Tensor labels = ForLoss(data.Targets[2]);
        _terms.HardLoss?.ValidateTargets(labels, output);


        // The accuracy is reported anyway.
        Metric[] asked = [.. _given.Where(m => m is not DeferredMetric { Name: "accuracy" })];
        _metrics = [.. asked.Select(m => MetricResolver.Resolve(m, Shape.FromSizes(data.Targets[2].shape), output))];
        _metricLabels = Array.ConvertAll(_metrics, LabelsOf);
    }

    public override Tensor Step(Batch batch, CallContext context)
    {
        Tensor z = _logits.Invoke(batch.X, context)[0];
        Tensor teacher = batch.Y[0];
        Tensor? weights = batch.Weights?[0];
        Tensor soft = Mean(SoftTargets.CrossEntropy(z, teacher, _terms.Temperature), weights);
        Tensor? hard = _hasLabels ? Hard(z, batch.Y[2], weights) : null;

        // A term without weight is only reported: even an infinite one adds nothing.
        Tensor? softPart = _terms.SoftWeight == 0 ? null : soft * _terms.SoftWeight;
        Tensor? hardPart = hard is null || _terms.HardWeight == 0 ? null : hard * _terms.HardWeight;
        Tensor total = softPart is null ? hardPart! : hardPart is null ? softPart : softPart + hardPart;
        foreach (Variable variable in _regularized)
        {
            total += variable.Regularizer!.Call(variable.Value);
        }

        using IDisposable noGrad = no_grad();
        Track(batch, z, total, hard, soft);
        return total;
    }

    public override void Reset()
    {
        using IDisposable noGrad = no_grad();
        foreach (LossTracker tracker in Trackers)
        {
            tracker.Reset();
        }

        foreach (Metric metric in _metrics)
        {
            metric.ResetState();
        }
    }

    public override IEnumerable<KeyValuePair<string, Tensor>> Results()
    {
        var results = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["loss"] = _total.Result(),
            ["soft_loss"] = _soft.Result(),
            ["teacher_agreement"] = _agreement.Result(),
        };
        if (_hasLabels)
        {
            results["hard_loss"] = _hard.Result();
            results["accuracy"] = _accuracy.Result();
        }

        foreach (Metric metric in _metrics)
        {
            string name = metric.Name;
            for (int i = 1; results.ContainsKey(name); i++)
            {
                name = $"{metric.Name}_{i}";
            }

            results[name] = metric.Result();
        }

        return results;
    }

    public override bool? HigherIsBetter(string name) => name switch
    {
        "loss" or "soft_loss" or "hard_loss" => false,
        "accuracy" or "teacher_agreement" => true,
        _ => Array.Find(_metrics, m => m.Name == name)?.HigherIsBetter,
    };

    /// <summary>Frees the sums.</summary>
    public void Release()
    {
        foreach (LossTracker tracker in Trackers)
        {
            tracker.Release();
        }

        foreach (Metric metric in _metrics.Concat(_given))
        {
            metric.Release();
        }
    }

    private LossTracker[] Trackers => [_total, _hard, _soft, _accuracy, _agreement];

    private void Track(Batch batch, Tensor z, Tensor total, Tensor? hard, Tensor soft)
    {
        _total.Update(total, batch.Size);
        _soft.Update(soft, batch.Size);
        Tensor classes = z.argmax(-1);
        _agreement.Update(classes.eq(batch.Y[1]).to(ScalarType.Float32).mean(), batch.Size);
        if (hard is null)
        {
            return;
        }

        _hard.Update(hard, batch.Size);
        _accuracy.Update(classes.eq(batch.Y[3]).to(ScalarType.Float32).mean(), batch.Size);
        if (_metrics.Length > 0)
        {
            Tensor probabilities = Activations.Softmax(z);
            for (int i = 0; i < _metrics.Length; i++)
            {
                Tensor labels = _metricLabels[i] switch
                {
                    MetricLabels.Classes => batch.Y[3],
                    MetricLabels.Rows => Rows(batch.Y[2]),
                    _ => batch.Y[2],
                };
                _metrics[i].UpdateState(labels, probabilities);
            }
        }
    }

    // Keras' own metrics get labels in the form that they take, so that one-hot and integer labels work alike; functions get them as given.
    private static MetricLabels LabelsOf(Metric metric) => metric switch
    {
        SparseCategoricalAccuracy or Metrics.SparseCategoricalCrossentropy or SparseTopKCategoricalAccuracy => MetricLabels.Classes,
        _ when metric.GetType() == typeof(MeanMetricWrapper) || metric.GetType().Assembly != typeof(Metric).Assembly => MetricLabels.AsGiven,
        _ => MetricLabels.Rows,
    };

    private Tensor Hard(Tensor z, Tensor labels, Tensor? weights)
    {
        if (_terms.HardLoss is Loss loss)
        {
            // softmax remembers its logits, so that a crossentropy stays stable; the loss must find them in its own type.
            return loss.Compute(ForLoss(labels), Activations.Softmax(LossShapes.InType(z, loss.DType.ScalarType)), weights);
        }

        Tensor values = labels.dim() == 1
            ? nn.functional.cross_entropy(z, labels, reduction: nn.Reduction.None)
            : (labels.to(z.dtype) * nn.functional.log_softmax(z, -1)).sum(-1).neg();
        return Mean(values, weights);
    }

    // A loss on rows takes rows; only the sparse one takes integers.
    private Tensor ForLoss(Tensor labels) => _terms.HardLoss is Losses.SparseCategoricalCrossentropy ? labels : Rows(labels);

    private Tensor Rows(Tensor labels) => labels.dim() == 2
        ? labels
        : nn.functional.one_hot(labels, _logits.Outputs[0].Shape.Known(-1, "Distillation")).to(ScalarType.Float32);

    // As Keras' sum_over_batch_size: weighted values divided by their number.
    private static Tensor Mean(Tensor values, Tensor? weights) => weights is null ? values.mean() : (values * weights).mean();
}
