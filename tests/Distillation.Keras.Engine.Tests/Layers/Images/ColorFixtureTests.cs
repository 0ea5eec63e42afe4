using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>Layers that change colours, beside what Keras' own give for the same draws (<c>tests/Fixtures/images</c>).</summary>
public sealed class ColorFixtureTests
{
    private static readonly JsonObject File = JsonNode
        .Parse(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "images", "colors.json")))!
        .AsObject();

    private DisposeScope _scope = null!;

    private static IEnumerable<string> Names => File["cases"]!.AsArray().Select(c => (string)c!["name"]!);

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_layer_gives_what_Keras_gives(string name)
    {
        JsonObject one = File["cases"]!.AsArray().Single(c => (string)c!["name"]! == name)!.AsObject();
        var layer = (BaseImagePreprocessingLayer)
            KerasSerializer.Deserialize<Layer>(
                new JsonObject { ["class_name"] = one["layer"]!.DeepClone(), ["config"] = one["config"]!.DeepClone() }
            );
        Tensor x = Array(one["input"]!);
        Tensor y = one["draws"] is JsonNode draws ? Drawn(layer, x, draws, one) : layer.Call(x);
        Tensor expected = Array(one["output"]!);
        Assert.That(y.shape, Is.EqualTo(expected.shape));
        Assert.That(y.dtype, Is.EqualTo(expected.dtype));
        AssertClose(y, expected);
    }

    private static IEnumerable<int> Functions => Enumerable.Range(0, File["ops"]!.AsArray().Count);

    [TestCaseSource(nameof(Functions))]
    public void A_function_gives_what_Keras_gives(int index)
    {
        JsonNode one = File["ops"]![index]!;
        Tensor x = Array(one["input"]!);
        string? format = (string?)one["arguments"]!["data_format"];
        Tensor y = (string)one["name"]! switch
        {
            "rgb_to_grayscale" => ImageOps.RgbToGrayscale(x, format),
            "rgb_to_hsv" => ImageOps.RgbToHsv(x, format),
            "hsv_to_rgb" => ImageOps.HsvToRgb(x, format),
            _ when one["arguments"]!["sigma"] is JsonNode sigma => ImageOps.GaussianBlur(
                x,
                new Size([.. Numbers(one["arguments"]!["kernel_size"]!).Select(n => (int)n)]),
                ((double)sigma[0]!, (double)sigma[1]!),
                format
            ),
            _ => ImageOps.GaussianBlur(x, data_format: format),
        };
        Tensor expected = Array(one["output"]!);
        Assert.That(y.shape, Is.EqualTo(expected.shape));
        Assert.That(y.dtype, Is.EqualTo(expected.dtype));
        AssertClose(y, expected);
    }

    private static Tensor Drawn(BaseImagePreprocessingLayer layer, Tensor x, JsonNode draws, JsonObject one)
    {
        // The layers compute on (batch, channels, height, width).
        Tensor images = Spatial.ToNative(x, 2, layer.DataFormat);
        Tensor Draw(string name, params long[] sizes) => tensor([.. Numbers(draws[name]!)], ScalarType.Float32).reshape(sizes);
        Tensor changed = layer switch
        {
            RandomHue hue => hue.Turned(images, Draw("factor", -1, 1, 1)),
            Solarization solarization => solarization.Solarized(images, Draw("additions", -1, 1, 1, 1), Draw("thresholds", -1, 1, 1, 1)),
            RandomPosterization posterization => posterization.Cut(images, Draw("shift_factor", -1, 1, 1, 1)),
            RandomGaussianBlur blur => blur.Blurred(
                images,
                Draw("should_apply_blur", -1, 1, 1, 1).to(ScalarType.Bool),
                (Draw("blur_factor", -1)[0].ToSingle(), Draw("blur_factor", -1)[1].ToSingle())
            ),
            RandomGrayscale => where(
                tensor([.. Numbers(draws)], ScalarType.Bool).reshape(-1, 1, 1, 1),
                ImageColors.Grayscale(images, 1),
                images
            ),
            RandAugment => Steps(images, [(string)draws!]),
            AugMix => AugMix
                .Mixed(
                    images,
                    [.. draws["chains"]!.AsArray().Select(c => Steps(images, [.. c!.AsArray().Select(n => (string)n!)]))],
                    [.. Numbers(draws["weights"]!)],
                    (double)draws["share"]!
                )
                .clamp(0, 255),
            MixUp => Mixed(images, Draw("permutation_order", -1), Draw("mix_weight", -1), one),
            CutMix => CutOut(images, Draw("own", -1, 1, 1, 1), Draw("column", -1, 1, 1, 1), Draw("row", -1, 1, 1, 1), one),
            _ => throw new NotSupportedException($"The draws of {layer.ClassName} cannot be given."),
        };
        return Spatial.FromNative(changed, 2, layer.DataFormat);
    }

    // With a strength of 0 there is no chance in what the steps do.
    private static Tensor Steps(Tensor images, IReadOnlyList<string> names)
    {
        using var generator = new Generator(1, CPU);
        var draws = new ImageDraws(images, () => generator);
        BaseImagePreprocessingLayer[] all = ImageAugmentations.All(
            ImageAugmentations.Strength(0, "RandAugment"),
            ValueRange.Bytes,
            "bilinear"
        );
        return ImageAugmentations.OfImages(images, names.Select(n => all.Single(l => Snake(l) == n).View(draws)));
    }

    private static string Snake(Layer layer) =>
        string.Concat(
            layer.ClassName.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}")
        );

    private static Tensor Mixed(Tensor images, Tensor order, Tensor shares, JsonObject one)
    {
        Tensor others = order.to(ScalarType.Int64);
        Tensor labels = Array(one["labels"]!);
        AssertClose(ImageMixing.Mixed(labels, labels.index_select(0, others), shares), Array(one["mixed_labels"]!));
        return ImageMixing.Mixed(images, images.index_select(0, others), shares);
    }

    private static Tensor CutOut(Tensor images, Tensor own, Tensor column, Tensor row, JsonObject one)
    {
        (Tensor isOther, Tensor shares) = CutMix.Cut(own, column, row, images.size(2), images.size(3));
        Tensor others = tensor([.. Numbers(one["draws"]!["order"]!)], ScalarType.Float32).to(ScalarType.Int64);
        Tensor labels = Array(one["labels"]!);
        AssertClose(shares, Array(one["shares"]!));
        AssertClose(ImageMixing.Mixed(labels, labels.index_select(0, others), shares), Array(one["mixed_labels"]!));
        return where(isOther, images.index_select(0, others), images);
    }

    private static Tensor Array(JsonNode node)
    {
        long[] shape = [.. node["shape"]!.AsArray().Select(n => (long)n!)];
        return tensor([.. Numbers(node["values"]!)], ScalarType.Float64)
            .to(
                (string)node["dtype"]! switch
                {
                    "float32" => ScalarType.Float32,
                    "uint8" => ScalarType.Byte,
                    string other => throw new NotSupportedException(other),
                }
            )
            .reshape(shape);
    }

    private static IEnumerable<double> Numbers(JsonNode node) =>
        node switch
        {
            JsonArray list => list.SelectMany(n => Numbers(n!)),
            JsonValue value when value.TryGetValue(out bool flag) => [flag ? 1 : 0],
            _ => [node.GetValue<double>()],
        };

    private static void AssertClose(Tensor found, Tensor expected)
    {
        Tensor error = found.to(ScalarType.Float64).sub(expected.to(ScalarType.Float64)).abs();
        double scale = expected.to(ScalarType.Float64).abs().max().ToDouble();
        Assert.That(error.max().ToDouble(), Is.LessThanOrEqualTo(1e-6 * scale));
    }
}
