using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What does not fit a layer with spatial axes is refused by its name, whatever the number of axes.</summary>
public sealed class SpatialRefusalTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Layer[] OfSequences() =>
        [
            new Conv1D(2, 1, name: "it"),
            new Conv1DTranspose(2, 1, name: "it"),
            new DepthwiseConv1D(1, name: "it"),
            new SeparableConv1D(2, 1, name: "it"),
            new MaxPooling1D(1, name: "it"),
            new AveragePooling1D(1, name: "it"),
            new GlobalMaxPooling1D(name: "it"),
            new GlobalAveragePooling1D(name: "it"),
            new ZeroPadding1D(name: "it"),
            new Cropping1D(name: "it"),
            new UpSampling1D(name: "it"),
        ];

    private static Layer[] OfVolumes() =>
        [
            new Conv3D(2, 1, name: "it"),
            new Conv3DTranspose(2, 1, name: "it"),
            new MaxPooling3D(1, name: "it"),
            new AveragePooling3D(1, name: "it"),
            new GlobalMaxPooling3D(name: "it"),
            new GlobalAveragePooling3D(name: "it"),
            new ZeroPadding3D(name: "it"),
            new Cropping3D(name: "it"),
            new UpSampling3D(name: "it"),
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
    public void An_input_of_another_rank_is_refused()
    {
        foreach (Layer layer in OfSequences())
        {
            Refused(layer, (null, 5), "sequences with 3 axes, (batch, steps, channels)", "Add the axis of channels");
            Refused(layer, (null, 5, 4, 3), "sequences with 3 axes, (batch, steps, channels)", "with 4.");
        }

        foreach (Layer layer in OfVolumes())
        {
            Refused(layer, (null, 5, 4, 3), "volumes with 5 axes, (batch, depth, height, width, channels)", "Add the axis of channels");
            Refused(layer, (null, 5), "volumes with 5 axes, (batch, depth, height, width, channels)", "with 2.");
        }

        Refused(new Conv1D(2, 1, data_format: "channels_first", name: "it"), (null, 5), "(batch, channels, steps)");
        Refused(new MaxPooling3D(data_format: "channels_first", name: "it"), (null, 5), "(batch, channels, depth, height, width)");
    }

    [Test]
    public void An_input_without_a_channel_is_refused()
    {
        foreach (Layer layer in OfSequences())
        {
            Refused(layer, (null, 5, 0), "at least one channel");
        }

        foreach (Layer layer in OfVolumes())
        {
            Refused(layer, new Shape([null, 5, 4, 3, 0]), "at least one channel");
        }

        Refused(new Conv1D(2, 1, data_format: "channels_first", name: "it"), (null, 0, 5), "at least one channel");
    }

    [Test]
    public void A_window_larger_than_the_input_is_refused()
    {
        foreach (
            Layer layer in new Layer[]
            {
                new Conv1D(2, 4, name: "it"),
                new Conv1D(2, 2, dilation_rate: 3, name: "it"),
                new DepthwiseConv1D(4, name: "it"),
                new SeparableConv1D(2, 2, dilation_rate: 3, name: "it"),
                new MaxPooling1D(4, name: "it"),
                new AveragePooling1D(4, name: "it"),
            }
        )
        {
            Refused(layer, (null, 3, 1), "larger than the sequence");
        }

        foreach (
            Layer layer in new Layer[]
            {
                new Conv3D(2, (1, 1, 4), name: "it"),
                new MaxPooling3D((1, 1, 4), name: "it"),
                new AveragePooling3D((1, 1, 4), name: "it"),
            }
        )
        {
            Refused(layer, new Shape([null, 9, 9, 3, 1]), "larger than the volume");
        }

        var model = new Sequential(new Input(new Shape([null, 1])), new Conv1D(2, 4, name: "window"), new GlobalMaxPooling1D());
        Assert.That(model.Predict(np.zeros(new NumSharp.Shape(2, 4, 1), np.float32)).shape, Is.EqualTo(new[] { 2, 2 }));
        Assert.That(
            () => model.Predict(np.zeros(new NumSharp.Shape(2, 3, 1), np.float32)),
            Throws.ArgumentException.With.Message.Contains("'window'").And.Message.Contains("(2, 3, 1)")
        );
    }

    [Test]
    public void A_padded_window_may_be_larger_than_the_input()
    {
        Tensor x = tensor(new float[] { 1, 2, 4 }).reshape(1, 3, 1);
        Assert.That(
            new Conv1D(1, 9, padding: "causal", kernel_initializer: "ones").Call(x).reshape(-1).data<float>().ToArray(),
            Is.EqualTo(new[] { 1f, 3f, 7f })
        );
        Assert.That(new MaxPooling1D(9, padding: "same").Call(x).reshape(-1).data<float>().ToArray(), Is.EqualTo(new[] { 4f }));
        Assert.That(
            new Conv1D(1, 2, strides: int.MaxValue, padding: "causal", kernel_initializer: "ones")
                .Call(x)
                .reshape(-1)
                .data<float>()
                .ToArray(),
            Is.EqualTo(new[] { 1f })
        );
    }

    [Test]
    public void Nothing_is_left_where_a_cropping_is_as_large_as_the_input()
    {
        Refused(new Cropping1D((2, 1), name: "it"), (null, 3, 1), "(2, 1)", "nothing of the sequence");
        Refused(new Cropping2D(((0, 0), (3, 5)), name: "it"), (null, 9, 8, 1), "((0, 0), (3, 5))", "nothing of the image");
        Refused(new Cropping2D((0, 4), "channels_first", name: "it"), (null, 1, 9, 8), "nothing of the image");
        Refused(new Cropping3D(int.MaxValue, name: "it"), new Shape([null, 9, 9, 9, 1]), "nothing of the volume");
        Assert.That(new Cropping1D((2, 1)).ComputeOutputShape((null, 4, 1)), Is.EqualTo((Shape)(null, 1, 1)));
    }

    [Test]
    public void Channels_and_filters_that_groups_do_not_divide_are_refused()
    {
        Assert.That(
            () => new Conv1D(4, 3, groups: 3),
            Throws.ArgumentException.With.Message.Contains("Conv1D").And.Message.Contains("3 groups")
        );
        Assert.That(
            () => new Conv3D(4, 3, groups: 3),
            Throws.ArgumentException.With.Message.Contains("Conv3D").And.Message.Contains("3 groups")
        );
        Refused(new Conv1D(4, 3, groups: 2, name: "it"), (null, 9, 3), "2 groups", "3 channels");
        Refused(
            new Conv3D(4, 3, groups: 2, data_format: "channels_first", name: "it"),
            new Shape([null, 3, 9, 9, 9]),
            "2 groups",
            "3 channels"
        );
        Conv1D built = new(4, 3, groups: 2, name: "it");
        built.Call(rand(2, 9, 4));
        Refused(built, (null, 9, 6), "built for 4 channels");
    }

    [Test]
    public void Arguments_that_Keras_refuses_are_refused()
    {
        Assert.That(
            () => new Conv1D(4, (3, 3)),
            Throws.ArgumentException.With.Message.Contains("kernel_size").And.Message.Contains("(3, 3)")
        );
        Assert.That(
            () => new Conv3D(4, (3, 3)),
            Throws.ArgumentException.With.Message.Contains("kernel_size").And.Message.Contains("(3, 3)")
        );
        Assert.That(() => new Conv1D(4, 3, strides: 2, dilation_rate: 2), Throws.ArgumentException.With.Message.Contains("not both"));
        Assert.That(
            () => new Conv3D(4, 3, strides: (1, 1, 2), dilation_rate: (2, 1, 1)),
            Throws.ArgumentException.With.Message.Contains("not both")
        );
        Assert.That(
            () => new Conv1D(4, 3, padding: "full"),
            Throws.ArgumentException.With.Message.Contains("\"causal\"").And.Message.Contains("full")
        );
        Assert.That(() => new Conv3D(4, 3, padding: "causal"), Throws.ArgumentException.With.Message.Contains("Conv3D"));
        Assert.That(() => new MaxPooling1D(padding: "causal"), Throws.ArgumentException.With.Message.Contains("MaxPooling1D"));
        Assert.That(() => new AveragePooling1D(null!), Throws.ArgumentNullException);
        Assert.That(
            () => new GlobalMaxPooling3D("nhwc"),
            Throws.ArgumentException.With.Message.Contains("GlobalMaxPooling3D").And.Message.Contains("nhwc")
        );
        Assert.That(() => new UpSampling3D((1, 2)), Throws.ArgumentException.With.Message.Contains("size"));
        Assert.That(() => new UpSampling1D(0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("size"));
        Assert.That(new Conv1D(4, 3, padding: "CAUSAL").Padding, Is.EqualTo("causal"));
    }

    [Test]
    public void Sizes_that_no_axis_can_hold_are_refused()
    {
        Refused(new UpSampling1D(int.MaxValue, name: "it"), (null, 2, 1), "4294967294");
        Refused(new UpSampling3D((1, 65536, 1), name: "it"), new Shape([null, 1, 65536, 1, 1]), "4294967296");
        Refused(new ZeroPadding3D((0, 0, int.MaxValue), name: "it"), new Shape([null, 1, 1, 1, 1]), "4294967295");
        string message = Assert
            .Catch<ArgumentException>(() =>
                new Conv1D(1, 3, padding: "causal", dilation_rate: int.MaxValue, name: "it").ComputeOutputShape((null, 5, 1))
            )!
            .Message;
        Assert.That(message, Does.Contain("'it'").And.Contains("\"causal\"").And.Contains("4294967299"));
    }

    [Test]
    public void What_there_is_no_memory_for_is_refused_before_it_is_made()
    {
        using IDisposable memory = SystemMemory.Pretend(1 << 20);
        Assert.That(
            () => new ZeroPadding3D(1000, name: "border").Call(zeros([1, 1, 1, 1, 1])),
            Throws
                .InstanceOf<InsufficientMemoryException>()
                .With.Message.Contains("'border'")
                .And.Message.Contains("(1, 2001, 2001, 2001, 1)")
        );
        Assert.That(
            () => new UpSampling2D(1000, name: "large").Call(zeros(1, 2, 2, 1)),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("'large'")
        );
        Assert.That(
            () => new Conv1D(1, 3, padding: "causal", dilation_rate: 1_000_000).Call(zeros(1, 3, 1)),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("Padding (0, 0) and (2000000, 0)")
        );
        Assert.That(
            () => new Conv3D(100, 20, name: "deep").Call(zeros([1, 20, 20, 20, 3])),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("'deep'").And.Message.Contains("(20, 20, 20, 3, 100)")
        );
    }

    [Test]
    public void Sizes_that_are_not_known_stay_unknown()
    {
        Shape sequence = (null, null, 3);
        Shape volume = new([null, null, null, null, 3]);
        Assert.That(new Conv1D(4, 3, padding: "causal", strides: 2).ComputeOutputShape(sequence).ToString(), Is.EqualTo("(None, None, 4)"));
        Assert.That(new UpSampling1D().ComputeOutputShape(sequence), Is.EqualTo(sequence));
        Assert.That(new Cropping1D().ComputeOutputShape(sequence), Is.EqualTo(sequence));
        Assert.That(new Conv3D(4, 3).ComputeOutputShape(volume).ToString(), Is.EqualTo("(None, None, None, None, 4)"));
        Assert.That(new ZeroPadding3D().ComputeOutputShape(volume), Is.EqualTo(volume));
        Assert.That(new GlobalMaxPooling3D(keepdims: true).ComputeOutputShape(volume).ToString(), Is.EqualTo("(None, 1, 1, 1, 3)"));
        Refused(new GlobalMaxPooling1D(name: "it"), (null, 0, 3), "not empty");
    }
}
