using Distillation.Keras.Metrics;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <content>What is reported, and under which names.</content>
internal sealed partial class SupervisedProgram
{
    public override IEnumerable<KeyValuePair<string, Tensor>> Results()
    {
        IReadOnlyList<string> names = Model.Signature.OutputNames;
        Dictionary<string, Tensor> results = _reported
            .Where(r => !r.Value.IsEmpty)
            .ToDictionary(r => r.Key, r => r.Value.Result(), StringComparer.Ordinal);
        for (int i = 0; i < _perOutput.Length; i++)
        {
            if (_perOutput[i] is LossTracker tracker)
            {
                results[$"{names[i]}_loss"] = tracker.Result();
            }
        }

        foreach ((string name, Metric metric) in NamedMetrics())
        {
            if (!results.TryAdd(name, metric.Read()))
            {
                throw new ArgumentException(
                    $"A metric of '{Model.Name}' is named '{name}', as is one of its losses. Give the metric another name.",
                    nameof(name)
                );
            }
        }

        return results;
    }

    public override IEnumerable<string> Names =>
        NamedMetrics()
            .Select(m => m.Key)
            .Concat(_perOutput.Select((t, i) => t is null ? null : $"{Model.Signature.OutputNames[i]}_loss").OfType<string>())
            .Concat(_reported.Keys);

    public override bool? HigherIsBetter(string name)
    {
        foreach ((string known, Metric metric) in NamedMetrics())
        {
            if (known == name)
            {
                return metric.HigherIsBetter;
            }
        }

        bool isLoss =
            name == "loss"
            || Enumerable
                .Range(0, _perOutput.Length)
                .Any(i => _perOutput[i] is not null && name == $"{Model.Signature.OutputNames[i]}_loss");
        return isLoss ? false : null;
    }

    private IEnumerable<KeyValuePair<string, Metric>> NamedMetrics()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        return NamedMetrics(_metrics, string.Empty, counts).Concat(NamedMetrics(_weightedMetrics, "weighted_", counts));
    }

    // Keras' names: the output's before the metric's where there are several outputs, then "weighted_" or a number where a name is taken.
    private IEnumerable<KeyValuePair<string, Metric>> NamedMetrics(Metric[][] metrics, string taken, Dictionary<string, int> counts)
    {
        for (int i = 0; i < metrics.Length; i++)
        {
            string output = metrics.Length > 1 ? Model.Signature.OutputNames[i] + "_" : string.Empty;
            foreach (Metric metric in metrics[i])
            {
                string name = output + metric.Name;
                if (counts.ContainsKey(name) && taken.Length > 0)
                {
                    name = output + taken + metric.Name;
                }

                if (counts.TryGetValue(name, out int count))
                {
                    counts[name] = count + 1;
                    name = Invariant($"{name}_{count}");
                }
                else
                {
                    counts[name] = 1;
                }

                yield return KeyValuePair.Create(name, metric);
            }
        }
    }
}
