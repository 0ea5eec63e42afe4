using System.Text.Json.Nodes;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Compile, fit, evaluate and predict, called with what does not fit, or looks so.</summary>
internal sealed class FitCalls
{
    private const string Crossentropy = "categorical_crossentropy";
    private readonly int _rows;
    private readonly int _classes;

    private FitCalls(CallDimensions sizes)
    {
        _rows = sizes.Rows;
        _classes = sizes.Classes;
    }

    private Tensor X => randn(_rows, 5);

    private Tensor Labels => arange(_rows, ScalarType.Int64).remainder(_classes);

    private Tensor Y => nn.functional.one_hot(Labels, _classes).to(ScalarType.Float32);

    /// <summary>The calls by their names in the file.</summary>
    public static IEnumerable<KeyValuePair<string, Func<JsonNode?>>> Table(CallDimensions sizes)
    {
        var calls = new FitCalls(sizes);
        return calls
            .Compile()
            .Select(c => KeyValuePair.Create($"compile: {c.What}", c.Call))
            .Concat(calls.Data().Concat(calls.Numbers()).Concat(calls.Others()).Select(c => KeyValuePair.Create($"fit: {c.What}", c.Call)))
            .Concat(calls.Elsewhere().Select(c => KeyValuePair.Create(c.What, c.Call)));
    }

    private IEnumerable<(string What, Func<JsonNode?> Call)> Compile() =>
        [
            ("loss='crossentropy2'", () => Fit(Net(loss: "crossentropy2"))),
            ("optimizer='adamm'", () => Fit(Net(loss: Crossentropy, optimizer: "adamm"))),
            ("metrics=['acuracy']", () => Fit(Net(loss: Crossentropy, metrics: ["acuracy"]))),
            ("metrics='accuracy' (no list)", () => Fit(FromConfig(new JsonObject { ["loss"] = Crossentropy, ["metrics"] = "accuracy" }))),
            ("metrics=[None]", () => Fit(Net(loss: Crossentropy, metrics: [null!]))),
            ("loss=['mse', 'mse'] for one output", () => Fit(Net(loss: (string[])["mse", "mse"]))),
            ("loss={'nowhere': 'mse'}", () => Fit(Net(loss: new Dictionary<string, string> { ["nowhere"] = "mse" }))),
            (
                "loss_weights=[1, 2] for one output",
                () => Fit(FromConfig(new JsonObject { ["loss"] = Crossentropy, ["loss_weights"] = new JsonArray(1.0, 2.0) }))
            ),
            ("loss_weights for a string loss", () => Fit(FromConfig(new JsonObject { ["loss"] = Crossentropy, ["loss_weights"] = 2.0 }))),
            ("optimizer=None", () => Fit(FromConfig(new JsonObject { ["optimizer"] = null, ["loss"] = Crossentropy }))),
            ("an unknown argument", () => Fit(FromConfig(new JsonObject { ["loss"] = Crossentropy, ["lr"] = 0.1 }))),
            ("no loss", () => Fit(Net(loss: null))),
            (
                "learning_rate='fast'",
                () =>
                    KerasSerializer
                        .Deserialize<Optimizer>(JsonNode.Parse("""{"class_name": "SGD", "config": {"learning_rate": "fast"}}""")!)
                        .Name
            ),
            ("one optimizer for two models", () => Both(new Adam())),
        ];

    private IEnumerable<(string What, Func<JsonNode?> Call)> Data() =>
        [
            ("before compile", () => Fit(Bare(_classes))),
            ("x and y of different lengths", () => Fit(Net(), y: Y.narrow(0, 0, _rows - 1))),
            ("y missing", () => Names(Net().Fit(X, null, verbose: 0))),
            ("x is a list of rows", () => Names(Net().Fit(Rows(), Y, verbose: 0))),
            ("x with a wrong width", () => Fit(Net(), randn(_rows, 6))),
            ("x with an axis too many", () => Fit(Net(), randn(_rows, 1, 5))),
            ("x one axis short: shape (n,) for Input((1,))", () => new JsonArray(null, Fit(Narrow(), X.select(1, 0), X.select(1, 0)))),
            ("images (n, 8, 8) for Input((8, 8, 1))", () => new JsonArray(null, Fit(Images(), randn(_rows, 8, 8), Labels))),
            ("integer labels with categorical_crossentropy", () => Fit(Net(), y: Labels)),
            ("one-hot labels with sparse_categorical_crossentropy", () => Fit(Net(loss: "sparse_categorical_crossentropy"))),
            ("one-hot labels of a wrong width", () => Fit(Net(), y: nn.functional.one_hot(Labels, _classes + 1).to(ScalarType.Float32))),
            ("a sparse label out of range", () => Fit(Net(loss: "sparse_categorical_crossentropy"), y: Labels.add(1))),
            ("one-hot labels and accuracy with Dense(1)", () => Fit(Compiled(Bare(1, "sigmoid"), "binary_crossentropy", ["accuracy"]))),
            ("mse of (n,) targets and (n, c) outputs", () => Fit(Net(loss: "mse"), y: Labels.to(ScalarType.Float32))),
            ("validation_data of one array", () => Names(Net().Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, null)))),
            (
                "validation_data of wrong width",
                () => Names(Net().Fit(X, Y, verbose: 0, validation_data: new ValidationData(randn(_rows, 6), Y)))
            ),
            ("sample_weight of shape (n, 1)", () => Names(Net().Fit(X, Y, verbose: 0, sample_weight: ones(_rows, 1)))),
            ("sample_weight of a wrong length", () => Names(Net().Fit(X, Y, verbose: 0, sample_weight: ones(_rows - 1)))),
            (
                "class_weight and sample_weight",
                () => Names(Net().Fit(X, Y, verbose: 0, sample_weight: ones(_rows), class_weight: Weights(0)))
            ),
            ("class_weight without every class", () => Names(Net().Fit(X, Y, verbose: 0, class_weight: Weights(0)))),
            ("class_weight with keys beyond the classes", () => Names(Net().Fit(X, Y, verbose: 0, class_weight: Weights(0, 99)))),
            ("NaN in x", () => Fit(Net(), full_like(X, double.NaN))),
        ];

    private IEnumerable<(string What, Func<JsonNode?> Call)> Numbers() =>
        [
            ("batch_size=0", () => Names(Net().Fit(X, Y, batch_size: 0, verbose: 0))),
            ("batch_size=-1", () => Names(Net().Fit(X, Y, batch_size: -1, verbose: 0))),
            ("batch_size larger than the data", () => Names(Net().Fit(X, Y, batch_size: 1000, verbose: 0))),
            ("epochs=0", () => Nothing(Net().Fit(X, Y, epochs: 0, verbose: 0))),
            ("epochs=-1", () => Nothing(Net().Fit(X, Y, epochs: -1, verbose: 0))),
            ("initial_epoch beyond epochs", () => Nothing(Net().Fit(X, Y, epochs: 1, initial_epoch: 3, verbose: 0))),
            ("validation_split=1.0", () => Names(Net().Fit(X, Y, verbose: 0, validation_split: 1.0))),
            ("validation_split=1.5", () => Names(Net().Fit(X, Y, verbose: 0, validation_split: 1.5))),
            ("validation_split=-0.1", () => Names(Net().Fit(X, Y, verbose: 0, validation_split: -0.1))),
            ("validation_split=0.01 (rounds to no sample)", () => Names(Net().Fit(X, Y, verbose: 0, validation_split: 0.01))),
            ("steps_per_epoch more than there is", () => Names(Net().Fit(X, Y, verbose: 0, steps_per_epoch: 100))),
            ("steps_per_epoch=0", () => Names(Net().Fit(X, Y, verbose: 0, steps_per_epoch: 0))),
            ("validation_freq=0", () => Names(Net().Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, Y), validation_freq: 0))),
        ];

    private IEnumerable<(string What, Func<JsonNode?> Call)> Others() =>
        [
            (
                "EarlyStopping on an unknown quantity",
                () => Names(Net().Fit(X, Y, verbose: 0, callbacks: [new EarlyStopping(monitor: "val_acc")]))
            ),
            ("ModelCheckpoint without .keras", () => new ModelCheckpoint("model.tf").ToString()),
            (
                "ModelCheckpoint(save_weights_only) without .weights.h5",
                () => new ModelCheckpoint("model.h5", save_weights_only: true).ToString()
            ),
            ("ReduceLROnPlateau(factor=1.0)", () => new ReduceLROnPlateau(factor: 1.0).ToString()),
            (
                "ReduceLROnPlateau with a schedule",
                () =>
                    Names(
                        Compiled(Bare(_classes), Crossentropy, null, new SGD(new ExponentialDecay(0.1, 1, 0.9)))
                            .Fit(
                                X,
                                Y,
                                epochs: 2,
                                verbose: 0,
                                callbacks: [new ReduceLROnPlateau(monitor: "loss", patience: 0, min_delta: 100.0)]
                            )
                    )
            ),
            ("everything frozen", () => new JsonArray(null, null, Fit(Frozen()))),
            ("trainable changed after compile", ChangedAfterCompile),
        ];

    private IEnumerable<(string What, Func<JsonNode?> Call)> Elsewhere() =>
        [
            ("evaluate: before compile", () => Bare(_classes).Evaluate(X, Y).ToString()),
            ("evaluate: y missing", () => Net().Evaluate(X).ToString()),
            ("predict: wrong width", () => Bare(_classes).Predict(randn(_rows, 6)).ToString()),
            ("predict: an empty array", () => Bare(_classes).Predict(zeros(0, 5)).ToString()),
            ("predict: batch_size=0", () => Bare(_classes).Predict(X, batch_size: 0).ToString()),
        ];

    private static Sequential Bare(int units, string activation = "softmax") => new(new Input(5), new Dense(units, activation: activation));

    private static Sequential Narrow() => Compiled(new Sequential(new Input(1), new Dense(1)), "mse", null);

    private static Sequential Compiled(Sequential model, LossSpec? loss, MetricList? metrics, Optimizer? optimizer = null)
    {
        model.Compile(optimizer ?? new SGD(), loss, metrics);
        return model;
    }

    private Sequential Net() => Net(Crossentropy);

    private Sequential Net(LossSpec? loss, Optimizer? optimizer = null, MetricList? metrics = null) =>
        Compiled(Bare(_classes), loss, metrics, optimizer);

    private Sequential Images() =>
        Compiled(
            new Sequential(new Input(8, 8, 1), new Flatten(), new Dense(_classes, activation: "softmax")),
            "sparse_categorical_crossentropy",
            null
        );

    private Sequential FromConfig(JsonObject config)
    {
        Sequential model = Bare(_classes);
        model.CompileFromConfig(config);
        return model;
    }

    private Sequential Frozen()
    {
        Sequential model = Bare(_classes);
        model.Trainable = false;
        return Compiled(model, Crossentropy, null);
    }

    private JsonArray Both(Optimizer optimizer)
    {
        Fit(Net(Crossentropy, optimizer));
        return Fit(Net(Crossentropy, optimizer));
    }

    private JsonArray ChangedAfterCompile()
    {
        Sequential model = Net();
        model.Layers[0].Trainable = false;
        JsonArray names = Fit(model);
        return new JsonArray(null, names, model.Weights.Single(w => w.Name == "bias").Value.ne(0).any().item<bool>());
    }

    private JsonArray Fit(Sequential model, Tensor? x = null, Tensor? y = null) =>
        Names(model.Fit(x ?? X, y ?? Y, batch_size: 4, verbose: 0));

    private float[][] Rows() => [.. X.unbind().Select(r => r.data<float>().ToArray())];

    private static Dictionary<int, double> Weights(params int[] classes) => classes.ToDictionary(c => c, c => 2.0);

    private static JsonArray Names(History history) => new([.. history.Names.Select(n => (JsonNode)n)]);

    private static JsonObject Nothing(History history) => new(history.Names.Select(n => KeyValuePair.Create(n, (JsonNode?)null)));
}
