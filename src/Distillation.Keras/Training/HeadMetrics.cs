using Distillation.Keras.Metrics;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The user's metrics on labels and probabilities of an output.</summary>
/// <param name="head">The output.</param>
/// <param name="given">The metrics, owned from now on.</param>
/// <param name="terms">The names of the terms, which metrics do not take.</param>
/// <param name="device">Where they take batches in.</param>
internal sealed class HeadMetrics(Head head, Metric[] given, IEnumerable<string> terms, Device device)
{
    private Metric[] _metrics = [];
    private LabelForm[] _forms = [];

    // What a metric takes as labels.
    private enum LabelForm
    {
        AsGiven,
        Rows,
        Classes,
    }

    /// <summary>Chooses the metrics that short names stand for. The accuracy is reported anyway.</summary>
    public void Resolve(Shape labels, Shape output)
    {
        // Training and validation data have metrics in common.
        if (_metrics.Length > 0)
        {
            return;
        }

        if (head.IsNumeric && given.FirstOrDefault(m => !IsOfNumbers(m)) is Metric other)
        {
            throw new ArgumentException(
                $"The metric '{other.Name}' compares classes with their probabilities, but the "
                    + $"output{(head.Prefix.Length == 0 ? string.Empty : $" '{head.Name}'")} is numbers. Give a metric of a regression, "
                    + "such as WithMetrics(\"mae\"); teacher_correlation is reported anyway."
            );
        }

        _metrics =
        [
            .. given
                .Where(m => m is not DeferredMetric { Name: "accuracy" })
                .Select(m => MetricResolver.Resolve(m, labels, output).To(device)),
        ];
        _forms = Array.ConvertAll(_metrics, FormOf);
    }

    /// <summary>Takes in a batch.</summary>
    /// <param name="z">The student's logits.</param>
    /// <param name="labels">The labels as given.</param>
    /// <param name="classes">Their classes.</param>
    /// <param name="known">1 where there is a label and 0 elsewhere: such a row weighs nothing; or <see langword="null"/>.</param>
    public void Update(Tensor z, Tensor labels, Tensor classes, Tensor? known)
    {
        if (_metrics.Length == 0)
        {
            return;
        }

        Tensor probabilities =
            head.IsNumeric ? z
            : head.IsMultiLabel ? Activations.Sigmoid(z)
            : Activations.Softmax(z);
        for (int i = 0; i < _metrics.Length; i++)
        {
            Tensor form = _forms[i] switch
            {
                LabelForm.Classes => classes,
                LabelForm.Rows => head.IsNumeric || labels.dim() == 2
                    ? labels
                    : nn.functional.one_hot(labels, head.Classes).to(ScalarType.Float32),
                _ => labels,
            };
            _metrics[i].Take(form, probabilities, known);
        }
    }

    /// <summary>The names of the results.</summary>
    public IEnumerable<string> Names => Named().Select(m => m.Key);

    /// <summary>The results by name; a second one of a name gets a number.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Results() => Named().Select(m => KeyValuePair.Create(m.Key, m.Value.Read()));

    public bool? HigherIsBetter(string name) => Named().FirstOrDefault(m => m.Key == name).Value?.HigherIsBetter;

    public void Reset()
    {
        foreach (Metric metric in _metrics)
        {
            metric.ResetState();
        }
    }

    /// <summary>Their sums, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        for (int i = 0; i < _metrics.Length; i++)
        {
            _metrics[i].ExchangeState(state.In(Invariant($"{i}")));
        }
    }

    public void Release()
    {
        foreach (Metric metric in _metrics.Concat(given))
        {
            metric.Release();
        }
    }

    // Of Keras' metrics, those of a regression; others know best themselves.
    private static bool IsOfNumbers(Metric metric) =>
        metric
            is MeanSquaredError
                or RootMeanSquaredError
                or MeanAbsoluteError
                or MeanAbsolutePercentageError
                or MeanSquaredLogarithmicError
                or LogCoshError
                or CosineSimilarity
                or Poisson
                or Mean
                or Sum
        || metric.GetType() == typeof(MeanMetricWrapper)
        || metric.GetType().Assembly != typeof(Metric).Assembly;

    private IEnumerable<KeyValuePair<string, Metric>> Named()
    {
        var used = new HashSet<string>(terms, StringComparer.Ordinal)
        {
            "loss",
            "hard_loss",
            "soft_loss",
            "accuracy",
            "teacher_agreement",
            "teacher_correlation",
        };
        foreach (Metric metric in _metrics)
        {
            string name = metric.Name;
            for (int i = 1; !used.Add(name); i++)
            {
                name = Invariant($"{metric.Name}_{i}");
            }

            yield return KeyValuePair.Create(name, metric);
        }
    }

    // Keras' own metrics get labels in the form that they take, so that one-hot and integer labels work alike; functions get them as given.
    private static LabelForm FormOf(Metric metric) =>
        metric switch
        {
            SparseCategoricalAccuracy or Metrics.SparseCategoricalCrossentropy or SparseTopKCategoricalAccuracy => LabelForm.Classes,
            _ when metric.GetType() == typeof(MeanMetricWrapper) || metric.GetType().Assembly != typeof(Metric).Assembly =>
                LabelForm.AsGiven,
            _ => LabelForm.Rows,
        };
}
