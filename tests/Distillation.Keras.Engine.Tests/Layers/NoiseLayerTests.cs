using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What layers that disturb their input do in training, by Keras' formulas, and that they do nothing otherwise.</summary>
public sealed class NoiseLayerTests
{
    private const int Count = 1 << 20;
    private const double Dropped = -1.6732632423543772 * 1.0507009873554805;

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static readonly TestCaseData[] All =
    [
        new TestCaseData((Func<int?, Layer>)(s => new GaussianNoise(0.3, s))).SetArgDisplayNames("GaussianNoise"),
        new TestCaseData((Func<int?, Layer>)(s => new GaussianDropout(0.3, s))).SetArgDisplayNames("GaussianDropout"),
        new TestCaseData((Func<int?, Layer>)(s => new AlphaDropout(0.3, seed: s))).SetArgDisplayNames("AlphaDropout"),
        new TestCaseData((Func<int?, Layer>)(s => new SpatialDropout1D(0.3, s))).SetArgDisplayNames("SpatialDropout1D"),
        new TestCaseData((Func<int?, Layer>)(s => new SpatialDropout2D(0.3, seed: s))).SetArgDisplayNames("SpatialDropout2D"),
        new TestCaseData((Func<int?, Layer>)(s => new SpatialDropout3D(0.3, seed: s))).SetArgDisplayNames("SpatialDropout3D"),
        new TestCaseData((Func<int?, Layer>)(s => new Dropout(0.3, seed: s))).SetArgDisplayNames("Dropout"),
    ];

    private static Tensor Ones(Layer layer) =>
        layer.Name.Contains("2d", StringComparison.Ordinal) ? ones(5, 3, 2, 16)
        : layer.Name.Contains("3d", StringComparison.Ordinal) ? ones([5, 3, 2, 2, 16])
        : ones(5, 3, 16);

    [TestCaseSource(nameof(All))]
    public void A_seed_fixes_the_numbers_bit_for_bit_and_each_call_has_others(Func<int?, Layer> make)
    {
        (Layer a, Layer b, Layer c) = (make(11), make(11), make(12));
        Tensor x = Ones(a);
        Tensor first = a.Call(x, training: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Matches(b.Call(x, training: true)), Is.True);
            Assert.That(first.Matches(a.Call(x, training: true)), Is.False);
            Assert.That(first.Matches(c.Call(x, training: true)), Is.False);
            Assert.That(a.Call(x, training: true).Matches(b.Call(x, training: true)), Is.False, "b is one call behind");
        }
    }

    [TestCaseSource(nameof(All))]
    public void Without_a_seed_the_numbers_are_those_of_the_call(Func<int?, Layer> make)
    {
        Layer layer = make(null);
        Tensor x = Ones(layer);
        Utils.SetRandomSeed(5);
        Tensor first = layer.Call(x, training: true);
        Utils.SetRandomSeed(5);
        Assert.That(first.Matches(layer.Call(x, training: true)), Is.True);
    }

    [TestCaseSource(nameof(All))]
    public void Inference_returns_the_input_itself_and_training_leaves_nothing_behind(Func<int?, Layer> make)
    {
        Layer layer = make(3);
        Tensor x = Ones(layer);
        Assert.That(layer.Call(x), Is.SameAs(x));
        layer.Call(x, training: true).Dispose();
        Assert.That(LiveTensors.LeftBy(() => layer.Call(x, training: true).Dispose()), Is.Zero);
    }

    [TestCaseSource(nameof(All))]
    public void Masks_go_through(Func<int?, Layer> make)
    {
        Layer layer = make(3);
        Tensor x = Ones(layer);
        Tensor mask = ones(5, 3, ScalarType.Bool);
        LayerOutputs outputs = layer.CallAll(new LayerInputs<Tensor>(x).WithMasks([mask]));
        Assert.That(outputs.Mask(0), Is.SameAs(mask));
    }

    [TestCaseSource(nameof(All))]
    public void Half_precision_stays_what_it_is(Func<int?, Layer> make)
    {
        Layer layer = make(3);
        Tensor x = Ones(layer);
        string config = layer.GetConfig().ToJsonString();
        Layer half = layer switch
        {
            GaussianNoise => new GaussianNoise(0.3, 3, dtype: "mixed_float16"),
            GaussianDropout => new GaussianDropout(0.3, 3, dtype: "mixed_float16"),
            AlphaDropout => new AlphaDropout(0.3, seed: 3, dtype: "mixed_float16"),
            SpatialDropout1D => new SpatialDropout1D(0.3, 3, dtype: "mixed_float16"),
            SpatialDropout2D => new SpatialDropout2D(0.3, seed: 3, dtype: "mixed_float16"),
            SpatialDropout3D => new SpatialDropout3D(0.3, seed: 3, dtype: "mixed_float16"),
            _ => new Dropout(0.3, seed: 3, dtype: "mixed_float16"),
        };
        Tensor y = half.Call(x, training: true);
        Assert.That(y.dtype, Is.EqualTo(ScalarType.Float16), config);
        Assert.That((y.to(float32) - layer.Call(x, training: true)).abs().max().item<float>(), Is.LessThan(0.01f));
    }

    [Test]
    public void Noise_is_normal_with_the_deviation_that_is_given()
    {
        Tensor y = new GaussianNoise(0.25, seed: 3).Call(full(4, Count / 4, 2f), training: true).to(float64);
        CheckNormal(y, 2, 0.25);
    }

    [TestCase(0.2)]
    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Gaussian_dropout_multiplies_by_noise_around_1(double rate)
    {
        Tensor y = new GaussianDropout(rate, seed: 3).Call(full(4, Count / 4, 2f), training: true).to(float64);
        CheckNormal(y, 2, 2 * Math.Sqrt(rate / (1 - rate)));
    }

    [TestCase(0.1)]
    [TestCase(0.5)]
    [TestCase(0.9)]
    public void Alpha_dropout_keeps_mean_and_variance_by_Keras_constants(double rate)
    {
        Tensor x = randn(4, Count / 4, generator: new Generator(5));
        Tensor y = new AlphaDropout(rate, seed: 3).Call(x, training: true);
        double a = Math.Pow((1 - rate) * (1 + (rate * Dropped * Dropped)), -0.5);
        double b = -a * Dropped * rate;
        Tensor dropped = (y - (float)((a * Dropped) + b)).abs() < 1e-5f;
        double share = dropped.to(float64).mean().item<double>();
        Tensor kept = (x * (float)a) + (float)b;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(share, Is.EqualTo(rate).Within((5 * Math.Sqrt(rate * (1 - rate) / Count)) + 1e-4));
            Assert.That(
                where(dropped, zeros_like(y), (y - kept).abs()).max().item<float>(),
                Is.LessThan(2e-6f * (float)Math.Max(1, a * 5))
            );
            Assert.That(y.to(float64).mean().item<double>(), Is.EqualTo(0).Within(0.02));
            Assert.That(y.to(float64).var().item<double>(), Is.EqualTo(1).Within(0.05));
        }
    }

    [Test]
    public void Values_share_their_fate_in_alpha_dropout_where_the_noise_shape_is_1()
    {
        Tensor x = ones(6, 10, 8);
        Tensor y = new AlphaDropout(0.5, noise_shape: (null, 1, 8), seed: 5).Call(x, training: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y.Matches(y[.., ..1].expand(6, 10, 8)), Is.True);
            Assert.That(y.unique().output.shape[0], Is.EqualTo(2));
            Assert.That(
                () => new AlphaDropout(0.5, noise_shape: (null, 3, 8)).Call(x),
                Throws.ArgumentException.With.Message.Contains("noise_shape").And.Message.Contains("AlphaDropout")
            );
            Assert.That(() => new AlphaDropout(0.5, noise_shape: (0, 3)), Throws.ArgumentException);
            Assert.That(() => new Dropout(0.5, noise_shape: (0, 3)), Throws.ArgumentException);
        }
    }

    [Test]
    public void Whole_channels_are_dropped()
    {
        (Layer Layer, long[] Sizes, long[] Spatial)[] cases =
        [
            (new SpatialDropout1D(0.4, 3), [64, 3, 512], [1]),
            (new SpatialDropout2D(0.4, seed: 3), [64, 3, 2, 512], [1, 2]),
            (new SpatialDropout3D(0.4, seed: 3), [64, 3, 2, 2, 512], [1, 2, 3]),
            (new SpatialDropout2D(0.4, "channels_first", 3), [64, 512, 3, 2], [2, 3]),
            (new SpatialDropout3D(0.4, "channels_first", 3), [64, 512, 2, 3, 2], [2, 3, 4]),
        ];
        foreach ((Layer layer, long[] sizes, long[] spatial) in cases)
        {
            Tensor y = layer.Call(ones(sizes), training: true);
            Tensor channels = y.mean(spatial, keepdim: true);
            double zeros = 1 - (channels.count_nonzero().item<long>() / (64.0 * 512));
            Assert.That(y.Matches(channels.expand(sizes)) || (y - channels).abs().max().item<float>() < 1e-6f, Is.True, layer.Name);
            Assert.That(zeros, Is.EqualTo(0.4).Within(5 * Math.Sqrt(0.24 / (64 * 512))), layer.Name);
            Assert.That(y.max().item<float>(), Is.EqualTo((float)(1 / 0.6)), layer.Name);
        }
    }

    [Test]
    public void The_gradient_is_what_the_input_was_multiplied_by()
    {
        foreach (Layer layer in (Layer[])[new GaussianDropout(0.3, 3), new SpatialDropout1D(0.3, 3)])
        {
            Tensor x = ones(4, 5, 6).requires_grad_();
            Tensor y = layer.Call(x, training: true);
            y.sum().backward();
            Assert.That(x.grad!.Matches(y), Is.True, layer.Name);
        }

        Tensor input = ones(4, 5).requires_grad_();
        new GaussianNoise(0.3, 3).Call(input, training: true).sum().backward();
        Assert.That(input.grad!.Matches(ones(4, 5)), Is.True);
    }

    [Test]
    public void Keras_writes_few_keys_of_spatial_dropout()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                new SpatialDropout3D(0.2, "channels_first", 3, "drop", "mixed_float16").GetConfig().ToJsonString(),
                Is.EqualTo("""{"rate":0.2,"seed":3,"name":"drop","dtype":"float32","data_format":"channels_first"}""")
            );
            Assert.That(
                new SpatialDropout1D(0.2, name: "drop").GetConfig().ToJsonString(),
                Is.EqualTo("""{"rate":0.2,"seed":null,"name":"drop","dtype":"float32"}""")
            );
        }
    }

    [Test]
    public void A_rate_of_1_is_refused_in_training_where_it_divides_by_zero()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (Layer layer in (Layer[])[new AlphaDropout(1), new GaussianDropout(1)])
            {
                Assert.That(layer.Call(ones(2, 3)).sum().item<float>(), Is.EqualTo(6));
                Assert.That(
                    () => layer.Call(ones(2, 3), training: true),
                    Throws.InvalidOperationException.With.Message.Contains(layer.Name).And.Message.Contains("rate 1")
                );
            }

            Assert.That(new SpatialDropout1D(1).Call(ones(2, 3, 4), training: true).abs().sum().item<float>(), Is.Zero);
        }
    }

    [Test]
    public void Wrong_arguments_and_shapes_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new GaussianNoise(1.5), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("stddev"));
            Assert.That(
                () => new AlphaDropout(-0.1),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("AlphaDropout")
            );
            Assert.That(() => new GaussianDropout(1.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SpatialDropout2D(2), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SpatialDropout2D(0.2, "nhwc"), Throws.ArgumentException.With.Message.Contains("SpatialDropout2D"));
            Assert.That(
                () => new SpatialDropout2D(0.3).Call(ones(2, 3, 4)),
                Throws.ArgumentException.With.Message.Contains("4 axes").And.Message.Contains("(2, 3, 4)")
            );
            Assert.That(() => new ActivityRegularization(-1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("l1"));
        }
    }

    [Test]
    public void Activity_regularization_adds_its_penalty_to_the_loss()
    {
        Tensor x = tensor((float[])[1, -2, 3, -4]).reshape(2, 2);
        List<Tensor> losses = [];
        ActivityRegularization layer = new(l1: 0.1, l2: 0.01);
        LayerOutputs outputs = layer.CallAll(new LayerInputs<Tensor>(x), losses);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outputs.Tensors[0], Is.SameAs(x));
            Assert.That(losses.Single().item<float>(), Is.EqualTo(((0.1 * 10) + (0.01 * 30)) / 2).Within(1e-6));
            Assert.That(layer.GetConfig().ContainsKey("activity_regularizer"), Is.False);
        }
    }

    // Five standard deviations of the mean and of the deviation.
    private static void CheckNormal(Tensor values, double mean, double deviation)
    {
        Tensor centred = (values - mean) / deviation;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(centred.mean().item<double>(), Is.EqualTo(0).Within(5 / Math.Sqrt(Count)));
            Assert.That(centred.std().item<double>(), Is.EqualTo(1).Within(5 / Math.Sqrt(2.0 * Count)));
            Assert.That(centred.pow(3).mean().item<double>(), Is.EqualTo(0).Within(5 * Math.Sqrt(15.0 / Count)));
            Assert.That(centred.pow(4).mean().item<double>(), Is.EqualTo(3).Within(5 * Math.Sqrt(96.0 / Count)));
        }
    }
}
