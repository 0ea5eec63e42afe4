using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

public sealed class ImageLayerTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(1)]
    [TestCase(3)]
    public void Convolution_pooling_and_flatten_make_no_copies_of_the_layout(int channels)
    {
        using IDisposable noGrad = no_grad();
        Tensor y = new Conv2D(6, 3, activation: "relu").Call(rand(2, 10, 9, channels));
        Assert.That(y.is_contiguous(), Is.True, "convolution");
        Tensor same = new Conv2D(6, 3, strides: 2, padding: "same").Call(y);
        Assert.That(same.is_contiguous(), Is.True, "padded convolution");
        Tensor pooled = new MaxPooling2D().Call(y);
        Assert.That(pooled.is_contiguous(), Is.True, "pooling");
        Tensor flat = new Flatten().Call(pooled);
        flat.zero_();
        Assert.That(pooled.count_nonzero().ToInt64(), Is.EqualTo(0), "flatten is a view");
    }

    [TestCase("valid", 1, 1)]
    [TestCase("same", 2, 1)]
    [TestCase("same", 1, 2)]
    public void Both_layouts_give_the_same(string padding, int strides, int dilation)
    {
        Tensor x = rand(2, 9, 8, 4);
        Conv2D last = new(6, (3, 2), strides, padding, dilation_rate: dilation, groups: 2);
        Conv2D first = new(6, (3, 2), strides, padding, "channels_first", dilation, groups: 2);
        Tensor expected = last.Call(x);
        first.Call(x.permute(0, 3, 1, 2));
        first.SetWeights(last.GetWeights());
        Tensor actual = first.Call(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1);
        Assert.That(actual.shape, Is.EqualTo(expected.shape));
        Assert.That(actual.allclose(expected, atol: 1e-6), Is.True);
        Assert.That(last.ComputeOutputShape((null, 9, 8, 4)).From(1).ToSizes(), Is.EqualTo(expected.shape.Skip(1)));
    }

    [Test]
    public void Channels_first_flattens_in_the_order_of_channels_last()
    {
        Tensor x = rand(2, 3, 4, 5);
        Assert.That(new Flatten("channels_first").Call(x.permute(0, 3, 1, 2)).allclose(new Flatten().Call(x)), Is.True);
    }

    [Test]
    public void What_is_padded_does_not_count_in_pooling()
    {
        Tensor x = full([1, 3, 3, 1], -2.0f);
        foreach ((int pool, int strides) in ((int, int)[])[(2, 2), (2, 1), (3, 1), (3, 2)])
        {
            Assert.That(new MaxPooling2D(pool, strides, "same").Call(x).eq(-2).all().ToBoolean(), Is.True, $"max {pool} {strides}");
            Assert.That(new AveragePooling2D(pool, strides, "same").Call(x).eq(-2).all().ToBoolean(), Is.True, $"average {pool} {strides}");
        }
    }

    [Test]
    public void Sizes_that_are_not_known_stay_unknown()
    {
        Shape open = (null, null, null, 3);
        Assert.That(new Conv2D(4, 3, strides: 2).ComputeOutputShape(open).ToString(), Is.EqualTo("(None, None, None, 4)"));
        Assert.That(new MaxPooling2D().ComputeOutputShape(open).ToString(), Is.EqualTo("(None, None, None, 3)"));
        Assert.That(new Flatten().ComputeOutputShape(open).ToString(), Is.EqualTo("(None, None)"));
        Assert.That(new GlobalAveragePooling2D(keepdims: true).ComputeOutputShape(open).ToString(), Is.EqualTo("(None, 1, 1, 3)"));
    }

    [Test]
    public void Arguments_that_Keras_refuses_are_refused()
    {
        Assert.That(() => new Conv2D(0, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Conv2D(4, 0), Throws.ArgumentException.With.Message.Contains("kernel_size"));
        Assert.That(() => new Conv2D(4, (3, 3, 3)), Throws.ArgumentException.With.Message.Contains("kernel_size"));
        Assert.That(() => new Conv2D(4, 3, strides: 0), Throws.ArgumentException.With.Message.Contains("strides"));
        Assert.That(() => new Conv2D(4, 3, strides: 2, dilation_rate: 2), Throws.ArgumentException.With.Message.Contains("not both"));
        Assert.That(() => new Conv2D(4, 3, padding: "full"), Throws.ArgumentException.With.Message.Contains("full"));
        Assert.That(new Conv2D(4, 3, padding: "SAME").Padding, Is.EqualTo("same"));
        Assert.That(() => new Conv2D(4, 3, groups: 3), Throws.ArgumentException.With.Message.Contains("3 groups"));
        Assert.That(() => new Conv2D(4, 3, data_format: "nhwc"), Throws.ArgumentException.With.Message.Contains("nhwc"));
        Assert.That(() => new MaxPooling2D(0), Throws.ArgumentException.With.Message.Contains("pool_size"));
        Assert.That(() => new MaxPooling2D(2, padding: "full"), Throws.ArgumentException.With.Message.Contains("full"));
    }

    [Test]
    public void Inputs_that_Keras_refuses_are_refused()
    {
        Tensor x = rand(2, 8, 8, 3);
        Assert.That(() => new Conv2D(4, 3).Call(x[0]), Throws.ArgumentException.With.Message.Contains("4 axes"));
        Assert.That(() => new Conv2D(4, 9).Call(x), Throws.ArgumentException.With.Message.Contains("larger than the image"));
        Assert.That(() => new Conv2D(4, 5, dilation_rate: 2).Call(x), Throws.ArgumentException.With.Message.Contains("dilation_rate"));
        Assert.That(() => new Conv2D(4, 3, groups: 2).Call(x), Throws.ArgumentException.With.Message.Contains("2 groups"));
        Assert.That(() => new MaxPooling2D(9).Call(x), Throws.ArgumentException.With.Message.Contains("larger than the image"));
        Conv2D built = new(4, 3);
        built.Call(x);
        Assert.That(() => built.Call(x[.., .., .., ..1]), Throws.ArgumentException.With.Message.Contains("built for 3 channels"));
        Assert.That(
            () => new Conv2D(4, 3).Apply(new Input(new Shape([8, 8, null]))),
            Throws.ArgumentException.With.Message.Contains("known size")
        );
    }
}
