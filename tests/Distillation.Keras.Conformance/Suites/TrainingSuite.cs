using System.Text.Json.Nodes;
using Distillation.Keras.Callbacks;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Whole fits without chance: logs of every batch, history, weights after every epoch, optimizer variables, evaluation, prediction.
/// </summary>
public sealed class TrainingSuite : ISuite
{
    // Some tens of steps, each within the tolerances of losses, layers and optimizers: the errors of a step pass through the next ones.
    private const double LogTolerance = 2e-5;
    private const double WeightTolerance = 5e-5;

    // A gradient near zero may change the sign of a step of Adam and its kin.
    private const double AdaptiveWeightTolerance = 2e-4;

    /// <inheritdoc/>
    public string File => "training";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(e.Name, check => new TrainingCase(fixture, e.Object, check).Run()));

    private sealed class TrainingCase(Fixture fixture, JsonObject entry, Check check)
    {
        private readonly string _name = entry["name"].Text();
        private readonly JsonObject _fit = entry["fit"] as JsonObject ?? throw new FixtureException("The case has no arguments of fit.");

        public void Run()
        {
            Classes.Require(entry["model"]);
            Classes.Require(entry["compile"]);
            Model model = Model.FromJson(entry["model"]!.ToJsonString());
            check.EqualList("weights", model.Weights.Select(w => Tail(w.Path)), entry["weights"]!.AsArray().Select(n => Tail(n.Text())));
            check.EqualList(
                "trainable",
                model.Weights.Select(w => model.TrainableWeights.Contains(w)),
                entry["trainable"]!.AsArray().Select(n => n!.GetValue<bool>())
            );
            CompareArchitecture(model);
            for (int i = 0; i < model.Weights.Count; i++)
            {
                model.Weights[i].Assign(fixture.Array($"{_name}/initial{i}"));
            }

            model.CompileFromConfig(entry["compile"]!.DeepClone().AsObject());
            ArrayLike x = Data("x", entry["inputs"]);
            ArrayLike y = Data("y", entry["targets"]);
            var recorder = new Recorder(this, model);
            History history = Fit(model, x, y, recorder);
            check.Equal("batches", recorder.Batches, entry["batches"]!.AsArray().Count);
            CompareHistory(history);
            CompareWeights(model, "final");
            CompareOptimizer(model);
            CompareLogs("evaluate", model.Evaluate(x, y, batch_size: 11), entry["evaluate"] as JsonObject);
            IReadOnlyList<NumSharp.NDArray> outputs = model.PredictOutputs(x, batch_size: 13);
            for (int i = 0; i < outputs.Count; i++)
            {
                using NumSharp.NDArray output = outputs[i];
                check.Close(
                    $"predict{i}",
                    Backend.TensorConversion.ToTensor(output),
                    fixture.Array($"{_name}/predict{i}"),
                    AdaptiveOr(WeightTolerance)
                );
            }

            OnBatch(model);
            model.Release();
        }

        private ArrayLike Data(string prefix, JsonNode? form) =>
            form is JsonArray names
                ? names
                    .Select((n, i) => (Key: n.Text(), Value: fixture.Array($"{_name}/{prefix}{i}")))
                    .ToDictionary(p => p.Key, p => p.Value)
            : Enumerable.Range(0, (int)form.Number()).Select(i => fixture.Array($"{_name}/{prefix}{i}")).ToArray() is { Length: 1 } one
                ? one[0]
            : Enumerable.Range(0, (int)form.Number()).Select(i => fixture.Array($"{_name}/{prefix}{i}")).ToArray();

        private History Fit(Model model, ArrayLike x, ArrayLike y, Recorder recorder)
        {
            string[] known = ["batch_size", "epochs", "validation_split", "class_weight", "steps_per_epoch"];
            string[] unknown = [.. _fit.Select(p => p.Key).Except(known)];
            if (unknown.Length > 0)
            {
                throw new FixtureException($"fit has no argument that this suite knows named {string.Join(", ", unknown)}.");
            }

            return model.Fit(
                x,
                y,
                batch_size: _fit["batch_size"]?.GetValue<int>(),
                epochs: _fit["epochs"]?.GetValue<int>() ?? 1,
                verbose: 0,
                callbacks: [recorder],
                validation_split: _fit["validation_split"]?.GetValue<double>() ?? 0,
                validation_data: fixture.Has($"{_name}/val_x")
                    ? new ValidationData(fixture.Array($"{_name}/val_x"), fixture.Array($"{_name}/val_y"))
                    : null,
                shuffle: false,
                class_weight: (_fit["class_weight"] as JsonObject)?.ToDictionary(
                    p => int.Parse(p.Key, System.Globalization.CultureInfo.InvariantCulture),
                    p => p.Value.Number()
                ),
                sample_weight: fixture.Has($"{_name}/sample_weight") ? (ArrayLike)fixture.Array($"{_name}/sample_weight") : null,
                steps_per_epoch: _fit["steps_per_epoch"]?.GetValue<int>()
            );
        }

        private void CompareArchitecture(Model model)
        {
            if (entry["model"]?["compile_config"] is JsonObject { Count: > 0 } compiled)
            {
                // The clone of a compiled model is compiled in Keras; here it is compiled anew, from its configuration.
                model.CompileFromConfig(compiled.DeepClone().AsObject());
            }

            check.Json("model", JsonNode.Parse(model.ToJson()), entry["model"]);
        }

        private void CompareHistory(History history)
        {
            JsonObject expected = entry["history"] as JsonObject ?? throw new FixtureException("The case has no history.");
            check.EqualList("history names", history.Names, expected.Select(p => p.Key));
            foreach ((string key, JsonNode? values) in expected)
            {
                if (history.Contains(key))
                {
                    check.CloseList($"history {key}", history[key], [.. values!.AsArray().Select(v => v.Number())], LogTolerance);
                }
            }
        }

        public void CompareLogs(string where, Logs actual, JsonObject? expected, params string[] leaveOut)
        {
            KeyValuePair<string, JsonNode?>[] values =
            [
                .. (expected ?? throw new FixtureException($"The case has no {where}.")).Where(p => !leaveOut.Contains(p.Key)),
            ];
            check.EqualList($"{where} names", actual.Keys, values.Select(p => p.Key));
            foreach ((string key, JsonNode? value) in values)
            {
                if (actual.TryGetValue(key, out double found))
                {
                    check.Close($"{where} {key}", found, value.Number(), LogTolerance, 1e-7);
                }
            }
        }

        public void CompareWeights(Model model, string stage)
        {
            for (int i = 0; i < model.Weights.Count; i++)
            {
                check.Close(
                    $"{stage}/weight{i}",
                    model.Weights[i].Value,
                    fixture.Array($"{_name}/{stage}/weight{i}"),
                    AdaptiveOr(WeightTolerance),
                    1e-7
                );
            }
        }

        public JsonArray Batches => entry["batches"]!.AsArray();

        private void CompareOptimizer(Model model)
        {
            string[] paths = [.. entry["optimizer_variables"]!.AsArray().Select(n => n.Text())];
            IReadOnlyList<Variable> variables = model.Optimizer.Variables;
            check.Equal("optimizer variables", variables.Count, paths.Length);
            for (int i = 0; i < Math.Min(variables.Count, paths.Length); i++)
            {
                check.Equal($"optimizer{i} name", Last(variables[i].Path), Last(paths[i]));
                check.Close($"optimizer{i}", variables[i].Value, fixture.Array($"{_name}/optimizer{i}"), AdaptiveOr(WeightTolerance), 1e-9);
            }
        }

        private void OnBatch(Model model)
        {
            if (entry["train_on_batch"] is not JsonObject train)
            {
                // Only models with several inputs go without.
                if (entry["inputs"] is JsonValue inputs && inputs.Number() == 1)
                {
                    throw new FixtureException("The case has no train_on_batch.");
                }

                return;
            }

            Tensor x = fixture.Array($"{_name}/x0").narrow(0, 0, 8);
            Tensor y = fixture.Array($"{_name}/y0").narrow(0, 0, 8);
            CompareLogs("train_on_batch", model.TrainOnBatch(x, y), train);
            CompareLogs("test_on_batch", model.TestOnBatch(x, y), entry["test_on_batch"] as JsonObject);
        }

        private double AdaptiveOr(double tolerance) =>
            entry["compile"]?["optimizer"]?["class_name"].Text() is "Adam" or "AdamW" or "RMSprop" or "Adadelta"
                ? AdaptiveWeightTolerance
                : tolerance;

        // Keras names layers by counters of the whole process; what follows the layer's name is the weight's.
        private static string Tail(string path) => path[(path.LastIndexOf('/') + 1)..];

        private static string Last(string path) => path[(path.LastIndexOf('_') + 1)..];
    }

    private sealed class Recorder(TrainingCase owner, Model model) : Callback
    {
        public int Batches { get; private set; }

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            JsonObject? expected = Batches < owner.Batches.Count ? owner.Batches[Batches] as JsonObject : null;
            Batches++;
            if (expected is not null)
            {
                owner.CompareLogs($"batches[{Batches - 1}]", new Logs(logs) { ["batch"] = batch }, WithBatchLast(expected));
            }
        }

        public override void OnEpochEnd(int epoch, Logs logs) => owner.CompareWeights(model, $"epoch{epoch + 1}");

        private static JsonObject WithBatchLast(JsonObject expected)
        {
            var copy = new JsonObject(expected.Where(p => p.Key != "batch").Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
            copy["batch"] = expected["batch"]?.DeepClone();
            return copy;
        }
    }
}
