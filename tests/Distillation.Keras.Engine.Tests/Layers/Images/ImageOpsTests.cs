using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>
/// <c>keras.ops.image</c> beyond what the cases of the conformance tests have, and the parts of layers whose draws cannot be given.
/// </summary>
public sealed class ImageOpsTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase("constant", new float[] { 9, 9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9, 9 })]
    [TestCase("nearest", new float[] { 1, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 4 })]
    [TestCase("reflect", new float[] { 4, 4, 3, 2, 1, 1, 2, 3, 4, 4, 3, 2, 1, 1 })]
    [TestCase("mirror", new float[] { 2, 3, 4, 3, 2, 1, 2, 3, 4, 3, 2, 1, 2, 3 })]
    public void What_lies_outside(string fill_mode, float[] expected)
    {
        // The row 1 2 3 4 in an image 14 wide would move the border: it is shifted by -5 to 8 instead.
        Tensor row = tensor(new float[] { 1, 2, 3, 4 }).view(1, 4, 1);
        foreach (string interpolation in (string[])["nearest", "bilinear"])
        {
            float[] found =
            [
                .. Enumerable
                    .Range(-5, 14)
                    .Select(shift =>
                        ImageOps
                            .AffineTransform(row, tensor(new float[] { 1, 0, shift, 0, 1, 0, 0, 0 }), interpolation, fill_mode, 9)[0, 0, 0]
                            .ToSingle()
                    ),
            ];
            Assert.That(found, Is.EqualTo(expected), interpolation);
        }
    }

    [Test]
    public void Each_image_may_have_a_transform_of_its_own_or_all_one()
    {
        Tensor x = rand(2, 4, 5, 3);
        Tensor shift = tensor(new float[] { 1, 0, 1, 0, 1, 0, 0, 0 });
        Tensor still = tensor(new float[] { 1, 0, 0, 0, 1, 0, 0, 0 });
        Tensor y = ImageOps.AffineTransform(x, stack([shift, still]));
        Assert.That(y[1].equal(x[1]).all().item<bool>());
        Assert.That(y[0, .., ..4].equal(x[0, .., 1..]).all().item<bool>());
        Assert.That(ImageOps.AffineTransform(x, shift)[1, .., ..4].equal(x[1, .., 1..]).all().item<bool>());
        Assert.That(ImageOps.AffineTransform(x[0], shift).equal(y[0]).all().item<bool>());
    }

    [TestCase("nearest")]
    [TestCase("bilinear")]
    public void Places_that_are_no_numbers_are_outside(string interpolation)
    {
        // On the line x = 2 the denominator is 0.
        Tensor y = ImageOps.AffineTransform(ones(3, 5, 1), tensor(new float[] { 1, 0, 0, 0, 1, 0, -0.5f, 0 }), interpolation, "nearest", 7);
        Assert.That(y[.., 2].eq(7).all().item<bool>());
        Assert.That(y[.., ..2].eq(1).all().item<bool>());
        foreach (string mode in (string[])["constant", "nearest", "reflect", "wrap", "mirror"])
        {
            Tensor wild = tensor(new[] { float.NaN, 1e30f, float.PositiveInfinity, -1e30f, 0, float.NegativeInfinity, 0, 0 });
            Assert.That(ImageOps.AffineTransform(ones(3, 5, 1), wild, interpolation, mode).isfinite().all().item<bool>(), mode);
        }
    }

    [TestCase("uint8")]
    [TestCase("int32")]
    [TestCase("int64")]
    [TestCase("float16")]
    [TestCase("float64")]
    public void The_type_stays(string type)
    {
        ScalarType dtype = Enum.Parse<ScalarType>(
            type switch
            {
                "uint8" => "Byte",
                _ => type,
            },
            ignoreCase: true
        );
        Tensor x = arange(0, 200, float32, CPU).reshape(10, 20, 1).to(dtype);
        foreach (string interpolation in ImageResizing.Words)
        {
            Tensor y = ImageOps.Resize(x, (7, 9), interpolation);
            Assert.That(y.dtype, Is.EqualTo(dtype), interpolation);
            double error = y.to(float64).sub(ImageOps.Resize(x.to(float64), (7, 9), interpolation)).abs().max().ToDouble();
            Assert.That(error, Is.LessThan(type == "float16" ? 0.13 : 0.51), interpolation);
        }

        Assert.That(ImageOps.AffineTransform(x, tensor(new float[] { 1, 0, 0.5f, 0, 1, 0, 0, 0 })).dtype, Is.EqualTo(dtype));
    }

    [Test]
    public void Integers_stay_within_their_type()
    {
        // A kernel with negative lobes goes beyond both ends.
        Tensor x = tensor(new byte[] { 0, 0, 0, 255, 255, 255 }).view(1, 6, 1);
        Tensor y = ImageOps.Resize(x, (1, 13), "lanczos3");
        Tensor free = ImageOps.Resize(x.to(float32), (1, 13), "lanczos3");
        Assert.That((free.min().ToSingle() < -1, free.max().ToSingle() > 256), Is.EqualTo((true, true)));
        Assert.That(y.to(float32).equal(free.round().clamp(0, 255)).all().item<bool>());
        Tensor large = full([1, 6, 1], int.MaxValue, int32).contiguous();
        Assert.That(ImageOps.Resize(large, (1, 13)).eq(int.MaxValue).all().item<bool>());
    }

    [Test]
    public void A_homography_is_Keras()
    {
        // keras.ops.image.perspective_transform's matrix, by the numpy backend of Keras 3.15.1.
        Tensor start = tensor(new float[] { 0, 0, 6, 0, 0, 4, 6, 4 }).view(1, 4, 2).expand(2, -1, -1);
        Tensor end = tensor(new[] { 0, 0, 5.1f, 0, 0, 4.6f, 6.6f, 3.2f, 0, 0, 7.2f, 0, 0, 3, 4.8f, 5.2f }).view(2, 4, 2);
        Tensor expected = tensor(
                new[]
                {
                    0.8997908f,
                    0,
                    0,
                    0,
                    1.2372123f,
                    0,
                    -0.046113305f,
                    0.09191176f,
                    1.7499999f,
                    0,
                    0,
                    0,
                    1.0769231f,
                    0,
                    0.15277776f,
                    -0.06410257f,
                }
            )
            .view(2, 8);
        Assert.That(RandomPerspective.Homography(start, end).sub(expected).abs().max().ToDouble(), Is.LessThan(2e-6));
    }

    [Test]
    public void A_field_is_smoothed_as_by_Keras()
    {
        // keras.ops.image.gaussian_blur(field, (7, 7), (1.3, 1.3)), by the numpy backend of Keras 3.15.1.
        Tensor field = tensor(
                new[]
                {
                    2.04f,
                    -2.56f,
                    0.42f,
                    -0.57f,
                    -0.45f,
                    -0.22f,
                    -2.02f,
                    -0.23f,
                    -0.87f,
                    3.32f,
                    0.23f,
                    -0.35f,
                    -0.28f,
                    -0.67f,
                    -1.06f,
                    -0.39f,
                    0.48f,
                    -0.24f,
                    0.96f,
                    -0.2f,
                    0.02f,
                    1.55f,
                    0.55f,
                    -0.51f,
                    -0.18f,
                    0.54f,
                    1.94f,
                    -0.27f,
                    -0.24f,
                    1,
                    -0.89f,
                    -0.29f,
                    0.88f,
                    0.58f,
                    0.09f,
                    0.67f,
                    -2.83f,
                    1.02f,
                    -0.96f,
                    -1.67f,
                    0.28f,
                    0.7f,
                }
            )
            .view(1, 1, 7, 6);
        float[] rows =
        [
            -0.1631952f,
            -0.2288622f,
            -0.1192094f,
            0.0344550f,
            0.0474860f,
            -0.0113505f,
            -0.2439673f,
            -0.2768765f,
            -0.0919574f,
            0.1318851f,
            0.1475005f,
            0.0357714f,
            -0.1753361f,
            -0.1656268f,
            0.0164273f,
            0.2150083f,
            0.2158028f,
            0.0859618f,
            -0.0386078f,
            0.0350066f,
            0.1851037f,
            0.2897264f,
            0.2544136f,
            0.1409755f,
            -0.0350537f,
            0.1055806f,
            0.2543956f,
            0.2940772f,
            0.2567141f,
            0.1916051f,
            -0.1757341f,
            -0.0304362f,
            0.1092210f,
            0.1470937f,
            0.1760749f,
            0.1887570f,
            -0.2634412f,
            -0.1683645f,
            -0.0732809f,
            -0.0253036f,
            0.0626650f,
            0.1285989f,
        ];
        Tensor smoothed = RandomElasticTransform.Smoothed(field, 1.3);
        Assert.That(smoothed.flatten().sub(tensor(rows)).abs().max().ToDouble(), Is.LessThan(1e-6));
        Assert.That(RandomElasticTransform.Smoothed(field, 0.4).equal(field).all().item<bool>(), "a window of one pixel");
    }

    [Test]
    public void A_pipeline_is_its_layers_one_after_the_other()
    {
        Tensor x = rand(3, 6, 7, 2);
        var pipeline = new Pipeline([new RandomFlip(seed: 3), new Resizing(4, 5), new Rescaling(0.5)]);
        Tensor expected = new Rescaling(0.5).Call(new Resizing(4, 5).Call(new RandomFlip(seed: 3).Call(x)));
        Assert.That(pipeline.Call(x).equal(expected).all().item<bool>());
        Assert.That(pipeline.ComputeOutputShape((null, 6, 7, 2)), Is.EqualTo(new Shape((int?[])[null, 4, 5, 2])));
        Assert.That(pipeline.Call(x, training: false).equal(new Rescaling(0.5).Call(new Resizing(4, 5).Call(x))).all().item<bool>());
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        pipeline.Call(x).Dispose();
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));

        // Its layers have weights, too.
        var dense = new Pipeline([new Rescaling(2), new Dense(3)]);
        Assert.That(dense.Call(rand(2, 4)).shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(dense.TrainableWeights, Has.Count.EqualTo(2));
    }
}
