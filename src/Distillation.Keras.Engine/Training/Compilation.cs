using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Training;

/// <summary>What <c>Compile</c> was given. Strings that depend on shapes are resolved when the first targets are seen.</summary>
internal sealed record Compilation(
    Optimizer Optimizer, LossSpec? Loss, LossWeights? LossWeights, MetricList? Metrics, MetricList? WeightedMetrics, int StepsPerExecution)
{
    /// <summary>One loss for each output (<see langword="null"/>: none), for targets of these shapes.</summary>
    /// <exception cref="ArgumentException">The number or the names of the losses do not fit.</exception>
    public Loss?[] Losses(Model model, IReadOnlyList<Shape> targets)
    {
        if (Loss is null)
        {
            throw new InvalidOperationException($"'{model.Name}' was compiled without a loss, so there is nothing to compute. Call Compile(..., loss: ...).");
        }

        object?[] items = Loss.IsList ? ByOutput(model, Loss.Items, Loss.Names, "loss") : [.. model.Outputs.Select(_ => Loss.Items[0])];
        return [.. items.Select((item, i) => item switch
        {
            null => null,
            Loss loss => loss,
            string name => LossResolver.Resolve(name, targets[i], model.Outputs[i].Shape),
            _ => throw new InvalidOperationException(),
        })];
    }

    /// <summary>The weight of each output's loss.</summary>
    public double[] Weights(Model model)
    {
        if (LossWeights is null)
        {
            return [.. model.Outputs.Select(_ => 1.0)];
        }

        return [.. ByOutput(model, [.. LossWeights.Values.Cast<object?>()], LossWeights.Names, "loss_weights").Select(w => w is double d ? d : 1.0)];
    }

    /// <summary>The metrics of each output, resolved for targets of these shapes.</summary>
    public static Metric[][] Resolve(Model model, MetricList? list, IReadOnlyList<Shape> targets, string argument)
    {
        if (list is null || list.Groups.Length == 0)
        {
            return [.. model.Outputs.Select(_ => Array.Empty<Metric>())];
        }

        bool flat = list.Names is null && !Array.Exists(list.Groups, g => g.IsList);
        if (flat && model.Outputs.Count > 1 && list.Groups.Length != model.Outputs.Count)
        {
            throw new ArgumentException(
                $"'{model.Name}' has {model.Outputs.Count} outputs, so {argument} is a list with one list for each output, or a dictionary by the outputs' names ({string.Join(", ", model.OutputNames)}), but got {list.Groups.Length} metrics.", argument);
        }

        IEnumerable<Metric>[] groups = flat && model.Outputs.Count == 1
            ? [list.Groups.SelectMany(g => g)]
            : [.. ByOutput(model, list.Groups, list.Names, argument).Select(g => (IEnumerable<Metric>?)(g as MetricGroup) ?? [])];
        var made = new List<Metric>();
        try
        {
            return [.. groups.Select((g, i) => g.Select(m => Made(MetricResolver.Resolve(m, targets[i], model.Outputs[i].Shape))).ToArray())];
        }
        catch
        {
            made.ForEach(m => m.Release());
            throw;
        }

        Metric Made(Metric metric)
        {
            made.Add(metric);
            return metric;
        }
    }

    /// <summary>The arguments as Keras writes them into a model's JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["optimizer"] = KerasSerializer.Serialize(Optimizer),
        ["loss"] = Loss is null ? null : Written(Loss.Items, Loss.IsList, Loss.Names, l => l is Loss loss ? KerasSerializer.Serialize(loss) : JsonValue.Create(l as string)),
        ["loss_weights"] = LossWeights is null ? null : Written([.. LossWeights.Values.Cast<object?>()], true, LossWeights.Names, w => JsonValue.Create((double)w!)),
        ["metrics"] = Written(Metrics),
        ["weighted_metrics"] = Written(WeightedMetrics),
        ["run_eagerly"] = false,
        ["steps_per_execution"] = StepsPerExecution,
        ["jit_compile"] = false,
    };

    private static JsonNode? Written(MetricList? list) => list is null
        ? null
        : Written(list.Groups, true, list.Names, g =>
        {
            if (ReferenceEquals(g, MetricGroup.None))
            {
                return null;
            }

            JsonNode?[] metrics = [.. ((MetricGroup)g!).Select(m => m.Identifier is string name ? JsonValue.Create(name) : (JsonNode)KerasSerializer.Serialize(m))];
            return ((MetricGroup)g!).IsList ? new JsonArray(metrics) : metrics[0];
        });

    private static JsonNode? Written(object?[] items, bool isList, string[]? names, Func<object?, JsonNode?> write) =>
        names is not null ? new JsonObject(names.Select((n, i) => KeyValuePair.Create(n, write(items[i]))))
        : isList ? new JsonArray([.. items.Select(write)])
        : write(items[0]);

    private static object?[] ByOutput(Model model, object?[] items, string[]? names, string argument)
    {
        IReadOnlyList<string> outputs = model.OutputNames;
        if (names is null)
        {
            return items.Length == outputs.Count
                ? items
                : throw new ArgumentException($"'{model.Name}' has {outputs.Count} outputs ({string.Join(", ", outputs)}), but {argument} has {items.Length} entries.", argument);
        }

        string[] unknown = [.. names.Except(outputs)];
        return unknown.Length == 0
            ? [.. outputs.Select(o => Array.IndexOf(names, o) is var i && i >= 0 ? items[i] : null)]
            : throw new ArgumentException($"{argument} names {string.Join(", ", unknown.Select(u => $"'{u}'"))}, but the outputs of '{model.Name}' are {string.Join(", ", outputs)}.", argument);
    }
}
