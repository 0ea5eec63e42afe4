using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Layers, merges and models with masks: weights are set, then outputs, gradients of sum(output * cotangent) and, for BatchNormalization,
/// the statistics after a call in training are compared, and the configuration is written again.
/// </summary>
public sealed class LayersSuite : ISuite
{
    // Keras' backends differ by up to 1e-6 of the largest entry; a gradient is a sum over the batch and all positions, in another order on
    // each CPU.
    private const double OutputTolerance = 1e-5;
    private const double GradientTolerance = 5e-5;

    /// <inheritdoc/>
    public string File => "layers";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(e.Name, check => new LayerCase(fixture, e.Object, check).Run()));

    /// <summary>Sets a layer's weights from arrays <c>prefix0</c>, <c>prefix1</c>, ...</summary>
    internal static void SetWeights(Fixture fixture, Layer layer, string prefix)
    {
        for (int i = 0; i < layer.Weights.Count; i++)
        {
            layer.Weights[i].Assign(fixture.Array($"{prefix}{i}"));
        }
    }

    private sealed class LayerCase(Fixture fixture, JsonObject entry, Check check)
    {
        private readonly string _name = entry["name"].Text();

        public void Run()
        {
            JsonObject config = entry["config"] as JsonObject ?? throw new FixtureException($"'{_name}' has no configuration.");
            Classes.Require(config);
            RequireActivations(config);
            string kind = entry["kind"].Text();
            if (kind is not ("single" or "merge" or "model"))
            {
                throw new FixtureException($"A case of layers is single, merge or model, but '{_name}' is {kind}.");
            }

            Layer layer = kind == "model" ? Model.FromJson(config.ToJsonString()) : KerasSerializer.Deserialize<Layer>(config);
            Tensor[] inputs = [.. Enumerable.Range(0, (int)entry["inputs"].Number()).Select(i => fixture.Array($"{_name}/input{i}"))];
            layer.CallAll(inputs);
            string[] paths =
            [
                .. (entry["weights"] as JsonArray ?? throw new FixtureException($"'{_name}' has no list of weights.")).Select(n =>
                    n.Text()
                ),
            ];
            check.EqualList(
                "weights",
                layer.Weights.Select(w => kind == "model" ? w.Path : w.Path[(w.Path.IndexOf('/', StringComparison.Ordinal) + 1)..]),
                paths
            );
            if (layer.Weights.Count != paths.Length)
            {
                return;
            }

            check.EqualList(
                "trainable",
                layer.Weights.Select(w => layer.TrainableWeights.Contains(w)),
                [.. entry["trainable"]!.AsArray().Select(n => n!.GetValue<bool>())]
            );
            SetWeights(fixture, layer, $"{_name}/weight");
            check.Json("config", kind == "model" ? JsonNode.Parse(((Model)layer).ToJson()) : KerasSerializer.Serialize(layer), config);
            InInference(layer, inputs, kind);
            if (entry["training"] is JsonNode training)
            {
                check.Equal("training", training.GetValue<bool>(), true);
                InTraining(layer, inputs);
            }
        }

        private void InInference(Layer layer, Tensor[] inputs, string kind)
        {
            foreach (Tensor input in inputs.Where(i => i.is_floating_point()))
            {
                input.requires_grad_(true);
            }

            LayerOutputs outputs = layer.CallAll(new LayerInputs<Tensor>(inputs));
            Tensor output = outputs.Tensors[0];
            check.Close("output", output, fixture.Array($"{_name}/output"), OutputTolerance);
            if (fixture.Has($"{_name}/output_mask"))
            {
                check.Close(
                    "output_mask",
                    (outputs.Mask(0) ?? throw new InvalidOperationException($"The output of '{_name}' has no mask.")).to(
                        ScalarType.Float32
                    ),
                    fixture.Array($"{_name}/output_mask").to(ScalarType.Float32),
                    0
                );
            }
            else
            {
                check.Equal("has a mask", outputs.Mask(0) is not null, false);
            }

            if (entry["gradients_in_inference_mode"] is JsonNode mode)
            {
                check.Equal("gradients_in_inference_mode", mode.GetValue<bool>(), true);
            }

            (string Where, Tensor Of)[] asked =
            [
                .. inputs.Where(i => i.is_floating_point()).Select((x, i) => ($"grad_input{i}", x)),
                .. kind == "model" ? [] : layer.TrainableWeights.Select((w, i) => ($"grad_weight{i}", w.Value)),
            ];
            if (asked.Length == 0)
            {
                return;
            }

            Tensor cotangent = fixture.Array($"{_name}/cotangent");
            if (!output.shape.SequenceEqual(cotangent.shape))
            {
                return;
            }

            // Through backward: an error inside autograd.grad of TorchSharp 0.107 ends the process.
            (output * cotangent)
                .sum()
                .backward();
            for (int i = 0; i < asked.Length; i++)
            {
                Tensor expected = fixture.Array($"{_name}/{asked[i].Where}");
                double absolute = expected.numel() > 0 && expected.abs().max().ToDouble() < 1e-6 ? 1e-6 : 0;
                Tensor actual = asked[i].Of.grad ?? zeros_like(asked[i].Of);
                check.Close(asked[i].Where, actual, expected, GradientTolerance, absolute);
            }
        }

        private void InTraining(Layer layer, Tensor[] inputs)
        {
            check.Close(
                "output_training",
                layer.CallAll(inputs, training: true)[0],
                fixture.Array($"{_name}/output_training"),
                OutputTolerance
            );
            for (int i = 0; i < layer.Weights.Count; i++)
            {
                check.Close(
                    $"weight{i}_after_training",
                    layer.Weights[i].Value,
                    fixture.Array($"{_name}/weight{i}_after_training"),
                    OutputTolerance
                );
            }
        }

        // Activations are strings in a configuration, so that no class name tells whether they are there.
        private static void RequireActivations(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject o:
                    foreach ((string key, JsonNode? value) in o)
                    {
                        if (key is "activation" or "recurrent_activation" && value is JsonValue text)
                        {
                            Classes.RequireActivation(text.ToString());
                        }

                        RequireActivations(value);
                    }

                    break;
                case JsonArray list:
                    foreach (JsonNode? item in list)
                    {
                        RequireActivations(item);
                    }

                    break;
                default:
                    break;
            }
        }
    }
}
