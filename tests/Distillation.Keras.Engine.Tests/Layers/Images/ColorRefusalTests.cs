using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>What layers that change colours refuse, and in which words.</summary>
public sealed class ColorRefusalTests
{
    private static readonly (string What, Func<Layer> Make, string Says)[] Arguments =
    [
        ("contrast above 1", () => new RandomContrast(1.5), "'factor' of RandomContrast is a number from 0 to 1"),
        ("contrast below 0", () => new RandomContrast(-0.1), "'factor' of RandomContrast is a number from 0 to 1"),
        ("brightness", () => new RandomBrightness((1.5, 2)), "'factor' of RandomBrightness is a number from -1 to 1"),
        ("hue", () => new RandomHue(-0.2), "'factor' of RandomHue is a number from 0 to 1"),
        ("saturation", () => new RandomSaturation(2), "'factor' of RandomSaturation is a number from -1 to 1"),
        ("degeneration", () => new RandomColorDegeneration(-1.1), "'factor' of RandomColorDegeneration is a number from -1 to 1"),
        ("sharpness", () => new RandomSharpness(1.1), "'factor' of RandomSharpness is a number from 0 to 1"),
        ("invert", () => new RandomInvert(1.1), "'factor' of RandomInvert is a number from 0 to 1"),
        ("grayscale", () => new RandomGrayscale(1.1), "'factor' is a number from 0 to 1"),
        ("blur", () => new RandomGaussianBlur(1.1), "'factor' of RandomGaussianBlur is a number from 0 to 1"),
        ("deviation", () => new RandomGaussianBlur(sigma: 1.1), "'sigma' of RandomGaussianBlur is a number from 0 to 1"),
        ("even window", () => new RandomGaussianBlur(kernel_size: (3, 4)), "kernel_size of RandomGaussianBlur is odd"),
        ("no window", () => new RandomGaussianBlur(kernel_size: 0), "'kernel_size' takes positive integers"),
        ("three windows", () => new RandomGaussianBlur(kernel_size: (3, 3, 3)), "'kernel_size' takes one integer or 2"),
        ("no bits", () => new RandomPosterization(0), "'factor' of RandomPosterization is a number from 1 to 8"),
        ("bits below", () => new RandomPosterization((0, 4)), "'factor' of RandomPosterization is a number of bits"),
        ("half a bit", () => new RandomPosterization(2.5), "'factor' of RandomPosterization is a number of bits"),
        ("addition", () => new Solarization((-0.1, 0.5)), "'addition_factor' of Solarization is a number from 0 to 1"),
        ("threshold", () => new Solarization(0.1, 1.5), "'threshold_factor' of Solarization is a number from 0 to 1"),
        ("jitter, brightness", () => new RandomColorJitter(brightness_factor: 2), "'brightness_factor' of RandomColorJitter"),
        ("jitter, contrast", () => new RandomColorJitter(contrast_factor: -2), "'contrast_factor' of RandomColorJitter"),
        ("jitter, saturation", () => new RandomColorJitter(saturation_factor: 2), "'saturation_factor' of RandomColorJitter"),
        ("jitter, hue", () => new RandomColorJitter(hue_factor: -1), "'hue_factor' of RandomColorJitter"),
        ("mix", () => new MixUp(0), "'alpha' is a finite number greater than 0"),
        ("cut", () => new CutMix(1.1), "'factor' of CutMix is a number from 0 to 1"),
        ("bins", () => new Equalization(bins: 0), "'bins' is a whole number of at least 1"),
        ("tiles", () => new ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size: 0), "'tile_grid_size' takes positive integers"),
        ("limit", () => new ContrastLimitedAdaptiveHistogramEqualization(clip_limit: double.NaN), "'clip_limit' is a finite number"),
        ("strength", () => new RandAugment(factor: (-0.1, 0.5)), "'factor' of RandAugment is a number from 0 to 1"),
        ("steps", () => new RandAugment(num_ops: -1), "'num_ops' is a whole number of at least 0"),
        ("interpolation", () => new RandAugment(interpolation: "cubic"), "interpolation"),
        ("strength of chains", () => new AugMix(factor: 1.5), "'factor' of AugMix is a number from 0 to 1"),
        ("no chain", () => new AugMix(num_chains: 0), "'num_chains' is a whole number of at least 1"),
        ("depth", () => new AugMix(chain_depth: -1), "'chain_depth' is a whole number of at least 0"),
        ("mixture", () => new AugMix(alpha: 0), "'alpha' is a finite number greater than 0"),
        ("range", () => new AutoContrast((1, 1)), "value_range is (low, high)"),
        ("format", () => new RandomContrast(0.1, data_format: "first"), "data_format of RandomContrast"),
    ];

    private static IEnumerable<string> Whats => Arguments.Select(a => a.What);

    [TestCaseSource(nameof(Whats))]
    public void A_wrong_argument_is_refused_by_its_name(string what)
    {
        (_, Func<Layer> make, string says) = Arguments.Single(a => a.What == what);
        Assert.That(() => make(), Throws.InstanceOf<ArgumentException>().With.Message.Contains(says));
    }

    [TestCase(typeof(RandomHue), 4)]
    [TestCase(typeof(RandomHue), 1)]
    [TestCase(typeof(RandomSaturation), 2)]
    [TestCase(typeof(RandomColorDegeneration), 2)]
    [TestCase(typeof(RandomGrayscale), 4)]
    [TestCase(typeof(RandomColorJitter), 4)]
    [TestCase(typeof(RandAugment), 4)]
    [TestCase(typeof(AugMix), 2)]
    public void Other_images_than_coloured_ones_are_refused(Type type, int channels)
    {
        Layer Make(string format) =>
            type == typeof(RandomGrayscale) ? new RandomGrayscale(name: "l", data_format: format)
            : type == typeof(RandAugment) ? new RandAugment(name: "l", data_format: format)
            : type == typeof(AugMix) ? new AugMix(name: "l", data_format: format)
            : type == typeof(RandomColorJitter) ? new RandomColorJitter(hue_factor: 0.1, name: "l", data_format: format)
            : KerasSerializer.Deserialize<Layer>(
                new JsonObject
                {
                    ["class_name"] = type.Name,
                    ["config"] = new JsonObject
                    {
                        ["factor"] = 0.5,
                        ["name"] = "l",
                        ["data_format"] = format,
                    },
                }
            );
        using DisposeScope scope = NewDisposeScope();
        string says = $"{type.Name} 'l' takes images with ";
        Assert.That(
            () => Make("channels_last").Apply(new Input(6, 7, channels)),
            Throws.ArgumentException.With.Message.Contains(says).And.Message.Contains($"with {channels} channels on the axis 3")
        );
        Assert.That(
            () => Make("channels_last").Call(zeros(6, 7, channels)),
            Throws.ArgumentException.With.Message.Contains(says).And.Message.Contains($"with {channels} channels on the axis 2")
        );
        Assert.That(
            () => Make("channels_first").Call(zeros(2, channels, 6, 7)),
            Throws.ArgumentException.With.Message.Contains(says).And.Message.Contains($"with {channels} channels on the axis 1")
        );
        Assert.That(() => Make("channels_last").Apply(new Input(new Shape(new int?[] { null, null, 3 }))), Throws.Nothing);
    }

    [Test]
    public void Masks_of_whole_numbers_are_not_mixed()
    {
        using DisposeScope scope = NewDisposeScope();
        var batch = new ImageBatch(rand(2, 4, 5, 3), segmentationMasks: zeros(2, 4, 5, 1, dtype: int32));
        foreach (BaseImagePreprocessingLayer layer in (BaseImagePreprocessingLayer[])[new MixUp(name: "l"), new AugMix(name: "l")])
        {
            Assert.That(
                () => layer.Call(batch),
                Throws
                    .ArgumentException.With.Message.Contains($"{layer.ClassName} 'l' mixes segmentation masks")
                    .And.Message.Contains("one-hot")
            );
        }

        Assert.That(new CutMix().Call(batch).SegmentationMasks!.dtype, Is.EqualTo(int32));
    }

    [Test]
    public void Images_of_any_number_of_channels_are_taken_where_colours_do_not_matter()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = rand(2, 5, 4, 6).mul_(255);
        Layer[] layers =
        [
            new RandomContrast(0.2),
            new RandomBrightness(0.2),
            new RandomColorJitter(brightness_factor: 0.1, contrast_factor: 0.1),
            new RandomGaussianBlur(),
            new RandomSharpness(0.2),
            new RandomPosterization(4),
            new RandomInvert(),
            new Solarization(),
            new AutoContrast(),
            new Equalization(),
            new ContrastLimitedAdaptiveHistogramEqualization(),
            new AugMix(all_ops: false),
            new MixUp(),
            new CutMix(),
        ];
        foreach (Layer layer in layers)
        {
            Assert.That(layer.Call(x, training: true).shape, Is.EqualTo(x.shape), layer.ClassName);
        }
    }
}
