using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Functions;

/// <summary>Arguments that libtorch, NumSharp or the runtime would refuse in words of their own, or end the process for.</summary>
public sealed class ArgumentTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static IEnumerable<TestCaseData> OfFloats()
    {
        static TestCaseData Case(string name, Func<Tensor, Tensor> f) => new TestCaseData(f).SetArgDisplayNames(name);
        yield return Case("leaky_relu", x => Activations.LeakyRelu(x));
        yield return Case("elu", x => Activations.Elu(x));
        yield return Case("celu", x => Activations.Celu(x));
        yield return Case("selu", Activations.Selu);
        yield return Case("gelu", x => Activations.Gelu(x));
        yield return Case("softplus", Activations.Softplus);
        yield return Case("squareplus", x => Activations.Squareplus(x));
        yield return Case("sparse_plus", Activations.SparsePlus);
        yield return Case("mish", Activations.Mish);
        yield return Case("hard_shrink", x => Activations.HardShrink(x));
        yield return Case("soft_shrink", x => Activations.SoftShrink(x));
        yield return Case("log_sigmoid", Activations.LogSigmoid);
        yield return Case("hard_sigmoid", Activations.HardSigmoid);
        yield return Case("silu", Activations.Silu);
        yield return Case("hard_silu", Activations.HardSilu);
        yield return Case("glu", x => Activations.Glu(x));
        yield return Case("softsign", Activations.Softsign);
        yield return Case("softmax", x => Activations.Softmax(x));
        yield return Case("softmax over axes", x => Activations.Softmax(x, [0, 1]));
        yield return Case("log_softmax", x => Activations.LogSoftmax(x));
        yield return Case("sparsemax", x => Activations.Sparsemax(x));
    }

    [TestCaseSource(nameof(OfFloats))]
    public void Functions_of_floating_point_numbers_say_so(Func<Tensor, Tensor> function)
    {
        Assert.That(
            () => function(ones(2, 4, ScalarType.Int32)),
            Throws.ArgumentException.With.Message.Contains("floating-point").And.Message.Contains("Int32")
        );
        Assert.That(() => function(null!), Throws.ArgumentNullException);
        Assert.That(function(ones(2, 4)).is_floating_point(), Is.True);
    }

    [Test]
    public void Functions_of_any_real_number_refuse_complex_ones()
    {
        foreach (
            Func<Tensor, Tensor> function in (Func<Tensor, Tensor>[])
                [
                    x => Activations.Relu(x),
                    Activations.Relu6,
                    Activations.HardTanh,
                    Activations.Sigmoid,
                    Activations.Tanh,
                    Activations.Exponential,
                    Activations.TanhShrink,
                    Activations.SparseSigmoid,
                ]
        )
        {
            Assert.That(() => function(ones(2, 4, ScalarType.ComplexFloat32)), Throws.ArgumentException.With.Message.Contains("complex"));
        }
    }

    [Test]
    public void A_number_that_float32_rounds_to_a_forbidden_one_is_refused()
    {
        Assert.That(() => Activations.Celu(ones(2), 1e-46), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("celu"));
        Assert.That(() => new Keras.Losses.CategoricalGeneralizedCrossEntropy(q: 1e-46), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new Keras.Losses.CategoricalGeneralizedCrossEntropy(q: 1 - 1e-16),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
    }

    [Test]
    public void Sparsemax_needs_an_axis() =>
        Assert.That(() => Activations.Sparsemax(tensor(1f)), Throws.ArgumentException.With.Message.Contains("scalar"));

    [Test]
    public void A_summary_of_absurd_width_is_refused() =>
        Assert.That(
            () => new Sequential(new Input(2), new Dense(1)).Summary(int.MaxValue, _ => { }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("10000")
        );

    [Test]
    public void One_hot_rows_of_no_labels_and_of_enormous_ones()
    {
        using NDArray none = Utils.ToCategorical(np.array(new[] { 1, 2 })["0:0"], 3);
        Assert.That(none.shape, Is.EqualTo(new long[] { 0, 3 }));
        Assert.That(
            () => Utils.ToCategorical(np.array(new[] { 1, 2 })["0:0"]),
            Throws.ArgumentException.With.Message.Contains("num_classes")
        );
        using IDisposable memory = SystemMemory.Pretend(1 << 28);
        Assert.That(
            () => Utils.ToCategorical([500_000_000, 1]),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("2 labels and 500000001 classes")
        );
        Assert.That(() => Utils.ToCategorical([1, 2], int.MaxValue), Throws.InstanceOf<InsufficientMemoryException>());
        Assert.That(() => Utils.ToCategorical([int.MaxValue - 1, 0]), Throws.InstanceOf<InsufficientMemoryException>());
    }

    [TestCase(int.MaxValue)]
    [TestCase(1_500_000_000)]
    public void A_dilation_that_pads_beyond_an_axis_is_refused(int dilation)
    {
        foreach (Shape shape in new[] { new Shape(3, 3, 1), new Shape([null, null, 1]) })
        {
            Assert.That(
                () => new Sequential(new Input(shape), new Conv2D(1, 3, dilation_rate: dilation, padding: "same")),
                Throws.ArgumentException.With.Message.Contains("would pad an axis to").And.Message.Contains("dilation_rate")
            );
        }

        foreach (
            Func<Layer> pooling in (Func<Layer>[])
                [
                    () => new MaxPooling2D(int.MaxValue, strides: 1, padding: "same"),
                    () => new AveragePooling2D(int.MaxValue, strides: 1, padding: "same"),
                ]
        )
        {
            Assert.That(
                () => new Sequential(new Input(3, 3, 1), pooling()),
                Throws.ArgumentException.With.Message.Contains("would pad an axis to")
            );
        }
    }

    [Test]
    public void A_dilation_that_needs_much_memory_is_refused_and_others_compute()
    {
        var model = new Sequential(
            new Input(3, 3, 1),
            new Conv2D(1, 3, dilation_rate: 3000, padding: "same", use_bias: false, kernel_initializer: "ones")
        );
        using (SystemMemory.Pretend(1 << 20))
        {
            Assert.That(
                () => model.Predict(new float[1, 3, 3, 1]),
                Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("Padding (3000, 3000)")
            );
        }

        // The window's other points lie outside of the image: what is left is the point in the middle.
        float[,,,] image =
        {
            {
                {
                    { 1 },
                    { 2 },
                    { 3 },
                },
                {
                    { 4 },
                    { 5 },
                    { 6 },
                },
                {
                    { 7 },
                    { 8 },
                    { 9 },
                },
            },
        };
        using NDArray found = new Sequential(
            new Input(3, 3, 1),
            new Conv2D(1, 3, dilation_rate: 3, padding: "same", use_bias: false, kernel_initializer: "ones")
        ).Predict(image);
        Assert.That(found.ToArray<float>(), Is.EqualTo(image.Cast<float>()));
    }

    [Test]
    public void A_window_beyond_the_image_pools_all_of_it()
    {
        float[,,,] image =
        {
            {
                {
                    { 1 },
                    { 2 },
                    { 3 },
                },
                {
                    { 4 },
                    { 5 },
                    { 6 },
                },
                {
                    { 7 },
                    { 8 },
                    { 9 },
                },
            },
        };
        foreach (int window in new[] { 4, 5, 1001, 65_537 })
        {
            using NDArray largest = new Sequential(new Input(3, 3, 1), new MaxPooling2D(window, padding: "same")).Predict(image);
            using NDArray mean = new Sequential(new Input(3, 3, 1), new AveragePooling2D(window, padding: "same")).Predict(image);
            Assert.That(largest.ToArray<float>(), Is.EqualTo(new[] { 9f }), $"window {window}");
            Assert.That(mean.ToArray<float>(), Is.EqualTo(new[] { 5f }), $"window {window}");
        }
    }

    [TestCase("valid")]
    [TestCase("same")]
    public void A_stride_beyond_the_image_is_one_step(string padding)
    {
        float[,,,] image =
        {
            {
                {
                    { 1 },
                    { 2 },
                    { 3 },
                },
                {
                    { 4 },
                    { 5 },
                    { 6 },
                },
                {
                    { 7 },
                    { 8 },
                    { 9 },
                },
            },
        };
        using NDArray found = new Sequential(
            new Input(3, 3, 1),
            new Conv2D(1, 3, strides: int.MaxValue, padding: padding, use_bias: false, kernel_initializer: "ones")
        ).Predict(image);
        using NDArray expected = new Sequential(
            new Input(3, 3, 1),
            new Conv2D(1, 3, strides: 5, padding: padding, use_bias: false, kernel_initializer: "ones")
        ).Predict(image);
        Assert.That(found.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
        Assert.That(found.ToArray<float>(), Is.EqualTo(new[] { 45f }));
    }

    [Test]
    public void Images_without_a_channel_are_refused()
    {
        foreach (Layer layer in new Layer[] { new Conv2D(2, 1), new MaxPooling2D(2), new GlobalMaxPooling2D(), new ZeroPadding2D() })
        {
            Assert.That(
                () => new Sequential(new Input(4, 4, 0), layer),
                Throws.ArgumentException.With.Message.Contains("at least one channel").And.Message.Contains("(None, 4, 4, 0)")
            );
        }

        Assert.That(
            () => new Sequential(new Input(0, 4), new BatchNormalization(axis: 1)),
            Throws.ArgumentException.With.Message.Contains("at least one channel")
        );
    }

    [Test]
    public void Outputs_that_there_is_no_memory_for_are_refused()
    {
        var model = new Sequential(new Input(1), new Dense(1000));
        using IDisposable memory = SystemMemory.Pretend(6 << 20);
        Assert.That(
            () => model.Predict(new float[2000, 1]),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("for all samples").And.Message.Contains("(2000, 1000)")
        );
        Assert.That(
            () => model.Call(zeros(2000, 1)),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("(2000, 1000)")
        );
    }

    [Test]
    public void A_metrics_sums_that_there_is_no_memory_for_are_refused()
    {
        using IDisposable memory = SystemMemory.Pretend(1 << 20);
        Assert.That(
            () => new AUC(num_thresholds: 10_000_000),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("auc")
        );
    }
}
