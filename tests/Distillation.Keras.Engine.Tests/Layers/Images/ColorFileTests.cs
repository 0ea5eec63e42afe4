using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>Files of models with layers that change colours.</summary>
public sealed class ColorFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("m.keras")]
    [TestCase("m.h5")]
    public void A_file_has_all_of_them(string name)
    {
        var model = new Sequential(
            new Input(6, 7, 3),
            new RandomContrast((0.1, 0.2), (0, 1), seed: 1),
            new RandomBrightness((-0.1, 0.2), (0, 1), seed: 2),
            new RandomHue(0.2, (0, 1), seed: 3),
            new RandomSaturation(0.3, (0, 1), seed: 4),
            new RandomGrayscale(0.3, seed: 5),
            new RandomColorJitter((0, 1), 0.1, (0.1, 0.3), null, 0.4, seed: 6),
            new RandomColorDegeneration(0.3, (0, 1), seed: 7),
            new RandomGaussianBlur((0.1, 0.4), 5, (0.1, 0.9), (0, 1), seed: 8),
            new RandomSharpness((0.2, 0.7), (0, 1), seed: 9),
            new RandomPosterization((2, 5), (0, 1), seed: 10),
            new RandomInvert(0.3, (0, 1), seed: 11),
            new Solarization(0.1, (0.2, 0.4), (0, 1), seed: 12),
            new AutoContrast((0, 1)),
            new Equalization((0, 1), 64),
            new ContrastLimitedAdaptiveHistogramEqualization((0, 1), 2, (2, 3)),
            new MixUp(0.4, seed: 13),
            new CutMix((0.3, 0.8), seed: 14),
            new RandAugment((0, 1), 3, 0.4, "nearest", 15),
            new AugMix((0, 1), 2, 1, 0.2, 0.7, false, "nearest", 16)
        );
        string path = _folder[name];
        model.Save(path);
        Model again = Model.Load(path);
        Assert.That(again.LoadWarnings, Is.Empty);
        Assert.That(again.ToJson(), Is.EqualTo(model.ToJson()));
    }

    [Test]
    public void The_form_of_tf_keras_has_those_that_it_knows()
    {
        var model = new Sequential(new Input(6, 7, 3), new RandomContrast((0.2, 0.3), seed: 1), new RandomBrightness(0.2, (0, 1)));
        model.Save(_folder["m.h5"], format: "tf_keras");
        Model again = Model.Load(_folder["m.h5"]);
        Assert.That(
            again.Layers.Select(l => l.GetConfig().ToJsonString()),
            Is.EqualTo(model.Layers.Select(l => l.GetConfig().ToJsonString()))
        );
        AssertRefused(new RandomContrast(0.2, (0, 1)), "argument 'value_range' of RandomContrast");
        AssertRefused(new RandomBrightness(0.2, data_format: "channels_first"), "argument 'data_format' of RandomBrightness");
        AssertRefused(new RandomHue(0.2), "no layer 'RandomHue'");
    }

    // A number stood for both ends in Keras 2: 0.2 draws from 0.8 to 1.2 there, and from 1 to 1.2 in Keras 3.
    [Test]
    public void The_contrast_of_a_file_of_Keras_2_goes_both_ways()
    {
        JsonObject converted = LegacyLayers.Convert(
            new JsonObject
            {
                ["class_name"] = "RandomContrast",
                ["config"] = new JsonObject
                {
                    ["name"] = "c",
                    ["trainable"] = true,
                    ["dtype"] = "float32",
                    ["factor"] = 0.2,
                    ["seed"] = null,
                },
            }
        );
        var layer = (RandomContrast)Keras.Saving.KerasSerializer.Deserialize<Layer>(converted);
        Assert.That((layer.Factor.Lower, layer.Factor.Upper), Is.EqualTo((0.2, 0.2)));
    }

    private void AssertRefused(Layer layer, string says) =>
        Assert.That(
            () => new Sequential(new Input(6, 7, 3), layer).Save(_folder["r.h5"], format: "tf_keras"),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains(says)
        );
}
