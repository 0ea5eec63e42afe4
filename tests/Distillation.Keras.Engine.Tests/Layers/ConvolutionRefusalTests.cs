using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What transposed, depthwise and separable convolutions refuse beside what all layers with spatial axes do.</summary>
public sealed class ConvolutionRefusalTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Layer[] OfImages() =>
        [
            new Conv2DTranspose(2, 3, name: "it"),
            new DepthwiseConv2D(3, name: "it"),
            new DepthwiseConv2D(3, depth_multiplier: 2, name: "it"),
            new SeparableConv2D(2, 3, name: "it"),
        ];

    private static void Refused(Layer layer, Shape shape, params string[] parts)
    {
        string message = Assert.Catch<ArgumentException>(() => layer.ComputeOutputShape(shape), layer.GetType().Name)!.Message;
        foreach (string part in parts.Append($"{layer.GetType().Name} 'it'").Append($"{shape}"))
        {
            Assert.That(message, Does.Contain(part));
        }
    }

    [Test]
    public void An_input_of_another_rank_or_without_a_channel_is_refused()
    {
        foreach (Layer layer in OfImages())
        {
            Refused(layer, (null, 5, 4), "images with 4 axes, (batch, height, width, channels)", "Add the axis of channels");
            Refused(layer, (null, 5, 4, 0), "at least one channel");
        }
    }

    [Test]
    public void Another_number_of_channels_than_at_first_is_refused()
    {
        foreach (Layer layer in OfImages())
        {
            layer.Call(rand(2, 5, 4, 3));
            Refused(layer, (null, 5, 4, 2), "built for 3 channels");
            Assert.That(
                () => layer.Call(rand(2, 5, 4, 2)),
                Throws.ArgumentException.With.Message.Contains("'it'").And.Message.Contains("(2, 5, 4, 2)")
            );
        }
    }

    [Test]
    public void A_window_larger_than_the_image_is_refused_but_not_by_a_transposed_convolution()
    {
        Refused(new DepthwiseConv2D((2, 5), name: "it"), (null, 5, 4, 3), "larger than the image");
        Refused(new DepthwiseConv2D(2, dilation_rate: 4, name: "it"), (null, 9, 4, 3), "larger than the image");
        Refused(new SeparableConv2D(2, 5, name: "it"), (null, 4, 9, 3), "larger than the image");
        Assert.That(new Conv2DTranspose(2, 5).ComputeOutputShape((null, 2, 1, 3)), Is.EqualTo((Shape)(null, 6, 5, 2)));
    }

    [Test]
    public void An_output_padding_is_below_the_strides()
    {
        Assert.That(
            () => new Conv2DTranspose(2, 3, strides: 2, output_padding: 2),
            Throws.ArgumentException.With.Message.Contains("Conv2DTranspose").And.Message.Contains("output_padding")
        );
        Assert.That(
            () => new Conv1DTranspose(2, 3, output_padding: 1),
            Throws.ArgumentException.With.Message.Contains("Conv1DTranspose").And.Message.Contains("output_padding")
        );
        Assert.That(
            new Conv1DTranspose(2, 3, strides: 2, output_padding: 1).ComputeOutputShape((null, 4, 1)),
            Is.EqualTo((Shape)(null, 10, 2))
        );
    }

    [Test]
    public void Strides_do_not_come_with_a_dilation_in_a_transposed_convolution()
    {
        Assert.That(
            () => new Conv1DTranspose(2, 3, strides: 2, dilation_rate: 2),
            Throws.ArgumentException.With.Message.Contains("not both")
        );
        Assert.That(
            () => new Conv3DTranspose(2, 3, strides: (1, 1, 2), dilation_rate: (2, 1, 1)),
            Throws.ArgumentException.With.Message.Contains("not both")
        );
    }

    [Test]
    public void An_empty_axis_is_refused_by_a_transposed_convolution() =>
        Refused(new Conv2DTranspose(2, 3, name: "it"), (null, 0, 4, 3), "no output along an axis");

    [Test]
    public void Numbers_that_must_be_positive_are_refused()
    {
        Assert.That(
            () => new Conv2DTranspose(0, 3),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Conv2DTranspose").And.Message.Contains("filters")
        );
        Assert.That(
            () => new SeparableConv1D(0, 3),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("SeparableConv1D").And.Message.Contains("filters")
        );
        Assert.That(
            () => new DepthwiseConv2D(3, depth_multiplier: 0),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("depth_multiplier")
        );
        Assert.That(
            () => new SeparableConv2D(2, 3, depth_multiplier: -1),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("depth_multiplier")
        );
    }

    [Test]
    public void Windows_and_paddings_that_Keras_refuses_are_refused()
    {
        Assert.That(
            () => new DepthwiseConv1D((3, 3)),
            Throws.ArgumentException.With.Message.Contains("kernel_size").And.Message.Contains("(3, 3)")
        );
        Assert.That(
            () => new SeparableConv2D(2, (3, 3, 3)),
            Throws.ArgumentException.With.Message.Contains("kernel_size").And.Message.Contains("(3, 3, 3)")
        );
        Assert.That(() => new Conv2DTranspose(2, 0), Throws.ArgumentException.With.Message.Contains("kernel_size"));
        Assert.That(() => new DepthwiseConv2D(3, padding: "full"), Throws.ArgumentException.With.Message.Contains("full"));
        Assert.That(() => new Conv1DTranspose(2, 3, padding: "causal"), Throws.ArgumentException.With.Message.Contains("causal"));
    }

    [Test]
    public void A_kernel_that_there_is_no_memory_for_is_refused()
    {
        using IDisposable memory = SystemMemory.Pretend(1 << 20);
        Assert.That(
            () => new Conv3DTranspose(100, 20, name: "deep").Call(zeros([1, 20, 20, 20, 3])),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("'deep'").And.Message.Contains("(20, 20, 20, 100, 3)")
        );
    }
}
