using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>Layers and functions that resize, crop and move the pixels of images.</summary>
internal sealed class ImageFamily : IPreprocessingFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>>
        {
            ["ops.image.resize"] = Resize,
            ["ops.image.affine_transform"] = Transform,
            [nameof(Resizing)] = one => one.RunLayer(),
            [nameof(CenterCrop)] = one => one.RunLayer(),
            [nameof(RandomCrop)] = RunRandom,
            [nameof(RandomFlip)] = RunRandom,
            [nameof(RandomRotation)] = RunRandom,
            [nameof(RandomTranslation)] = RunRandom,
            [nameof(RandomZoom)] = RunRandom,
            [nameof(RandomShear)] = RunRandom,
            [nameof(RandomPerspective)] = RunRandom,
            [nameof(RandomElasticTransform)] = RunRandom,
            [nameof(RandomErasing)] = RunRandom,
        };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<JsonNode?>> Errors { get; } =
        new Dictionary<string, Func<JsonNode?>>
        {
            ["Resizing(interpolation='cubic')"] = () => Made(new Resizing(4, 4, interpolation: "cubic")),
            ["Resizing(crop and pad)"] = () => Made(new Resizing(4, 4, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true)),
            ["Resizing of rank 2"] = () =>
            {
                using Tensor x = zeros(8, 9);
                using Tensor resized = new Resizing(4, 4).Call(x);
                return null;
            },
            ["RandomFlip(mode='diagonal')"] = () => Made(new RandomFlip("diagonal")),
            ["RandomRotation('a')"] = () => Read("RandomRotation", new JsonObject { ["factor"] = "a" }),
            ["RandomRotation(fill_mode='zero')"] = () => Made(new RandomRotation(0.1, fill_mode: "zero")),
            ["RandomZoom((-2, 0.1))"] = () => Made(new RandomZoom((-2, 0.1))),
            ["RandomTranslation(1.5, 0)"] = () => Made(new RandomTranslation(1.5, 0)),
        };

    /// <summary>A case of a random layer: at inference, in training with one possible draw, or one of two.</summary>
    internal static void RunRandom(PreprocessingCase one)
    {
        if (one.Entry.Extra == "random_layers")
        {
            AtInference(one);
        }
        else if (one.Entry.Key.StartsWith("drawn_", StringComparison.Ordinal))
        {
            Drawn(one);
        }
        else
        {
            one.RunLayer(one.Layer(), training: false);
        }
    }

    private static void AtInference(PreprocessingCase one)
    {
        Layer layer = one.Layer();
        one.Check.Json("config", KerasSerializer.Serialize(layer), WithoutBuild(one.Config));
        long[] shape = [.. one.Json["inference_shape"]!.AsArray().Select(n => n!.GetValue<long>())];
        using Tensor x = rand(shape);
        using Tensor y = layer.Call(x, training: false);
        one.Check.Equal(
            "inference_is_identity",
            y.shape.SequenceEqual(x.shape) && y.equal(x).all().item<bool>(),
            (bool)one.Json["inference_is_identity"]!
        );
        one.Check.Equal("weights", layer.Weights.Count, one.Json["weights"]!.AsArray().Count);
    }

    // Shears have a sign beside their factor, so that two outcomes are possible.
    private static void Drawn(PreprocessingCase one)
    {
        if (!one.Json["kind"].Text().StartsWith("not deterministic", StringComparison.Ordinal))
        {
            one.RunLayer(one.Layer(), training: true);
            return;
        }

        Layer layer = one.Layer();
        one.Check.Json("config", KerasSerializer.Serialize(layer), WithoutBuild(one.Config));
        using Tensor x = rand(64, 8, 9, 1);
        using Tensor y = layer.Call(x, training: true);
        one.Check.Equal("changes its input", y.equal(x).all().item<bool>(), false);
    }

    private static JsonNode WithoutBuild(JsonNode config)
    {
        JsonNode copy = config.DeepClone();
        copy.AsObject().Remove("build_config");
        return copy;
    }

    private static void Resize(PreprocessingCase one)
    {
        int[] size = [.. one.Json["size"]!.AsArray().Select(n => n!.GetValue<int>())];
        Tensor input = one.Array("input");
        one.Compare(input, ImageOps.Resize(input, (size[0], size[1]), one.Json["interpolation"].Text()));
    }

    private static void Transform(PreprocessingCase one)
    {
        Tensor input = one.Fixture.Array(one.Json["input"].Text());
        Tensor transform = tensor([.. one.Json["transform"]!.AsArray().Select(n => (float)n!.GetValue<double>())]);
        one.Compare(
            input,
            ImageOps.AffineTransform(
                input,
                transform,
                one.Json["interpolation"].Text(),
                one.Json["fill_mode"].Text(),
                one.Json["fill_value"]!.GetValue<double>()
            )
        );
    }

    private static JsonValue? Made(Layer layer) => JsonValue.Create(layer.Name);

    private static JsonValue? Read(string layer, JsonObject config) =>
        Made(
            KerasSerializer.Deserialize<Layer>(
                new JsonObject
                {
                    ["module"] = "keras.layers",
                    ["class_name"] = layer,
                    ["config"] = config,
                    ["registered_name"] = null,
                }
            )
        );
}
