using System.Text.Json.Nodes;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// The repaired notebook, whole: the teacher's training, its logits, and both students trained on <c>[one-hot | logits]</c>.
/// </summary>
public sealed class NotebookSuite : ISuite
{
    // As in TrainingSuite: three epochs of steps.
    private const double LogTolerance = 2e-5;
    private const double WeightTolerance = 5e-5;

    // The README: logits near zero agree within 3e-4 between Keras' own backends.
    private const double LogitTolerance = 3e-4;

    /// <inheritdoc/>
    public string File => "notebook";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(
            e.Name,
            check =>
            {
                if (e.Key == "teacher")
                {
                    Teacher(fixture, check);
                }
                else
                {
                    Student(fixture, e.Key, e.Object, check);
                }
            }
        ));

    private static void Teacher(Fixture fixture, Check check)
    {
        JsonObject json = fixture.Json;
        var arrays = new Notebook(fixture);
        Model teacher = arrays.Model(json["teacher_model"]!, "teacher", check);
        teacher.Compile(arrays.Optimizer, loss: "categorical_crossentropy", metrics: ["accuracy"]);
        arrays.Fit(teacher, arrays.X, arrays.Y, json["teacher_fit"]!.AsObject(), check);
        arrays.Trained(teacher, "teacher", check);
        Logs logs = teacher.Evaluate(arrays.XTest, arrays.YTest);
        check.CloseList(
            "teacher_evaluate",
            [logs["loss"], logs["accuracy"]],
            [.. json["teacher_evaluate"]!.AsArray().Select(n => n.Number())],
            LogTolerance
        );
        check.Close("test_predict", Notebook.Predict(teacher, arrays.XTest), fixture.Array("teacher/test_predict"), WeightTolerance);

        // With Keras' own trained weights, so that nothing of the training above is in it.
        arrays.Assign(teacher, "teacher/trained");
        Model logits = teacher.PopSoftmax();
        check.Close("logits", Notebook.Predict(logits, arrays.X), fixture.Array("teacher/logits"), LogitTolerance);
        check.Close("test_logits", Notebook.Predict(logits, arrays.XTest), fixture.Array("teacher/test_logits"), LogitTolerance);
        using NumSharp.NDArray targets = DistillationTargets.From(teacher, arrays.X, arrays.Y).ToNDArray();
        check.Close(
            "targets",
            Backend.TensorConversion.ToTensor(targets),
            cat([arrays.Y, fixture.Array("teacher/logits")], 1),
            LogitTolerance
        );
    }

    private static void Student(Fixture fixture, string key, JsonObject entry, Check check)
    {
        var arrays = new Notebook(fixture);
        double temperature = fixture.Json["temperature"].Number();
        double lambda = fixture.Json["lambda_const"].Number();
        Model body = arrays.Model(entry["student_model"]!, key, check);
        Model student = body.WithSoftenedOutput(temperature);
        KnowledgeDistillationLoss loss =
            key == "student_notebook_loss"
                ? KnowledgeDistillationLoss.Notebook(lambda, temperature)
                : new KnowledgeDistillationLoss(temperature, hard_weight: lambda, soft_weight: 1);
        student.Compile(arrays.Optimizer, loss, DistillationMetrics.Notebook(temperature));
        Tensor targets = cat([arrays.Y, fixture.Array("teacher/logits")], 1);
        Tensor testTargets = cat([arrays.YTest, fixture.Array("teacher/test_logits")], 1);
        arrays.Fit(student, arrays.X, targets, entry["fit"]!.AsObject(), check);
        arrays.Trained(body, key, check);
        Logs logs = student.Evaluate(arrays.XTest, testTargets);
        JsonObject expected = entry["evaluate"]!.AsObject();
        check.EqualList("evaluate names", logs.Keys, expected.Select(p => p.Key));
        foreach ((string name, JsonNode? value) in expected)
        {
            check.Close($"evaluate {name}", logs[name], value.Number(), LogTolerance);
        }

        Tensor predicted = Notebook.Predict(student, arrays.XTest);
        check.Close("test_predict", predicted, fixture.Array($"{key}/test_predict"), WeightTolerance);
        using NumSharp.NDArray both = student.Predict(arrays.XTest);
        using NumSharp.NDArray wanted = Backend.TensorConversion.ToNDArray(testTargets);
        check.Close("accuracy on arrays", DistillationMetrics.Accuracy(wanted, both), expected["accuracy"].Number(), LogTolerance);
        check.Close(
            "top_5_accuracy on arrays",
            DistillationMetrics.Top5Accuracy(wanted, both),
            expected["top_5_accuracy"].Number(),
            LogTolerance
        );
        check.Close(
            "categorical_crossentropy on arrays",
            DistillationMetrics.CategoricalCrossentropy(wanted, both),
            expected["categorical_crossentropy"].Number(),
            LogTolerance
        );
        check.Close(
            "soft_logloss on arrays",
            DistillationMetrics.SoftLogLoss(wanted, both, temperature),
            expected["soft_logloss"].Number(),
            LogTolerance
        );
        double alone = Notebook
            .Predict(body, arrays.XTest)
            .argmax(1)
            .eq(arrays.YTest.argmax(1))
            .to(ScalarType.Float64)
            .mean()
            .item<double>();
        check.Close("student_alone_test_accuracy", alone, entry["student_alone_test_accuracy"].Number(), LogTolerance);
    }

    private sealed class Notebook
    {
        private readonly Fixture _fixture;

        public Notebook(Fixture fixture)
        {
            _fixture = fixture;
            X = Images("x");
            XTest = Images("x_test");
            Y = OneHot("y");
            YTest = OneHot("y_test");
            if (fixture.Array("count").item<long>() != X.shape[0] || fixture.Array("first").item<long>() < 0)
            {
                throw new FixtureException(
                    $"The notebook's 'count' is {fixture.Array("count").item<long>()}, but there are {X.shape[0]} images."
                );
            }
        }

        public Tensor X { get; }

        public Tensor Y { get; }

        public Tensor XTest { get; }

        public Tensor YTest { get; }

        public Adadelta Optimizer => new(_fixture.Json["adadelta_learning_rate"].Number());

        public Model Model(JsonNode json, string key, Check check)
        {
            Classes.Require(json);
            Model model = Keras.Model.FromJson(json.ToJsonString());
            check.Json("model", JsonNode.Parse(model.ToJson()), json);
            Assign(model, $"{key}/initial");
            return model;
        }

        public void Assign(Model model, string prefix)
        {
            for (int i = 0; i < model.Weights.Count; i++)
            {
                model.Weights[i].Assign(_fixture.Array($"{prefix}{i}"));
            }
        }

        public void Trained(Model model, string key, Check check)
        {
            for (int i = 0; i < model.Weights.Count; i++)
            {
                check.Close($"trained{i}", model.Weights[i].Value, _fixture.Array($"{key}/trained{i}"), WeightTolerance);
            }
        }

        public void Fit(Model model, Tensor x, Tensor y, JsonObject expected, Check check)
        {
            JsonObject history = expected["history"]!.AsObject();
            var recorder = new Recorder();
            History found = model.Fit(
                x,
                y,
                batch_size: (int)_fixture.Json["batch_size"].Number(),
                epochs: history.First().Value!.AsArray().Count,
                verbose: 0,
                shuffle: false,
                callbacks: [recorder]
            );
            check.EqualList("history names", found.Names, history.Select(p => p.Key).Order(StringComparer.Ordinal));
            foreach ((string name, JsonNode? values) in history)
            {
                check.CloseList($"history {name}", found[name], [.. values!.AsArray().Select(v => v.Number())], LogTolerance);
            }

            JsonArray batches = expected["batches"]!.AsArray();
            check.Equal("batches", recorder.Rows.Count, batches.Count);
            for (int i = 0; i < Math.Min(batches.Count, recorder.Rows.Count); i++)
            {
                foreach ((string name, JsonNode? value) in batches[i]!.AsObject())
                {
                    check.Close($"batches[{i}] {name}", recorder.Rows[i][name], value.Number(), LogTolerance);
                }
            }
        }

        public static Tensor Predict(Model model, Tensor x)
        {
            using NumSharp.NDArray found = model.Predict(x);
            return Backend.TensorConversion.ToTensor(found);
        }

        private Tensor Images(string name) => _fixture.Array(name).to(ScalarType.Float32).div(255).unsqueeze(-1);

        private Tensor OneHot(string name) => nn.functional.one_hot(_fixture.Array(name).to(ScalarType.Int64), 10).to(ScalarType.Float32);
    }

    private sealed class Recorder : Callback
    {
        public List<Logs> Rows { get; } = [];

        public override void OnTrainBatchEnd(int batch, Logs logs) => Rows.Add(logs);
    }
}
