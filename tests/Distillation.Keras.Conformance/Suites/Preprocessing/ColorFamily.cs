using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>Layers that change colours, or mix images.</summary>
internal sealed class ColorFamily : IPreprocessingFamily
{
    private static readonly string[] Classes =
    [
        "RandomContrast",
        "RandomBrightness",
        "RandomHue",
        "RandomSaturation",
        "RandomGrayscale",
        "RandomColorJitter",
        "RandomColorDegeneration",
        "RandomGaussianBlur",
        "RandomSharpness",
        "RandomPosterization",
        "RandomInvert",
        "Solarization",
        "AutoContrast",
        "Equalization",
        "MixUp",
        "CutMix",
        "RandAugment",
        "AugMix",
    ];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        Classes.ToDictionary(c => c, c => (Action<PreprocessingCase>)Run);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<JsonNode?>> Errors { get; } =
        new Dictionary<string, Func<JsonNode?>>
        {
            ["RandomContrast(2)"] = () => new RandomContrast(2).Name,
            ["RandomBrightness(2)"] = () => new RandomBrightness(2).Name,
        };

    private static void Run(PreprocessingCase one)
    {
        Layer layer = one.Layer();
        if (one.Entry.Extra == "random_layers")
        {
            Untouched(one, layer);
        }
        else if (one.Fixture.Has($"{one.Entry.Key}/output"))
        {
            one.RunLayer(layer, training: true);
        }
        else
        {
            // Keras' draws are not ours: that the range is none of one point, and the configuration, is all there is.
            long[] shape = [.. one.Config["build_config"]!["input_shape"]!.Numbers().Select(n => (long)n)];
            Tensor x = rand(shape).mul_(255);
            Tensor first = layer.Call(x, training: true);
            one.Check.Equal("draws", first.sub(layer.Call(x, training: true)).abs_().max().ToSingle() > 0, true);
            one.Check.Json("config", KerasSerializer.Serialize(layer), one.Config);
        }
    }

    // In inference, on images from 0 to 1, as the file was made.
    private static void Untouched(PreprocessingCase one, Layer layer)
    {
        long[] shape = [.. one.Json["inference_shape"]!.Numbers().Select(n => (long)n)];
        Tensor x = rand(shape);
        Tensor y = layer.Call(x, training: false);
        one.Check.EqualList("inference_shape", y.shape, shape);
        one.Check.Equal(
            "inference_is_identity",
            y.sub(x).abs_().max().ToSingle() == 0,
            one.Json["inference_is_identity"]!.GetValue<bool>()
        );
        one.Check.EqualList("weights", layer.Weights.Select(w => w.Name), one.Json["weights"]!.AsArray().Select(w => w.Text()));
        one.Check.Json("config", KerasSerializer.Serialize(layer), one.Config);
    }
}
