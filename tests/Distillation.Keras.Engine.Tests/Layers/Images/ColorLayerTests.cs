using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>What all layers that change colours, or mix images, have in common.</summary>
public sealed class ColorLayerTests
{
    private DisposeScope _scope = null!;

    // Each with all of its arguments; a layer is made by a data format, a seed and a type.
    private static readonly Dictionary<string, Func<string?, int?, DTypePolicy?, BaseImagePreprocessingLayer>> Makers = new()
    {
        ["RandomContrast"] = (f, s, t) => new RandomContrast((0.2, 0.4), (0, 1), s, f, dtype: t),
        ["RandomBrightness"] = (f, s, t) => new RandomBrightness((-0.1, 0.4), (0, 1), s, f, dtype: t),
        ["RandomHue"] = (f, s, t) => new RandomHue(0.4, (0, 1), f, s, dtype: t),
        ["RandomSaturation"] = (f, s, t) => new RandomSaturation((0.3, 0.7), (0, 1), f, s, dtype: t),
        ["RandomGrayscale"] = (f, s, t) => new RandomGrayscale(0.6, f, s, dtype: t),
        ["RandomColorJitter"] = (f, s, t) => new RandomColorJitter((0, 1), 0.1, 0.2, 0.3, 0.4, s, f, dtype: t),
        ["RandomColorDegeneration"] = (f, s, t) => new RandomColorDegeneration(0.4, (0, 1), f, s, dtype: t),
        ["RandomGaussianBlur"] = (f, s, t) => new RandomGaussianBlur(1.0, (3, 5), (0.5, 0.9), (0, 1), f, s, dtype: t),
        ["RandomSharpness"] = (f, s, t) => new RandomSharpness(0.9, (0, 1), f, s, dtype: t),
        ["RandomPosterization"] = (f, s, t) => new RandomPosterization((2, 6), (0, 1), f, s, dtype: t),
        ["RandomInvert"] = (f, s, t) => new RandomInvert((0.5, 0.9), (0, 1), s, f, dtype: t),
        ["Solarization"] = (f, s, t) => new Solarization(0.2, 0.5, (0, 1), s, f, dtype: t),
        ["AutoContrast"] = (f, _, t) => new AutoContrast((0, 1), f, dtype: t),
        ["Equalization"] = (f, _, t) => new Equalization((0, 1), 64, f, dtype: t),
        ["ContrastLimitedAdaptiveHistogramEqualization"] = (f, _, t) =>
            new ContrastLimitedAdaptiveHistogramEqualization((0, 1), 3, (2, 3), f, dtype: t),
        ["RandAugment"] = (f, s, t) => new RandAugment((0, 1), 3, (0.2, 0.6), "nearest", s, f, dtype: t),
        ["AugMix"] = (f, s, t) => new AugMix((0, 1), 2, 4, (0.2, 0.4), 0.8, false, "nearest", s, f, dtype: t),
        ["MixUp"] = (f, s, t) => new MixUp(0.7, f, s, dtype: t),
        ["CutMix"] = (f, s, t) => new CutMix((0.5, 1), s, f, dtype: t),
    };

    private static string[] Names => [.. Makers.Keys];

    private static string[] Random => [.. Names.Except(NotRandom)];

    private static string[] NotRandom => ["AutoContrast", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization"];

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Both_data_formats_give_the_same(string name)
    {
        Tensor x = Some();
        Tensor last = Makers[name](null, 1, null).Call(x);
        Tensor first = Makers[name]("channels_first", 1, null).Call(x.permute(0, 3, 1, 2).contiguous());
        AssertNear(first.permute(0, 2, 3, 1), last, 1e-6);
        Assert.That(last.sub(x).abs().max().ToDouble(), Is.GreaterThan(0.01), "it changes something");
    }

    [TestCaseSource(nameof(Names))]
    public void One_image_is_a_batch_of_one(string name)
    {
        Tensor x = Some()[1];
        foreach (string format in (string[])["channels_last", "channels_first"])
        {
            Tensor image = format == "channels_last" ? x : x.permute(2, 0, 1);
            Tensor one = Makers[name](format, 1, null).Call(image);
            Assert.That(one.shape, Is.EqualTo(image.shape));
            AssertNear(one, Makers[name](format, 1, null).Call(image.unsqueeze(0)).squeeze(0), 1e-6);
        }
    }

    [TestCaseSource(nameof(Random))]
    public void A_seed_fixes_the_draws_which_go_on_from_call_to_call(string name)
    {
        Tensor x = Some(8);
        BaseImagePreprocessingLayer layer = Makers[name](null, 1, null);
        Tensor first = layer.Call(x);
        Tensor second = layer.Call(x);
        BaseImagePreprocessingLayer again = Makers[name](null, 1, null);
        AssertNear(again.Call(x), first, 0);
        AssertNear(again.Call(x), second, 0);
        Assert.That(first.sub(second).abs().max().ToDouble(), Is.GreaterThan(0), "two calls");
        Assert.That(first.sub(Makers[name](null, 2, null).Call(x)).abs().max().ToDouble(), Is.GreaterThan(0), "two seeds");
    }

    [TestCaseSource(nameof(Names))]
    public void At_inference_images_stay_what_they_are_but_for_two_layers(string name)
    {
        Tensor x = Some();
        Tensor y = Makers[name](null, null, null).Call(x, training: false);
        Assert.That(ReferenceEquals(x, y), Is.EqualTo(name is not ("AutoContrast" or "ContrastLimitedAdaptiveHistogramEqualization")));
    }

    [TestCaseSource(nameof(Names))]
    public void In_a_model_the_mode_is_that_of_the_model(string name)
    {
        Tensor x = Some(8);
        var model = new Sequential(new Input(6, 9, 3), Makers[name](null, 1, null));
        Tensor asLayer = Makers[name](null, 1, null).Call(x, training: true);
        AssertNear(model.Call(x, training: true), asLayer, 0);
        AssertNear(model.Call(x, training: false), Makers[name](null, 1, null).Call(x, training: false), 0);
    }

    [TestCaseSource(nameof(Names))]
    public void Integers_become_the_layers_type_but_for_two_layers(string name)
    {
        BaseImagePreprocessingLayer layer = Makers[name](null, 1, null);
        Tensor bytes = Some().mul(255).to(uint8);
        bool keeps = name is "RandomGrayscale" or "ContrastLimitedAdaptiveHistogramEqualization";
        Tensor y = layer.Call(bytes, training: true);
        Assert.That(y.dtype, Is.EqualTo(keeps ? uint8 : float32));
        Assert.That(layer.Call(bytes, training: false).dtype, Is.EqualTo(y.dtype), "the type does not depend on the mode");
        Assert.That(new Sequential(new Input(new Shape(6, 9, 3), dtype: "uint8"), layer).Call(bytes).dtype, Is.EqualTo(y.dtype));
        Tensor z = Makers[name](null, 1, null).Call(bytes.to(float32), training: true);
        AssertNear(y.to(float32), keeps ? z.trunc() : z, 1e-6);
        Assert.That(layer.Apply(new Input(new Shape(6, 9, 3), dtype: "uint8")).DType, Is.EqualTo(keeps ? "uint8" : "float32"));
    }

    // The numbers are Keras 3.15.1's.
    [Test]
    public void Grey_images_have_no_colour_to_lose_and_are_cut_to_the_range()
    {
        Tensor grey = tensor(new float[] { 0, 100, 200, 300 }).view(1, 2, 2, 1);
        var layer = new RandomColorDegeneration((0.5, 0.5));
        Assert.That(layer.Call(grey, training: true).data<float>().ToArray(), Is.EqualTo(new float[] { 0, 100, 200, 255 }));
        Assert.That(layer.Apply(new Input(2, 2, 1)).Shape, Is.EqualTo(new Shape([(int?)null, 2, 2, 1])));
    }

    [TestCaseSource(nameof(Names))]
    public void The_layers_type_is_that_of_the_output(string name)
    {
        Tensor x = Some();
        Tensor reference = Makers[name](null, 1, null).Call(x);
        foreach (
            (string policy, ScalarType type, double tolerance) in ((string, ScalarType, double)[])
                [("float64", float64, 1e-5), ("mixed_float16", float16, 1e-2), ("mixed_bfloat16", bfloat16, 5e-2)]
        )
        {
            Tensor y = Makers[name](null, 1, policy).Call(x);
            Assert.That(y.dtype, Is.EqualTo(type), policy);
            Assert.That(y.isfinite().all().ToBoolean(), policy);

            // What falls on another side of a step is far away: all but a few pixels are near.
            Tensor far = y.to(float32).sub(reference).abs().gt(tolerance);
            Assert.That(far.to(float32).mean().ToDouble(), Is.LessThan(Steps(name) ? 0.35 : 1e-9), policy);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Its_configuration_makes_the_same_layer(string name)
    {
        BaseImagePreprocessingLayer layer = Makers[name]("channels_first", 7, "mixed_float16");
        var copy = (BaseImagePreprocessingLayer)KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
        Assert.That(copy.GetConfig().ToJsonString(), Is.EqualTo(layer.GetConfig().ToJsonString()));
        Tensor x = Some(5).permute(0, 3, 1, 2);
        AssertNear(copy.Call(x), layer.Call(x), 0);
    }

    [TestCaseSource(nameof(Names))]
    public void It_leaves_nothing_behind_but_its_output(string name)
    {
        BaseImagePreprocessingLayer layer = Makers[name](null, 1, null);
        using Tensor x = Some().DetachFromDisposeScope();
        using Tensor labels = eye(4).DetachFromDisposeScope();
        _scope.Dispose();
        foreach (bool training in (bool[])[true, false])
        {
            long left = LiveTensors.LeftBy(() =>
            {
                Tensor y = layer.Call(x, training);
                if (!ReferenceEquals(x, y))
                {
                    y.Dispose();
                }

                ImageBatch batch = layer.Call(new ImageBatch(x, labels), training);
                foreach (Tensor tensor in (Tensor[])[batch.Images, batch.Labels!])
                {
                    if (!ReferenceEquals(x, tensor) && !ReferenceEquals(labels, tensor))
                    {
                        tensor.Dispose();
                    }
                }
            });
            Assert.That(left, Is.Zero, training ? "in training" : "at inference");
        }
    }

    [TestCase("RandomContrast")]
    [TestCase("RandomBrightness")]
    [TestCase("RandomHue")]
    [TestCase("RandomSaturation")]
    [TestCase("RandomColorDegeneration")]
    [TestCase("RandomColorJitter")]
    [TestCase("RandomGaussianBlur")]
    [TestCase("RandomSharpness")]
    [TestCase("RandomInvert")]
    [TestCase("RandomGrayscale")]
    [TestCase("Solarization")]
    [TestCase("AutoContrast")]
    [TestCase("MixUp")]
    [TestCase("CutMix")]
    public void Gradients_go_through_it(string name)
    {
        Tensor x = Some().mul(0.6).add(0.2).requires_grad_();
        Tensor weights = rand(4, 6, 9, 3, generator: new Generator(3, CPU));
        Tensor direction = rand(4, 6, 9, 3, generator: new Generator(4, CPU)).sub(0.5);
        Tensor Sum(Tensor images) => Makers[name](null, 1, "float64").Call(images).mul(weights).sum();
        Tensor gradient = autograd.grad([Sum(x)], [x])[0];
        Tensor wide = x.detach().to(float64);
        double step = 1e-6;
        double slope = Sum(wide.add(direction.mul(step))).sub(Sum(wide.sub(direction.mul(step)))).ToDouble() / (2 * step);
        Assert.That(gradient.mul(direction).sum().ToDouble(), Is.EqualTo(slope).Within(1e-3 * Math.Abs(slope) + 1e-3));
    }

    [TestCaseSource(nameof(Names))]
    public void Labels_stay_what_they_are_where_images_are_not_mixed(string name)
    {
        Tensor labels = eye(4);
        BaseImagePreprocessingLayer layer = Makers[name](null, 1, null);
        ImageBatch batch = layer.Call(new ImageBatch(Some(), labels));
        bool mixes = name is "MixUp" or "CutMix";
        Assert.That(ReferenceEquals(batch.Labels, labels), Is.EqualTo(!mixes));
        Assert.That(layer.ChangesLabels, Is.EqualTo(mixes));
    }

    // Those that cut numbers to steps.
    private static bool Steps(string name) =>
        name
            is "RandomPosterization"
                or "Equalization"
                or "ContrastLimitedAdaptiveHistogramEqualization"
                or "Solarization"
                or "CutMix"
                or "RandomHue"
                or "RandomColorJitter"
                or "RandAugment"
                or "AugMix";

    private static Tensor Some(int batch = 4) => rand(batch, 6, 9, 3, generator: new Generator(5, CPU));

    private static void AssertNear(Tensor found, Tensor expected, double tolerance)
    {
        Assert.That(found.shape, Is.EqualTo(expected.shape));
        Assert.That(found.sub(expected).abs().max().ToDouble(), Is.LessThanOrEqualTo(tolerance * expected.abs().max().ToDouble()));
    }
}
