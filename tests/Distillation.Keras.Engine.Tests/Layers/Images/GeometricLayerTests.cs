using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>What layers that resize, crop and move pixels have in common: forms of images, types, modes, seeds, masks.</summary>
public sealed class GeometricLayerTests
{
    private static readonly Dictionary<string, Func<string?, int?, BaseImagePreprocessingLayer>> All = new(StringComparer.Ordinal)
    {
        ["Resizing"] = (format, _) => new Resizing(5, 6, data_format: format),
        ["Resizing area"] = (format, _) => new Resizing(5, 6, "area", data_format: format),
        ["Resizing padded"] = (format, _) => new Resizing(5, 9, pad_to_aspect_ratio: true, fill_value: 3, data_format: format),
        ["CenterCrop"] = (format, _) => new CenterCrop(4, 5, data_format: format),
        ["CenterCrop larger"] = (format, _) => new CenterCrop(9, 5, data_format: format),
        ["RandomCrop"] = (format, seed) => new RandomCrop(4, 5, seed, format),
        ["RandomCrop larger"] = (format, seed) => new RandomCrop(9, 5, seed, format),
        ["RandomFlip"] = (format, seed) => new RandomFlip(seed: seed, data_format: format),
        ["RandomRotation"] = (format, seed) => new RandomRotation(0.3, seed: seed, data_format: format),
        ["RandomTranslation"] = (format, seed) => new RandomTranslation(0.3, 0.2, "wrap", seed: seed, data_format: format),
        ["RandomZoom"] = (format, seed) => new RandomZoom(0.3, 0.2, "constant", seed: seed, data_format: format),
        ["RandomShear"] = (format, seed) => new RandomShear(0.3, 0.2, fill_mode: "nearest", seed: seed, data_format: format),
        ["RandomPerspective"] = (format, seed) => new RandomPerspective((1, 1), seed: seed, data_format: format),
        ["RandomElasticTransform"] = (format, seed) =>
            new RandomElasticTransform((1, 1), (1, 1), value_range: (-1, 1), seed: seed, data_format: format),
        ["RandomErasing"] = (format, seed) => new RandomErasing((1, 1), (0.3, 0.5), 0.5, seed: seed, data_format: format),
    };

    private DisposeScope _scope = null!;

    private static IEnumerable<string> Names => All.Keys;

    private static IEnumerable<string> RandomNames => All.Where(p => p.Value(null, 1) is RandomImageLayer).Select(p => p.Key);

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCaseSource(nameof(Names))]
    public void Both_data_formats_give_the_same(string name)
    {
        Tensor x = Images(3);
        Tensor last = All[name](null, 5).Call(x);
        Tensor first = All[name]("channels_first", 5).Call(x.permute(0, 3, 1, 2));
        Assert.That(first.permute(0, 2, 3, 1).equal(last).all().item<bool>());
        Assert.That(last.shape, Is.EqualTo(All[name](null, 5).ComputeOutputShape((3, 8, 9, 2)).ToSizes()));
        Assert.That(first.shape, Is.EqualTo(All[name]("channels_first", 5).ComputeOutputShape((3, 2, 8, 9)).ToSizes()));
    }

    [TestCaseSource(nameof(Names))]
    public void One_image_is_a_batch_of_one(string name)
    {
        Tensor x = Images(1);
        Tensor one = All[name](null, 5).Call(x[0]);
        Assert.That(one.equal(All[name](null, 5).Call(x)[0]).all().item<bool>());
        Assert.That(one.dim(), Is.EqualTo(3));
    }

    [TestCaseSource(nameof(Names))]
    public void Bytes_become_the_layers_type_but_where_images_are_resized(string name)
    {
        BaseImagePreprocessingLayer layer = All[name](null, 5);
        Tensor x = Images(2).mul(255).to(uint8);
        Assert.That(layer.Call(x).dtype, Is.EqualTo(layer is Resizing ? ScalarType.Byte : ScalarType.Float32));

        // As in Keras, RandomCrop hands through what it does not change.
        Assert.That(
            layer.Call(x, training: false).dtype,
            Is.EqualTo(layer is Resizing or RandomCrop ? ScalarType.Byte : ScalarType.Float32)
        );
        Assert.That(new RandomFlip(dtype: "float16").Call(Images(2)).dtype, Is.EqualTo(ScalarType.Float16));
        Assert.That(new Resizing(3, 3, dtype: "float16").Call(Images(2)).dtype, Is.EqualTo(ScalarType.Float16));
    }

    [TestCaseSource(nameof(Names))]
    public void A_batch_of_none_has_the_right_shape(string name)
    {
        BaseImagePreprocessingLayer layer = All[name](null, 5);
        Assert.That(layer.Call(Images(0)).shape, Is.EqualTo(layer.ComputeOutputShape((0, 8, 9, 2)).ToSizes()));
    }

    [TestCaseSource(nameof(RandomNames))]
    public void Random_layers_act_in_training_and_where_nobody_says_the_mode(string name)
    {
        Tensor x = Images(16);
        BaseImagePreprocessingLayer layer = All[name](null, 5);
        Assert.That(Same(layer.Call(x), x), Is.False);
        Assert.That(layer.Call(x, training: false), Is.SameAs(x));
        if (layer is RandomCrop)
        {
            return;
        }

        var model = new Sequential(new Input(8, 9, 2), All[name](null, 5));
        Assert.That(Same(model.Call(x), x), Is.False);
        Assert.That(Same(model.Call(x, training: false), x));
        Assert.That(Same(model.Call(x, training: true), x), Is.False);
    }

    [TestCaseSource(nameof(RandomNames))]
    public void A_seed_fixes_the_draws_and_each_call_has_others(string name)
    {
        Tensor x = Images(16);
        BaseImagePreprocessingLayer a = All[name](null, 11);
        BaseImagePreprocessingLayer b = All[name](null, 11);
        Tensor first = a.Call(x);
        Assert.That(Same(first, b.Call(x)));
        if (name != "RandomCrop larger")
        {
            Assert.That(Enumerable.Range(0, 4).All(_ => Same(first, a.Call(x))), Is.False);
        }

        Utils.SetRandomSeed(4);
        Tensor drawn = All[name](null, null).Call(x);
        Utils.SetRandomSeed(4);
        Assert.That(Same(All[name](null, null).Call(x), drawn), "without a seed they come from the common one");
    }

    [TestCaseSource(nameof(RandomNames))]
    public void Each_image_has_a_draw_of_its_own(string name)
    {
        Tensor x = Images(1).expand(64, -1, -1, -1);
        Tensor y = All[name](null, 3).Call(x);
        int different = Enumerable.Range(1, 63).Count(i => !Same(y[i], y[0]));

        // Flips have two outcomes; a crop is one for the batch, as in Keras.
        Assert.That(different, name.StartsWith("RandomCrop", StringComparison.Ordinal) ? Is.Zero : Is.GreaterThan(15));
    }

    [TestCaseSource(nameof(Names))]
    public void Gradients_flow_and_nothing_is_left_behind(string name)
    {
        Tensor x = Images(2).requires_grad_();
        BaseImagePreprocessingLayer layer = All[name](null, 5);
        layer.Call(x).sum().backward();
        Assert.That(x.grad!.isfinite().all().item<bool>());
        Assert.That(x.grad!.abs().sum().ToDouble(), Is.GreaterThan(0));
        Tensor plain = Images(2);
        layer.Call(plain).Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        layer.Call(plain).Dispose();
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));
    }

    [TestCaseSource(nameof(Names))]
    public void Labels_stay_and_masks_move_with_the_pixels(string name)
    {
        // Images that are their own masks: pixels of two values, far from each other.
        Tensor masks = arange(4 * 8 * 9, int64, CPU).remainder(7).lt(3).to(uint8).reshape(4, 8, 9, 1);
        Tensor labels = tensor(new long[] { 1, 2, 3, 4 });
        ImageBatch changed = All[name](null, 5).Call(new ImageBatch(masks.to(float32), labels, masks));
        Assert.That(changed.Labels, Is.SameAs(labels));
        Tensor found = changed.SegmentationMasks!;
        Assert.That(found.dtype, Is.EqualTo(ScalarType.Byte));
        if (name.StartsWith("RandomErasing", StringComparison.Ordinal))
        {
            Assert.That(found, Is.SameAs(masks));
            return;
        }

        Assert.That(found.shape, Is.EqualTo(changed.Images.shape));
        if (name is not "Resizing padded")
        {
            Assert.That(found.le(1).all().item<bool>(), "no means of two classes");
        }

        // Where interpolation leaves an image's value alone, the mask has it.
        Tensor sure = changed.Images.eq(0).logical_or(changed.Images.eq(1));
        double share = found.to(float32).eq(changed.Images)[sure].to(float64).mean().ToDouble();
        Assert.That(share, Is.GreaterThan(0.8));
        ImageBatch one = All[name](null, 5).Call(new ImageBatch(masks[0], labels[0], masks[0]));
        Assert.That((one.Images.dim(), one.SegmentationMasks!.dim(), one.Labels!.dim()), Is.EqualTo((3L, 3L, 0L)));
    }

    private static Tensor Images(int count)
    {
        using var random = new Generator(9, CPU);
        return rand([count, 8, 9, 2], float32, CPU, generator: random);
    }

    private static bool Same(Tensor a, Tensor b) => a.shape.AsSpan().SequenceEqual(b.shape) && a.eq(b).all().item<bool>();
}
