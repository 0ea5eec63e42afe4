using System.Text.Json.Nodes;
using Distillation.Keras.Optimizers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Model files: each is loaded, computes what Keras computed, goes on training as it would have, and is saved and loaded again.
/// </summary>
public sealed class ModelsSuite : ISuite
{
    // Outputs of one file from different backends and versions differ by up to 1e-6 (README-models.md); half precision by its own rounding.
    private const double Tolerance = 1e-5;
    private const double HalfTolerance = 1e-2;

    // Three steps, each within the tolerances of layers and optimizers.
    private const double TrainingTolerance = 2e-4;

    // Of gradients whose exact value is 0.
    private const double Noise = 1e-8;

    /// <inheritdoc/>
    public string File => "models";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        string folder = fixture.Folder;
        return fixture.All.Select(e => new FixtureCase(
            e.Name,
            check =>
            {
                using var files = new ModelFiles(folder, "versions.zip");
                new ModelCase(fixture, files, e.Key, e.Object, check).Run();
            }
        ));
    }

    private sealed class ModelCase(Fixture fixture, ModelFiles files, string name, JsonObject entry, Check check)
    {
        private readonly bool _isOld = entry["line"].Text() is not ("k3" or "k3.0.5" or "k3.5.0");

        // Up to 2.2 recurrent layers have the hard_sigmoid of Keras 2 by default. Keras 3 has no name for it.
        private readonly bool _hasOldSigmoid =
            entry["model"].Text() == "old_recurrent"
            && (
                entry["line"].Text().StartsWith("k1", StringComparison.Ordinal)
                || entry["line"].Text().StartsWith("k2.2", StringComparison.Ordinal)
            );

        private readonly bool _hasRunningLoss = entry["line"].Text() is "k3.0.5" or "k3.5.0";
        private readonly bool _isHalf = entry["model"].Text().Contains("float16", StringComparison.Ordinal);

        public void Run()
        {
            if (entry["model"].Text().StartsWith("quantized_", StringComparison.Ordinal))
            {
                Skip("x", "y");
                Refused(files.PathOf(entry["files"]!["keras"]!["file"].Text()));
                return;
            }

            foreach (string form in (string[])["keras", "h5"])
            {
                if (entry["files"]?[form]?["file"] is JsonNode file)
                {
                    Whole(form, files.PathOf(file.Text()));
                }
            }

            foreach (string form in (string[])["weights.h5", "old_weights.h5", "weights.json"])
            {
                if (entry["files"]?[form]?["file"] is JsonNode file)
                {
                    Weights(form, files.PathOf(file.Text()));
                }
            }
        }

        private void Refused(string path)
        {
            try
            {
                LoadedModel.From(path).Release();
            }
            catch (ModelFormatException e) when (e.Message.Contains("a quantised model", StringComparison.Ordinal))
            {
                check.Known("quantised models are refused by name");
                return;
            }
            check.Differ("call", "accepted, but quantised models are to be refused by name");
        }

        private void Whole(string form, string path)
        {
            Model model = LoadedModel.From(path);
            Predict(form, model);
            string[] saved = [Path.Combine(files.Scratch, "again.keras"), Path.Combine(files.Scratch, "again.h5")];
            foreach (string again in saved)
            {
                if (_hasOldSigmoid)
                {
                    RefusedToSave(model, again);
                    continue;
                }

                model.Save(again);
                Model copy = LoadedModel.From(again);
                Predict($"{form} saved as {Path.GetExtension(again)}", copy);
                SameWeights($"{form} saved as {Path.GetExtension(again)}", copy, model);
                copy.Release();
            }

            if (Keys("train/x").Length > 0)
            {
                GoOn(form, model, entry["compiled"] as JsonObject);
            }

            model.Release();
        }

        private void RefusedToSave(Model model, string path)
        {
            try
            {
                model.Save(path);
                check.Differ("call", "saved, but Keras 3 has no name for the hard_sigmoid of Keras 2, which the model has");
            }
            catch (NotSupportedException e) when (e.Message.Contains("hard_sigmoid of Keras 2", StringComparison.Ordinal)) { }
        }

        private void Weights(string form, string path)
        {
            string whole = entry["files"]?["keras"]?["file"] is JsonNode keras ? keras.Text() : entry["files"]!["h5"]!["file"].Text();
            Model model = LoadedModel.From(files.PathOf(whole));
            foreach (Variable weight in model.Weights)
            {
                weight.Assign(zeros_like(weight.Value));
            }

            model.LoadWeights(path);
            Predict(form, model);
            model.Release();
        }

        private void Predict(string form, Model model)
        {
            IReadOnlyList<NDArray> outputs = model.PredictOutputs(Data("x"));
            string[] keys = Keys("y");
            check.Equal($"{form}: outputs", outputs.Count, keys.Length);
            for (int i = 0; i < Math.Min(outputs.Count, keys.Length); i++)
            {
                using NDArray output = outputs[Place(model, keys[i])];
                check.Close(
                    $"{form}: y/{keys[i]}",
                    Backend.TensorConversion.ToTensor(output),
                    fixture.Array($"{name}/y/{keys[i]}"),
                    _isHalf ? HalfTolerance : Tolerance
                );
            }
        }

        private void GoOn(string form, Model model, JsonObject? compiled)
        {
            // Keras 2 has no learning rate among them, leaves out some numbers behind the slots and slots without a use, and has of an
            // optimizer that scales the loss the one within.
            int stored = Keys("optimizer").Length;
            Optimizer optimizer = _isOld && model.Optimizer is LossScaleOptimizer scaling ? scaling.InnerOptimizer : model.Optimizer;
            Variable[] variables = [.. optimizer.Variables];
            variables =
                variables.Length == stored || stored == 0 ? variables
                : _isOld ? [.. variables.Where((v, i) => i != 1).Take(stored)]
                : variables;
            check.Equal(
                $"{form}: optimizer variables",
                variables.Length,
                stored == 0 || _isOld ? Math.Min(stored == 0 ? int.MaxValue : stored, variables.Length) : stored
            );
            for (int i = 0; i < stored; i++)
            {
                Tensor expected = fixture.Array($"{name}/optimizer/{i}");
                if (i < variables.Length)
                {
                    check.Close($"{form}: optimizer/{i}", variables[i].Value, expected, 0);
                }
            }

            ArrayLike x = Data("train/x");
            ArrayLike y = Data("train/y");
            if (name == "policy_mixed_float16_global")
            {
                Skip("after", "after_optimizer");
                check.Known("Keras drops the state of the optimizer");
                return;
            }

            if (Keys("after").Length == 0)
            {
                return;
            }

            JsonArray losses = compiled?["losses_after_loading"] as JsonArray ?? entry["losses_after_loading"] as JsonArray ?? [];
            double sum = 0;
            for (int step = 0; step < 3; step++)
            {
                double loss = model.TrainOnBatch(x, y)["loss"];
                sum += loss;

                // Up to Keras 3.5 the loss of train_on_batch is the mean since the first call.
                loss = _hasRunningLoss ? sum / (step + 1) : loss;
                if (step < losses.Count)
                {
                    double expected = losses[step] is JsonArray several ? several[0].Number() : losses[step].Number();
                    check.Close($"{form}: loss {step}", loss, expected, _isHalf ? HalfTolerance : TrainingTolerance);
                }
            }

            // Where Keras did not read the state that is in its .h5, what is right is how the .keras goes on.
            bool isRestored = entry["files"]!["h5"]?["optimizer_variables_restored"]?.GetValue<bool>() is not false;
            if (!isRestored)
            {
                Skip("after_h5");
            }

            if (_hasOldSigmoid && entry["line"].Text().StartsWith("k1", StringComparison.Ordinal))
            {
                // Keras 1 has a weight for each gate, whose order README-models.md does not say.
                Skip("after");
                return;
            }

            string after = form == "h5" && isRestored && Keys("after_h5").Length > 0 ? "after_h5" : "after";
            Compare(form, after, [.. model.Weights], w => w.Name);
            Compare(form, "after_optimizer", variables, v => v.Name[(v.Name.LastIndexOf('_') + 1)..]);
        }

        // What is in the fixture, but cannot be compared.
        private void Skip(params string[] all)
        {
            foreach (string what in all)
            {
                foreach (string key in Keys(what))
                {
                    fixture.Array($"{name}/{what}/{key}").Dispose();
                }
            }
        }

        // Differences are named by what the variables are, as other models of the kind have them in other places.
        private void Compare(string form, string what, Variable[] actual, Func<Variable, string> kind)
        {
            for (int i = 0; i < Keys(what).Length; i++)
            {
                Tensor expected = fixture.Array($"{name}/{what}/{i}");

                // Theano's convolutions have their kernels rotated.
                expected =
                    entry["line"].Text().EndsWith("theano", StringComparison.Ordinal) && expected.dim() == 4
                        ? expected.flip(0, 1)
                        : expected;
                if (i < actual.Length)
                {
                    // The exact gradient of a bias of keys is 0 (softmax takes away what all of them share): there is rounding alone.
                    double absolute =
                        !actual[i].Name.Contains("_key_bias_", StringComparison.Ordinal) ? 0
                        : kind(actual[i]) == "velocity" ? Noise * Noise
                        : Noise;
                    check.Close(
                        $"{form}: {what}/{kind(actual[i])}",
                        actual[i].Value,
                        expected,
                        _isHalf ? HalfTolerance : TrainingTolerance,
                        absolute
                    );
                }
            }
        }

        private void SameWeights(string where, Model copy, Model model)
        {
            check.Equal(
                $"{where}: weights",
                string.Join(", ", copy.Weights.Select(w => w.Path)),
                string.Join(", ", model.Weights.Select(w => w.Path))
            );
            for (int i = 0; i < Math.Min(model.Weights.Count, copy.Weights.Count); i++)
            {
                // Of an adapted kernel a .keras has the sum: what is trained in its place is made anew.
                bool isNew = model.Weights[i].Name == "lora_kernel_a" && where.EndsWith(".keras", StringComparison.Ordinal);
                check.Equal(
                    $"{where}: {model.Weights[i].Path}",
                    isNew || copy.Weights[i].Value.bytes.SequenceEqual(model.Weights[i].Value.bytes),
                    true
                );
            }
        }

        private string[] Keys(string what)
        {
            string prefix = $"{name}/{what}/";
            return
            [
                .. fixture
                    .Arrays.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(k => k[prefix.Length..])
                    .OrderBy(k => k.Length)
                    .ThenBy(k => k, StringComparer.Ordinal),
            ];
        }

        private static int Place(Model model, string key) =>
            int.TryParse(key, out int number) ? number : Math.Max(0, model.Signature.OutputNames.ToList().IndexOf(key));

        private ArrayLike Data(string what)
        {
            string[] keys = Keys(what);
            return keys is ["0"] ? fixture.Array($"{name}/{what}/0")
                : keys.All(k => int.TryParse(k, out _)) ? keys.Select(k => fixture.Array($"{name}/{what}/{k}")).ToArray()
                : keys.ToDictionary(k => k, k => fixture.Array($"{name}/{what}/{k}"));
        }
    }
}
