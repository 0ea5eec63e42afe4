using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// The extras <c>history</c> and <c>targets_seen_in_fit</c> of metrics.json: the names that <c>Fit</c> and <c>Evaluate</c> report for what
/// was compiled, and what a metric sees of the targets.
/// </summary>
/// <remarks>
/// Data are of our own, as names do not depend on them. Keras' evaluate also gives a list, and its models a list of metrics, neither of
/// which is here: that list's names, and the metrics that Keras counts, must be those that our names stand for.
/// </remarks>
internal static class MetricsHistory
{
    private const string Cce = "categorical_crossentropy";

    // Four samples a batch, two batches.
    private const int Batch = 4;
    private const int Samples = HistoryTargets.Samples;

    private sealed record Call(
        string Described,
        Func<int, Model> Model,
        Action<Model> Compile,
        Func<HistoryTargets, ArrayLike> Y,
        bool Weighted = false
    );

    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["no metrics"] = new("loss='categorical_crossentropy'", Single, m => m.Compile(Sgd, Cce), t => t.OneHot),
        ["accuracy"] = new("metrics=['accuracy']", Single, m => m.Compile(Sgd, Cce, ["accuracy"]), t => t.OneHot),
        ["acc"] = new("metrics=['acc']", Single, m => m.Compile(Sgd, Cce, ["acc"]), t => t.OneHot),
        ["categorical_accuracy and top k"] = new(
            "metrics=['categorical_accuracy','top_k_categorical_accuracy','categorical_crossentropy','mse','MSE']",
            Single,
            m => m.Compile(Sgd, Cce, ["categorical_accuracy", "top_k_categorical_accuracy", Cce, "mse", "MSE"]),
            t => t.OneHot
        ),
        ["objects"] = new(
            "metrics=[CategoricalAccuracy(), TopKCategoricalAccuracy(k=2, name='top2'), AUC(name='auc')]",
            Single,
            m => m.Compile(Sgd, Cce, [new CategoricalAccuracy(), new TopKCategoricalAccuracy(k: 2, name: "top2"), new AUC(name: "auc")]),
            t => t.OneHot
        ),
        ["twice the same"] = new(
            "metrics=['accuracy','accuracy']",
            Single,
            m => m.Compile(Sgd, Cce, ["accuracy", "accuracy"]),
            t => t.OneHot
        ),
        ["weighted_metrics"] = new(
            "metrics=['accuracy'], weighted_metrics=['accuracy']",
            Single,
            m => m.Compile(Sgd, Cce, metrics: ["accuracy"], weighted_metrics: ["accuracy"]),
            t => t.OneHot,
            Weighted: true
        ),
        ["weighted_metrics only"] = new(
            "weighted_metrics=['accuracy','mse']",
            Single,
            m => m.Compile(Sgd, Cce, weighted_metrics: ["accuracy", "mse"]),
            t => t.OneHot,
            Weighted: true
        ),
        ["sparse (n,)"] = new(
            "metrics=['accuracy'], integer targets (n,)",
            Single,
            m => m.Compile(Sgd, "sparse_categorical_crossentropy", ["accuracy"]),
            t => t.Labels
        ),
        ["sparse (n,1)"] = new(
            "metrics=['accuracy'], integer targets (n, 1)",
            Single,
            m => m.Compile(Sgd, "sparse_categorical_crossentropy", ["accuracy"]),
            t => t.Labels.unsqueeze(1)
        ),
        ["crossentropy loss"] = new("loss='crossentropy'", Single, m => m.Compile(Sgd, "crossentropy", ["accuracy"]), t => t.Labels),
        ["metric crossentropy"] = new("metrics=['crossentropy']", Single, m => m.Compile(Sgd, Cce, ["crossentropy"]), t => t.OneHot),
        ["a metric named loss"] = new(
            "metrics=[CategoricalAccuracy(name='loss')]",
            Single,
            m => m.Compile(Sgd, Cce, [new CategoricalAccuracy(name: "loss")]),
            t => t.OneHot
        ),

        // C# takes no string here, but a configuration can have one.
        ["metrics not a list"] = new(
            "metrics='accuracy'",
            Single,
            m => m.CompileFromConfig(new JsonObject { ["loss"] = Cce, ["metrics"] = "accuracy" }),
            t => t.OneHot
        ),
        ["binary"] = new(
            "Dense(1), metrics=['accuracy']",
            _ => Single(1, "sigmoid"),
            m => m.Compile(Sgd, "binary_crossentropy", ["accuracy"]),
            t => t.Numbers.gt(0).to(ScalarType.Float32)
        ),
        ["nested metrics list"] = new(
            "metrics=[['accuracy','mse']]",
            Single,
            m =>
                m.Compile(
                    Sgd,
                    Cce,
                    metrics:
                    [
                        ["accuracy", "mse"],
                    ]
                ),
            t => t.OneHot
        ),
        ["metrics dict by output"] = new(
            "metrics={'out': ['accuracy']}",
            Single,
            m => m.Compile(Sgd, Cce, metrics: new Dictionary<string, MetricGroup> { ["out"] = (string[])["accuracy"] }),
            t => t.OneHot
        ),
        ["two outputs, one loss each"] = new(
            "outputs 'first','second'; loss=[cce, mse]",
            Double,
            m => m.Compile(Sgd, (string[])[Cce, "mse"]),
            t => t.Both
        ),
        ["two outputs, metrics list of lists"] = new(
            "metrics=[['accuracy'],['mae']]",
            Double,
            m =>
                m.Compile(
                    Sgd,
                    (string[])[Cce, "mse"],
                    metrics:
                    [
                        ["accuracy"],
                        ["mae"],
                    ]
                ),
            t => t.Both
        ),
        ["two outputs, metrics list of strings"] = new(
            "metrics=['accuracy','mae'] (one each)",
            Double,
            m => m.Compile(Sgd, (string[])[Cce, "mse"], metrics: ["accuracy", "mae"]),
            t => t.Both
        ),
        ["two outputs, one metric for both"] = new(
            "metrics=['mse'] with two outputs",
            Double,
            m => m.Compile(Sgd, (string[])[Cce, "mse"], metrics: ["mse"]),
            t => t.Both
        ),
        ["two outputs, dicts"] = new(
            "loss and metrics as dicts by layer name",
            Double,
            m =>
                m.Compile(
                    Sgd,
                    new Dictionary<string, string> { ["first"] = Cce, ["second"] = "mse" },
                    metrics: new Dictionary<string, MetricGroup> { ["first"] = (string[])["accuracy", "mse"], ["second"] = "mae" }
                ),
            t => new Dictionary<string, Tensor> { ["first"] = t.OneHot, ["second"] = t.Numbers }
        ),
        ["two outputs, loss_weights list"] = new(
            "loss_weights=[0.3, 2.0], metrics=[['accuracy'], None]",
            Double,
            m =>
                m.CompileFromConfig(
                    new JsonObject
                    {
                        ["loss"] = new JsonArray(Cce, "mse"),
                        ["loss_weights"] = new JsonArray(0.3, 2.0),
                        ["metrics"] = new JsonArray(new JsonArray("accuracy"), null),
                    }
                ),
            t => t.Both
        ),
        ["two outputs, loss_weights dict"] = new(
            "loss_weights as a dict",
            Double,
            m =>
                m.Compile(
                    Sgd,
                    new Dictionary<string, string> { ["first"] = Cce, ["second"] = "mse" },
                    loss_weights: new Dictionary<string, double> { ["first"] = 0.3, ["second"] = 2.0 }
                ),
            t => t.Both
        ),
        ["two outputs, one loss for both"] = new("loss='mse' with two outputs", Double, m => m.Compile(Sgd, "mse"), t => t.Both),
        ["two outputs, one without a loss"] = new(
            "loss=[cce, None]",
            Double,
            m =>
                m.CompileFromConfig(
                    new JsonObject { ["loss"] = new JsonArray(Cce, null), ["metrics"] = new JsonArray(new JsonArray("accuracy"), null) }
                ),
            t => t.Both
        ),
        ["two outputs, one without a loss, dict"] = new(
            "loss={'first': cce}, y={'first': ...}",
            Double,
            m => m.Compile(Sgd, new Dictionary<string, string> { ["first"] = Cce }),
            t => new Dictionary<string, Tensor> { ["first"] = t.OneHot }
        ),
        ["two outputs of a dict model"] = new(
            "outputs={'one':..., 'two':...}",
            ByKey,
            m =>
                m.Compile(
                    Sgd,
                    new Dictionary<string, string> { ["one"] = Cce, ["two"] = "mse" },
                    metrics: new Dictionary<string, MetricGroup> { ["one"] = (string[])["accuracy"] }
                ),
            t => new Dictionary<string, Tensor> { ["one"] = t.OneHot, ["two"] = t.Numbers }
        ),
        ["two outputs, wrong name"] = new(
            "loss={'first':..., 'third':...}",
            Double,
            m => m.Compile(Sgd, new Dictionary<string, string> { ["first"] = Cce, ["third"] = "mse" }),
            t => t.Both
        ),
        ["loss object with a name"] = new(
            "loss=CategoricalCrossentropy(name='my_loss')",
            Single,
            m => m.Compile(Sgd, new Losses.CategoricalCrossentropy(name: "my_loss"), ["accuracy"]),
            t => t.OneHot
        ),
        ["list loss for one output"] = new(
            "loss=['categorical_crossentropy'] with one output",
            Single,
            m => m.Compile(Sgd, (string[])[Cce]),
            t => t.OneHot
        ),
        ["regulariser"] = new("a layer with kernel_regularizer", Regularised, m => m.Compile(Sgd, Cce, ["accuracy"]), t => t.OneHot),
    };

    private static SGD Sgd => new(0.1);

    /// <summary>One entry of <c>history</c>.</summary>
    public static void Names(Fixture fixture, Check check, JsonObject entry)
    {
        string what = entry["what"].Text();
        if (!Calls.TryGetValue(what, out Call? call) || call.Described != entry["compile"].Text())
        {
            throw new UnsupportedException($"the suite cannot make the call '{what}', {entry["compile"]}");
        }

        if (what == "a metric named loss")
        {
            check.Known("a metric that hides the loss is refused");
        }

        var record = (JsonObject)entry.DeepClone();
        var value = record["value"] as JsonObject;
        foreach (string key in (string[])["evaluate_list_holds", "metrics_names", "metrics"])
        {
            value?.Remove(key);
        }

        Attempt.Make(
            check,
            record,
            () =>
            {
                JsonObject reported = Reported(call, Classes(fixture));
                if (value is not null)
                {
                    CompareDerived(check, entry["value"]!, [.. reported["evaluate_dict"]!.AsArray().Select(n => n.Text())]);
                }

                return reported;
            }
        );
    }

    // What Keras says of its lists follows from the names: all compiled metrics together are one of its metrics, and each output's loss is
    // one.
    private static void CompareDerived(Check check, JsonNode expected, string[] names)
    {
        // The outputs' order is that of the alphabet in all these models.
        string[] losses = [.. names.Where(n => n.EndsWith("_loss", StringComparison.Ordinal))];
        string[] metrics = ["loss", .. names.Length > losses.Length + 1 ? (string[])["compile_metrics"] : [], .. losses];
        check.EqualList("metrics_names", expected["metrics_names"]!.AsArray().Select(n => n.Text()), metrics);
        check.EqualList(
            "metrics",
            expected["metrics"]!.AsArray().Select(n => n.Text()),
            metrics.Select(n => n == "compile_metrics" ? $"CompileMetrics:{n}" : $"Mean:{n}")
        );
        string[][] held = [.. expected["evaluate_list_holds"]!.AsArray().Select(l => l!.AsArray().Select(n => n.Text()).ToArray())];
        check.EqualList("evaluate_list_holds", held.SelectMany(l => l).Distinct().Order(StringComparer.Ordinal), names);
        check.Equal("evaluate_list_holds first", held.Length > 0 && held[0].Contains("loss"), true);
    }

    /// <summary>One entry of <c>targets_seen_in_fit</c>.</summary>
    public static void Seen(Fixture fixture, Check check, JsonObject entry)
    {
        int classes = Classes(fixture);
        var targets = new HistoryTargets(classes);
        string given = entry["given"].Text();
        Tensor y = given switch
        {
            "int64 (n,)" => targets.Labels,
            "int32 (n,1)" => targets.Labels.unsqueeze(1).to(ScalarType.Int32),
            "float64 (n,c)" => targets.OneHot.to(ScalarType.Float64),
            "uint8 (n,)" => targets.Labels.to(ScalarType.Byte),
            "bool (n,c)" => targets.OneHot.gt(0),
            _ => throw new UnsupportedException($"the suite has no targets '{given}'"),
        };
        var record = new JsonObject { ["value"] = entry["seen"]?.DeepClone() };
        if (entry["error"] is JsonNode error)
        {
            record["error"] = error.DeepClone();
        }

        Attempt.Make(
            check,
            record,
            () =>
            {
                Model model = Single(classes);
                var seen = new List<JsonArray>();
                model.Compile(Sgd, y.dim() == 2 && y.shape[1] > 1 ? Cce : "sparse_categorical_crossentropy", [new ShapesSeen(seen.Add)]);
                model.Fit(targets.X, y, batch_size: Batch, epochs: 1, verbose: 0);
                return seen[0];
            }
        );
    }

    private static JsonObject Reported(Call call, int classes)
    {
        var targets = new HistoryTargets(classes);
        Model model = call.Model(classes);
        call.Compile(model);
        ArrayLike y = call.Y(targets);
        ArrayLike? weight = call.Weighted ? (ArrayLike)linspace(0.1, 1, Samples, ScalarType.Float32) : null;
        History history = model.Fit(
            targets.X,
            y,
            batch_size: Batch,
            epochs: 2,
            verbose: 0,
            validation_data: new ValidationData(targets.X, y, weight),
            shuffle: false,
            sample_weight: weight
        );
        Logs logs = model.Evaluate(targets.X, y, batch_size: Batch, sample_weight: weight);
        return new JsonObject { ["history"] = List(history.Names), ["evaluate_dict"] = List(logs.Keys) };
    }

    private static JsonArray List(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode?)JsonValue.Create(n))]);

    // The number of classes differs between sets of fixtures; the data of the cases have it.
    private static int Classes(Fixture fixture) => (int)fixture.Array("categorical_accuracy/y_pred0").shape[1];

    private static Model Single(int units) => Single(units, "softmax");

    private static Model Single(int units, string activation)
    {
        var input = new Input(4);
        return new Model(input, new Dense(units, activation: activation, name: "out").Apply(input));
    }

    private static Model Double(int classes)
    {
        var input = new Input(4);
        return new Model(
            input,
            (KerasTensor[])
                [new Dense(classes, activation: "softmax", name: "first").Apply(input), new Dense(1, name: "second").Apply(input)]
        );
    }

    private static Model ByKey(int classes)
    {
        var input = new Input(4);
        return new Model(
            input,
            new Dictionary<string, KerasTensor>
            {
                ["one"] = new Dense(classes, activation: "softmax", name: "first").Apply(input),
                ["two"] = new Dense(1, name: "second").Apply(input),
            }
        );
    }

    private static Sequential Regularised(int classes) =>
        new([new Input(4), new Dense(classes, activation: "softmax", kernel_regularizer: new L2())]);
}
