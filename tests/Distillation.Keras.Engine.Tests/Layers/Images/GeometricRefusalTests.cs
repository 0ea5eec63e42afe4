using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>What layers and functions that move pixels refuse, and in which words; and their configurations.</summary>
public sealed class GeometricRefusalTests
{
    private static readonly (string What, Func<object> Make, string Says)[] Arguments =
    [
        ("height", () => new Resizing(0, 3), "'height' is a whole number of at least 1"),
        ("width", () => new CenterCrop(3, 0), "'width' is a whole number of at least 1"),
        ("crop", () => new RandomCrop(-1, 3), "'height' is a whole number of at least 1"),
        ("interpolation", () => new Resizing(3, 3, "cubic"), "interpolation of Resizing is \"nearest\", \"bilinear\", \"bicubic\""),
        ("fill mode of a resize", () => new Resizing(3, 3, fill_mode: "wrap"), "fill_mode of Resizing is \"constant\" alone"),
        ("crop and pad", () => new Resizing(3, 3, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true), "either crops"),
        ("fill value", () => new Resizing(3, 3, fill_value: double.NaN), "'fill_value' is a finite number"),
        ("flip", () => new RandomFlip("diagonal"), "mode of RandomFlip is \"horizontal\""),
        ("format", () => new RandomFlip(data_format: "first"), "data_format of RandomFlip"),
        ("rotation", () => new RandomRotation(1.5), "'factor' of RandomRotation is a number from -1 to 1"),
        ("rotation beyond", () => new RandomRotation((3, 0.2)), "'factor' of RandomRotation is a number from -1 to 1"),
        ("rotation's fill", () => new RandomRotation(0.1, "zero"), "fill_mode of RandomRotation is \"reflect\", \"wrap\""),
        ("rotation's mirror", () => new RandomRotation(0.1, "mirror"), "fill_mode of RandomRotation"),
        ("rotation's interpolation", () => new RandomRotation(0.1, interpolation: "bicubic"), "interpolation of RandomRotation"),
        ("translation", () => new RandomTranslation(0.1, (0, -1.5)), "'width_factor' of RandomTranslation is a number from -1 to 1"),
        ("zoom", () => new RandomZoom(-1), "'height_factor' of RandomZoom is a number above -1 up to 1"),
        ("zoom's width", () => new RandomZoom(0.1, (-2, 0.1)), "'width_factor' of RandomZoom is a number above -1 up to 1"),
        ("shear", () => new RandomShear(-0.1), "'x_factor' of RandomShear is a number from 0 to 1"),
        ("shear's range", () => new RandomShear(0.1, (-0.1, 0.3)), "'y_factor' of RandomShear is a number from 0 to 1"),
        ("perspective", () => new RandomPerspective(1.5), "'factor' of RandomPerspective is a number from 0 to 1"),
        ("perspective's scale", () => new RandomPerspective(scale: 1.5), "'scale' is a number from 0 to 1"),
        ("elastic", () => new RandomElasticTransform(scale: 2), "'scale' of RandomElasticTransform is a number from 0 to 1"),
        ("elastic fill", () => new RandomElasticTransform(fill_mode: "zero"), "fill_mode of RandomElasticTransform"),
        ("erasing", () => new RandomErasing(scale: (2, 3)), "'scale' of RandomErasing is a number from 0 to 1"),
        ("erasing fill", () => new RandomErasing(fill_value: new[] { 1.0, 2 }), "fill_value of RandomErasing is a number, or three"),
        ("value range", () => new RandomErasing(value_range: (5, 1)), "low below high"),
        ("empty pipeline", () => new Pipeline([]), "at least one layer"),
        ("no layer", () => new Pipeline([null!]), "is null"),
        ("resize's size", () => ImageOps.Resize(Image(), 0), "'size' takes positive integers"),
        ("resize's sizes", () => ImageOps.Resize(Image(), (1, 2, 3)), "'size' takes one integer or 2"),
        ("resize's rank", () => ImageOps.Resize(Image()[0], 2), "takes an image of 3 axes or a batch of images with 4"),
        ("resize of nothing", () => ImageOps.Resize(Image()[.., 0..0], 2), "at least one pixel"),
        ("resize's type", () => ImageOps.Resize(Image().to(@bool), 2), "images"),
        ("transform's shape", () => ImageOps.AffineTransform(Image(), ones(2, 8, device: CPU)), "shape of 'transform' is (2, 8)"),
        ("transform's width", () => ImageOps.AffineTransform(Image(), ones(9, device: CPU)), "takes the 8 numbers"),
        ("transform's fill", () => ImageOps.AffineTransform(Image(), ones(8, device: CPU), fill_mode: "zero"), "\"mirror\""),
    ];

    private static readonly (string What, Func<Layer> Make, Shape Shape, string Says)[] Shapes =
    [
        ("rank 2", () => new Resizing(3, 3), (4, 5), "takes an image with 3 axes, (height, width, channels)"),
        ("rank 5", () => new RandomFlip(data_format: "channels_first"), (1, 2, 3, 4, 5), "(batch, channels, height, width)"),
        ("no pixel", () => new RandomRotation(0.1), (2, 0, 3, 1), "at least one pixel and channel"),
        ("one row", () => new RandomPerspective(), (2, 1, 3, 1), "at least two pixels each way"),
        ("one column", () => new RandomPerspective(data_format: "channels_first"), (2, 3, 4, 1), "at least two pixels each way"),
        ("four channels", () => new RandomErasing(fill_value: new[] { 1.0, 2, 3 }), (2, 3, 3, 4), "each of three channels"),
    ];

    private static readonly Func<Layer>[] Layers =
    [
        () => new Resizing(3, 4, "lanczos3", pad_to_aspect_ratio: true, fill_value: 2, antialias: true, data_format: "channels_first"),
        () => new CenterCrop(3, 4),
        () => new RandomCrop(3, 4, seed: 3),
        () => new RandomFlip("vertical", 3),
        () => new RandomRotation((0.2, -0.1), "wrap", "nearest", 3, 1.5, "channels_first"),
        () => new RandomTranslation((0.2, -0.1), 0.3, "constant", fill_value: 4),
        () => new RandomZoom(0.2, (0.1, 0.2)),
        () => new RandomShear(0.2, (0.1, 0.2), seed: 4),
        () => new RandomPerspective(0.7, 0.3, "nearest", 2, 3),
        () => new RandomElasticTransform((0.2, 0.4), 0.3, fill_mode: "mirror", value_range: (0, 1)),
        () => new RandomErasing(0.7, 0.2, new[] { 1.0, 2, 3 }),
        () => new Pipeline([new RandomFlip(), new Rescaling(0.5)], "augment"),
    ];

    private static IEnumerable<string> Whats => Arguments.Select(a => a.What);

    private static IEnumerable<string> Inputs => Shapes.Select(s => s.What);

    private static IEnumerable<int> Places => Enumerable.Range(0, Layers.Length);

    [TestCaseSource(nameof(Whats))]
    public void A_wrong_argument_is_refused_by_its_name(string what)
    {
        using DisposeScope scope = NewDisposeScope();
        (_, Func<object> make, string says) = Arguments.Single(a => a.What == what);
        Assert.That(() => make(), Throws.InstanceOf<ArgumentException>().With.Message.Contains(says));
    }

    [TestCaseSource(nameof(Inputs))]
    public void A_wrong_shape_is_refused_with_the_layers_name(string what)
    {
        using DisposeScope scope = NewDisposeScope();
        (_, Func<Layer> make, Shape shape, string says) = Shapes.Single(s => s.What == what);
        Layer layer = make();
        Assert.That(
            () => layer.ComputeOutputShape(shape),
            Throws.ArgumentException.With.Message.Contains(says).And.Message.Contains(layer.Name)
        );
        Assert.That(() => layer.Call(zeros(shape.ToSizes())), Throws.ArgumentException.With.Message.Contains(says));
    }

    [Test]
    public void Labels_and_masks_that_do_not_fit_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = new RandomFlip();
        Tensor x = zeros(2, 4, 5, 3);
        Assert.That(() => layer.Call(new ImageBatch(x, zeros(3))), Throws.ArgumentException.With.Message.Contains("2 rows"));
        Assert.That(
            () => layer.Call(new ImageBatch(x, segmentationMasks: zeros(2, 4, 6, 1))),
            Throws.ArgumentException.With.Message.Contains("axes of the images")
        );
        Assert.That(
            () => layer.Call(new ImageBatch(x, segmentationMasks: zeros(2, 4, 5))),
            Throws.ArgumentException.With.Message.Contains("axes of the images")
        );
    }

    [TestCaseSource(nameof(Places))]
    public void A_configuration_is_read_as_it_was_written(int place)
    {
        Layer layer = Layers[place]();
        JsonObject config = layer.GetConfig();
        Layer read = KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
        Assert.That(JsonNode.DeepEquals(read.GetConfig(), config), $"{read.GetConfig()} instead of {config}");
        Assert.That(read, Is.TypeOf(layer.GetType()));
    }

    [Test]
    public void Ranges_are_written_as_Keras_writes_them()
    {
        static string Written(Layer layer, string key) => layer.GetConfig()[key]!.ToJsonString();
        Assert.That(Written(new RandomRotation((0.3, -0.2)), "factor"), Is.EqualTo("[-0.2,0.3]"));
        Assert.That(Written(new RandomRotation(0.25), "factor"), Is.EqualTo("[-0.25,0.25]"));
        Assert.That(Written(new RandomTranslation((0.3, -0.2), 0.1), "height_factor"), Is.EqualTo("[0.3,-0.2]"));
        Assert.That(Written(new RandomTranslation((0.3, -0.2), 0.1), "width_factor"), Is.EqualTo("0.1"));
        Assert.That(Written(new RandomShear(0.25), "x_factor"), Is.EqualTo("[-0.25,0.25]"));
        Assert.That(new Pipeline([new RandomFlip()]).GetConfig().Select(p => p.Key), Is.EquivalentTo(new[] { "layers", "name" }));
    }

    private static Tensor Image() => ones(1, 4, 5, 2, device: CPU)[0];
}
