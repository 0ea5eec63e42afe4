using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// metrics.json: configurations, three updates with their results and sums, the reset, and what <c>compile</c> and <c>fit</c> make of
/// names, objects and targets.
/// </summary>
public sealed partial class MetricsSuite : ISuite
{
    // Keras' backends differ by up to 1.9e-6 of the largest entry; correlations, which divide small differences of large sums, by 1.1e-5.
    private const double Tolerance = 5e-6;
    private const double CorrelationTolerance = 5e-5;

    /// <inheritdoc/>
    public string File => "metrics";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        return fixture.All.Select(entry => new FixtureCase(
            entry.Name,
            check =>
            {
                switch (entry.Extra)
                {
                    case "cases":
                        RunMetric(check, fixture, entry);
                        break;
                    case "resolution":
                        Attempt.Make(check, entry.Object, () => Resolved(entry.Object));
                        break;
                    case "identifiers":
                        RunIdentifier(check, entry.Object);
                        break;
                    case "objects":
                        Attempt.Make(check, entry.Object, () => Reported(Object(entry.Object["what"].Text())));
                        break;
                    case "history":
                        MetricsHistory.Names(fixture, check, entry.Object);
                        break;
                    case "targets_seen_in_fit":
                        MetricsHistory.Seen(fixture, check, entry.Object);
                        break;
                    case "empty_result":
                        Attempt.Make(check, entry.Object, () => JsonValue.Create(Empty(entry.Key)));
                        break;
                    default:
                        throw new FixtureException($"The suite does not know the extra '{entry.Extra}'.");
                }
            }
        ));
    }

    private static void RunMetric(Check check, Fixture fixture, FixtureEntry entry)
    {
        JsonObject config = entry.Object["config"]!.AsObject();
        Classes.Require(config);
        check.Json("config", KerasSerializer.Serialize(KerasSerializer.Deserialize<Metric>(config)), config);

        CompareArguments(check, entry.Object["kwargs"]!.AsObject(), config);
        check.Equal("metric", entry.Object["metric"].Text(), config["class_name"].Text());
        check.EqualList(
            "weights",
            Enumerable.Range(0, 3).Select(i => fixture.Has($"{entry.Key}/weight{i}")),
            entry.Object["weights"]!.AsArray().Select(n => n!.GetValue<bool>())
        );
        // Keras leaves arguments out of some configurations (the axis of CosineSimilarity): they are given with the case.
        var whole = (JsonObject)config.DeepClone();
        foreach ((string key, JsonNode? value) in entry.Object["kwargs"]!.AsObject())
        {
            whole["config"]![key] = value?.DeepClone();
        }

        Metric metric = KerasSerializer.Deserialize<Metric>(whole);
        var unnamed = (JsonObject)whole.DeepClone();
        unnamed["config"]!.AsObject().Remove("name");
        check.Equal(
            "default_name",
            Unnumbered(KerasSerializer.Deserialize<Metric>(unnamed).Name),
            Unnumbered(entry.Object["default_name"].Text())
        );

        double tolerance = config["class_name"].Text() is "PearsonCorrelation" or "ConcordanceCorrelation"
            ? CorrelationTolerance
            : Tolerance;
        for (int i = 0; i < 3; i++)
        {
            Update(metric, fixture, entry.Key, i, entry.Object["weights"]!.AsArray()[i]!.GetValue<bool>());
            if (entry.Object["shapes"] is JsonArray shapes)
            {
                check.EqualList("shapes", fixture.Array($"{entry.Key}/y_true{i}").shape, shapes[0].Numbers().Select(n => (long)n));
                check.EqualList("shapes", fixture.Array($"{entry.Key}/y_pred{i}").shape, shapes[1].Numbers().Select(n => (long)n));
            }

            check.Close($"result{i}", metric.Result(), fixture.Array($"{entry.Key}/result{i}"), tolerance);
        }

        check.EqualList("variables", metric.Variables.Select(v => v.Name), entry.Object["variables"]!.AsArray().Select(n => n.Text()));
        for (int j = 0; j < metric.Variables.Count; j++)
        {
            check.Close($"variable{j}", metric.Variables[j].Value, fixture.Array($"{entry.Key}/variable{j}"), tolerance);
        }

        Metric copy = metric.Clone();
        Update(copy, fixture, entry.Key, 0, entry.Object["weights"]!.AsArray()[0]!.GetValue<bool>());
        check.Close("result0 of a copy", copy.Result(), fixture.Array($"{entry.Key}/result0"), tolerance);
        copy.Release();
        metric.ResetState();
        check.Close("result_reset", metric.Result(), fixture.Array($"{entry.Key}/result_reset"), tolerance);
        metric.Release();
    }

    // The configuration must be that of the arguments, so that neither can be wrong alone.
    private static void CompareArguments(Check check, JsonObject arguments, JsonObject config)
    {
        var made = (JsonObject)config.DeepClone();
        var given = (JsonObject)arguments.DeepClone();
        given["name"] = config["config"]!["name"]?.DeepClone();
        made["config"] = given;
        check.Json(
            "config of the arguments",
            Classes.WithoutUnwritten(KerasSerializer.Serialize(KerasSerializer.Deserialize<Metric>(made)), arguments, config),
            config
        );
    }

    private static double Empty(string name)
    {
        if (!KerasSerializer.Knows<Metric>(name))
        {
            throw new UnsupportedException($"the library has no keras.metrics.{name}");
        }

        Metric metric = KerasSerializer.Deserialize<Metric>(
            new JsonObject
            {
                ["module"] = "keras.metrics",
                ["class_name"] = name,
                ["config"] = name == "MeanIoU" ? new JsonObject { ["num_classes"] = 3 } : [],
            }
        );
        return metric.Result().ToDouble();
    }

    private static void Update(Metric metric, Fixture fixture, string key, int i, bool weighted)
    {
        Tensor? weight = weighted ? fixture.Array($"{key}/weight{i}") : null;
        switch (metric)
        {
            case Mean mean:
                mean.UpdateState(fixture.Array($"{key}/values{i}"), weight);
                break;
            case Sum sum:
                sum.UpdateState(fixture.Array($"{key}/values{i}"), weight);
                break;
            default:
                metric.UpdateState(fixture.Array($"{key}/y_true{i}"), fixture.Array($"{key}/y_pred{i}"), weight);
                break;
        }
    }

    private static JsonObject Resolved(JsonObject entry)
    {
        string identifier = entry["what"].Text();
        Shape target = ShapeOf(entry["y_true"]);
        Shape output = ShapeOf(entry["y_pred"]);
        if (entry["kind"].Text() == "metric")
        {
            return Reported(MetricResolver.Resolve(identifier, target, output));
        }

        Loss loss = LossResolver.Resolve(identifier, target, output);
        return new JsonObject { ["loss"] = Naming.ToSnakeCase(loss.ClassName), ["reported_as"] = loss.Name };
    }

    private static void RunIdentifier(Check check, JsonObject entry)
    {
        string? name =
            entry["value"] is JsonObject value ? value["metric"].Text()
            : MissingArgument().Match(entry["message"].Text()) is { Success: true } m ? m.Groups[1].Value
            : null;
        if (name is not (null or "Metric") && !KerasSerializer.Knows<Metric>(name))
        {
            throw new UnsupportedException($"the library has no keras.metrics.{name}");
        }

        // The name of Python's function inside the metric has no counterpart here.
        var record = (JsonObject)entry.DeepClone();
        (record["value"] as JsonObject)?.Remove("function");
        Attempt.Make(check, record, () => Reported(MetricResolver.Resolve(entry["what"].Text(), new Shape(7, 5), new Shape(7, 5))));
    }

    private static Metric Object(string what)
    {
        static Tensor MyMetric(Tensor y_true, Tensor y_pred) => y_true;
        Metric given = what switch
        {
            "CategoricalAccuracy()" => new CategoricalAccuracy(),
            "CategoricalAccuracy(name='x')" => new CategoricalAccuracy(name: "x"),
            "the function categorical_accuracy" => new MeanMetricWrapper(MetricFunctions.CategoricalAccuracy),
            "losses.CategoricalCrossentropy()" => new Losses.CategoricalCrossentropy(),
            "a def my_metric(y_true, y_pred)" => new MeanMetricWrapper(MyMetric),
            "a lambda" => new MeanMetricWrapper((y_true, y_pred) => y_true),
            "the class CategoricalAccuracy" => new MetricList((object[])[typeof(CategoricalAccuracy)]).All.Single(),
            "None" => Metric.Get(null!),
            _ => throw new UnsupportedException($"'{what}' has no counterpart as a metric"),
        };
        return MetricResolver.Resolve(given, new Shape(7, 5), new Shape(7, 5));
    }

    private static JsonObject Reported(Metric metric) => new() { ["metric"] = metric.ClassName, ["reported_as"] = metric.Name };

    private static Shape ShapeOf(JsonNode? node) => new([.. node.Numbers().Select(n => (int)n)]);

    private static string Unnumbered(string name) => Number().Replace(name, string.Empty);

    [GeneratedRegex(@"_\d+$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(\w+)\.__init__\(\) missing")]
    private static partial Regex MissingArgument();
}
