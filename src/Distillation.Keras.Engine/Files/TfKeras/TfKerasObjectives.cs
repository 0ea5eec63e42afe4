using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>
/// The losses and metrics of a model in the form of tf.keras 2.15, which takes the names of metrics from the file as they are: with that
/// of the output in front where there are several.
/// </summary>
/// <param name="losses">The losses in the form of Keras 3.</param>
/// <param name="outputs">The outputs of the model.</param>
internal sealed class TfKerasObjectives(JsonNode? losses, IReadOnlyList<ModelPort> outputs)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The losses.</summary>
    public JsonNode? Losses() => EachLoss(losses);

    /// <summary>Metrics, which are weighted or not.</summary>
    public JsonNode? Metrics(JsonNode? metrics, bool areWeighted)
    {
        if (metrics is null)
        {
            return null;
        }

        if (outputs.Count <= 1)
        {
            return metrics switch
            {
                JsonObject o when !o.ContainsKey("class_name") => new JsonObject(
                    o.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Group(p.Value, 0, areWeighted)))
                ),
                JsonArray nested when nested.Any(n => n is JsonArray) => new JsonArray([.. nested.Select(n => Group(n, 0, areWeighted))]),
                _ => Group(metrics, 0, areWeighted),
            };
        }

        return metrics switch
        {
            JsonObject o when !o.ContainsKey("class_name") => new JsonObject(
                o.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Group(p.Value, Place(p.Key), areWeighted)))
            ),
            JsonArray list => new JsonArray([.. list.Select((n, i) => Group(n, i, areWeighted))]),
            _ => Group(metrics, 0, areWeighted),
        };
    }

    private int Place(string output) => Math.Max(0, outputs.Select(o => o.Name).ToList().IndexOf(output));

    private JsonArray Group(JsonNode? group, int output, bool areWeighted) =>
        group switch
        {
            null => [],
            JsonArray list => new JsonArray([.. list.Select(n => n is null ? null : Metric(n, output, areWeighted))]),
            _ => new JsonArray(Metric(group, output, areWeighted)),
        };

    private JsonNode Metric(JsonNode node, int output, bool isWeighted)
    {
        string prefix = outputs.Count > 1 ? outputs[output].Name + "_" : string.Empty;
        if (LegacyConfig.Text(node) is not string name)
        {
            return Named(Object("metric", (JsonObject)node), prefix, isWeighted);
        }

        bool isDeferred = name is "accuracy" or "acc" or "crossentropy" or "ce";
        if (isDeferred && prefix.Length == 0 && _taken.Add(name))
        {
            // What it is, tf.keras 2 says by the shapes, as Keras 3 does.
            return name;
        }

        if (!isDeferred && !TfKerasNames.MetricFunctions.Contains(name))
        {
            JsonObject made = Object("metric", (JsonObject)KerasSerializer.Serialize(KerasClasses.FromIdentifier(name, typeof(Metric))));
            made["config"]!["name"] = name;
            return Named(made, prefix, isWeighted);
        }

        var wrapper = new JsonObject
        {
            ["class_name"] = "MeanMetricWrapper",
            ["config"] = new JsonObject
            {
                ["name"] = name,
                ["dtype"] = "float32",
                ["fn"] = isDeferred ? Chosen(name, output) : name,
            },
        };
        return Named(wrapper, prefix, isWeighted);
    }

    // By the loss and the size of the output, from which the form of the targets follows.
    private string Chosen(string name, int output)
    {
        string loss = NameOf(LossOf(output));
        string form =
            loss.Contains("sparse", StringComparison.OrdinalIgnoreCase) ? "sparse_categorical"
            : output < outputs.Count && outputs[output].Shape is { Rank: > 0 } shape && shape[^1] == 1 ? "binary"
            : "categorical";
        return name is "accuracy" or "acc" ? $"{form}_accuracy" : $"{form}_crossentropy";
    }

    private JsonNode? LossOf(int output) =>
        losses switch
        {
            JsonArray list => output < list.Count ? list[output] : null,
            JsonObject o when !o.ContainsKey("class_name") => o[outputs[output].Name],
            _ => losses,
        };

    private JsonObject Named(JsonObject metric, string prefix, bool isWeighted)
    {
        var config = (JsonObject)metric["config"]!;
        string name = LegacyConfig.Text(config["name"]) ?? NameOf(metric);
        string full = prefix + name;
        if (!_taken.Add(full) && isWeighted)
        {
            full = $"{prefix}weighted_{name}";
        }

        config["name"] = full;
        return metric;
    }

    private static JsonNode? EachLoss(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonArray list => new JsonArray([.. list.Select(EachLoss)]),
            JsonObject o when !o.ContainsKey("class_name") => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, EachLoss(p.Value)))),
            _ => Loss(node),
        };

    private static JsonNode Loss(JsonNode node)
    {
        if (LegacyConfig.Text(node) is string name)
        {
            return TfKerasNames.LossFunctions.Contains(name) ? name
                : LossResolver.IsDeferred(name) ? throw TfKerasObjects.Missing("loss", name)
                : Loss(KerasSerializer.Serialize(Keras.Losses.Loss.Get(name)!));
        }

        JsonObject made = Object("loss", (JsonObject)node);
        var config = (JsonObject)made["config"]!;

        // A loss has no type of its own there.
        Drop(config, "dtype", "\"float32\"");
        if (NameOf(made) == "SparseCategoricalCrossentropy")
        {
            Drop(config, "axis", "-1");
        }

        config["reduction"] = LegacyConfig.Text(config["reduction"]) switch
        {
            "sum_over_batch_size" => "auto",
            "sum" => "sum",
            null or "none" => "none",
            _ => throw TfKerasObjects.Unlike("a loss", "reduction", config["reduction"]),
        };
        return made;
    }

    private static JsonObject Object(string kind, JsonObject node)
    {
        string name = NameOf(node);
        if (TfKerasObjects.IsOfKeras(node) && TfKerasNames.MissingObjectives.Contains(name))
        {
            throw TfKerasObjects.Missing(kind, name);
        }

        return new JsonObject
        {
            ["class_name"] = TfKerasObjects.ClassOf(node),
            ["config"] = TfKerasObjects.Config(name, node["config"] as JsonObject ?? [], TfKerasObjects.Object),
        };
    }

    private static string NameOf(JsonNode? node) => LegacyConfig.Text(node) ?? LegacyConfig.Text(node?["class_name"]) ?? string.Empty;

    private static void Drop(JsonObject config, string key, string neutral)
    {
        if (config[key] is JsonNode value && value.ToJsonString() != neutral)
        {
            throw TfKerasObjects.Unlike("a loss", key, value);
        }

        config.Remove(key);
    }
}
