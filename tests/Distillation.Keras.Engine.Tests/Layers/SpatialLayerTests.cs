using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// Convolutions, poolings and their kin with one, two and three spatial axes, held to their definitions, in both layouts, with gradients.
/// </summary>
/// <remarks>What real Keras computes is in the fixtures; these are the arguments that no fixture has.</remarks>
public sealed class SpatialLayerTests
{
    private static readonly int[][] Sizes =
    [
        [],
        [11],
        [9, 8],
        [6, 5, 7],
    ];

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Tensor Input(int rank, int channels = 4)
    {
        long[] shape = [2, .. Sizes[rank], channels];
        return arange(shape.Aggregate(1L, (a, b) => a * b), float32).mul(0.7123).sin().reshape(shape).detach();
    }

    private static Tensor First(Tensor x) => x.movedim([-1], [1]);

    private static Tensor Last(Tensor x) => x.movedim([1], [-1]);

    private static void Equal(Tensor found, Tensor expected)
    {
        Assert.That(found.shape, Is.EqualTo(expected.shape));
        Assert.That(found.eq(expected).all().ToBoolean(), Is.True);
    }

    /// <summary>Holds a layer to a function, in value and in the gradient of a sum with changing weights.</summary>
    private static void Same(Layer last, Layer first, Tensor x, Func<Tensor, Tensor> expected)
    {
        (Tensor value, Tensor gradient) = Both(x, expected);
        Holds(Both(x, t => last.Call(t)), "channels_last");
        Holds(Both(x, t => Last(first.Call(First(t)))), "channels_first");
        Assert.That(last.ComputeOutputShape(Shape.FromSizes(x.shape)).ToSizes(), Is.EqualTo(value.shape), "the shape that it says");
        Assert.That(
            first.ComputeOutputShape(Shape.FromSizes(First(x).shape)).ToSizes(),
            Is.EqualTo(First(value).shape),
            "the shape that it says"
        );

        void Holds((Tensor Value, Tensor Gradient) found, string layout)
        {
            Assert.That(found.Value.shape, Is.EqualTo(value.shape), layout);
            Assert.That(found.Value.allclose(value, atol: 1e-5), Is.True, $"{layout}: values");
            Assert.That(found.Gradient.allclose(gradient, atol: 1e-5), Is.True, $"{layout}: gradients");
        }
    }

    private static (Tensor Value, Tensor Gradient) Both(Tensor x, Func<Tensor, Tensor> function)
    {
        Tensor input = x.clone().requires_grad_();
        Tensor value = function(input);
        value.mul(arange(value.numel(), float32).cos().reshape(value.shape)).sum().backward();
        return (value.detach(), input.grad!);
    }

    private static Layer Conv(int rank, Size window, Size strides, string padding, string format, Size dilation, int groups) =>
        rank switch
        {
            1 => new Conv1D(6, window, strides, padding, format, dilation, groups, bias_initializer: "random_normal"),
            2 => new Conv2D(6, window, strides, padding, format, dilation, groups, bias_initializer: "random_normal"),
            _ => new Conv3D(6, window, strides, padding, format, dilation, groups, bias_initializer: "random_normal"),
        };

    private static Layer MaxPooling(int rank, Size window, Size strides, string padding, string format) =>
        rank switch
        {
            1 => new MaxPooling1D(window, strides, padding, format),
            2 => new MaxPooling2D(window, strides, padding, format),
            _ => new MaxPooling3D(window, strides, padding, format),
        };

    private static Layer AveragePooling(int rank, Size window, Size strides, string padding, string format) =>
        rank switch
        {
            1 => new AveragePooling1D(window, strides, padding, format),
            2 => new AveragePooling2D(window, strides, padding, format),
            _ => new AveragePooling3D(window, strides, padding, format),
        };

    [Test]
    public void A_convolution_is_the_sum_over_its_window(
        [Values(1, 2, 3)] int rank,
        [Values("valid", "same", "causal")] string padding,
        [Values("strides", "dilation", "neither")] string steps,
        [Values(1, 2)] int groups
    )
    {
        if (padding == "causal" && rank > 1)
        {
            Assert.That(
                () => Conv(rank, 3, 1, padding, "channels_last", 1, 1),
                Throws.ArgumentException.With.Message.Contains("\"valid\" or \"same\"").And.Message.Contains("causal")
            );
            return;
        }

        int[] window = new[] { 3, 2, 4 }[..rank];
        int[] strides = steps == "strides" ? new[] { 2, 1, 3 }[..rank] : [.. Enumerable.Repeat(1, rank)];
        int[] dilation = steps == "dilation" ? new[] { 2, 3, 1 }[..rank] : [.. Enumerable.Repeat(1, rank)];
        Layer last = Conv(rank, window, strides, padding, "channels_last", dilation, groups);
        Layer first = Conv(rank, window, strides, padding, "channels_first", dilation, groups);
        Tensor x = Input(rank);
        last.Call(x);
        first.Call(First(x));
        first.SetWeights(last.GetWeights());
        Assert.That(last.Weights[0].Shape.ToSizes(), Is.EqualTo((long[])[.. window.Select(w => (long)w), 4 / groups, 6]));
        Tensor[] weights = [.. last.Weights.Select(w => w.Value.detach())];
        Same(last, first, x, t => new WindowDefinition(window, strides, dilation, padding).Convolve(t, weights[0], weights[1], groups));
    }

    [Test]
    public void A_kernels_gradient_is_that_of_the_sum_over_its_window(
        [Values(1, 2, 3)] int rank,
        [Values("channels_last", "channels_first")] string format
    )
    {
        int[] window = new[] { 3, 2, 4 }[..rank];
        int[] ones = [.. Enumerable.Repeat(1, rank)];
        Layer layer = Conv(rank, window, 1, "same", format, 1, 2);
        Tensor x = Input(rank);
        bool isLast = format == "channels_last";
        Tensor y = layer.Call(isLast ? x : First(x));
        Tensor factors = arange(y.numel(), float32).cos().reshape(y.shape);
        y.mul(factors).sum().backward();
        Tensor kernel = layer.Weights[0].Value.detach().clone().requires_grad_();
        Tensor bias = layer.Weights[1].Value.detach().clone().requires_grad_();
        new WindowDefinition(window, ones, ones, "same")
            .Convolve(x, kernel, bias, 2)
            .mul(isLast ? factors : Last(factors))
            .sum()
            .backward();
        Assert.That(layer.Weights[0].Value.grad!.allclose(kernel.grad!, atol: 1e-4), Is.True);
        Assert.That(layer.Weights[1].Value.grad!.allclose(bias.grad!, atol: 1e-4), Is.True);
    }

    [Test]
    public void One_sample_gives_the_same_as_in_a_batch([Values(1, 2, 3)] int rank, [Values("valid", "same")] string padding)
    {
        Layer layer = Conv(rank, 3, 1, padding, "channels_last", 1, 1);
        Tensor x = Input(rank);
        Tensor alone = layer.Call(x[..1]);
        Tensor expected = layer.Call(x)[..1];
        Assert.That(alone.shape, Is.EqualTo(expected.shape));
        Assert.That(alone.allclose(expected, atol: 1e-6), Is.True);
    }

    [Test]
    public void A_pooling_is_the_maximum_or_the_mean_of_its_window(
        [Values(1, 2, 3)] int rank,
        [Values("valid", "same")] string padding,
        [Values(1, 2, 3, 4)] int variant
    )
    {
        (int[] window, int[] strides) = variant switch
        {
            1 => (new[] { 2, 3, 2 }[..rank], new[] { 2, 3, 2 }[..rank]),
            2 => (new[] { 3, 2, 4 }[..rank], new[] { 2, 1, 3 }[..rank]),
            3 => (new[] { 3, 5, 3 }[..rank], new[] { 1, 2, 1 }[..rank]),
            _ => (new[] { 4, 2, 2 }[..rank], new[] { 1, 1, 1 }[..rank]),
        };
        WindowDefinition definition = new(window, strides, [.. Enumerable.Repeat(1, rank)], padding);

        // Below 0, so that a padding with zeros would be the maximum and change the mean.
        Tensor x = Input(rank).sub(2);
        Same(
            MaxPooling(rank, window, strides, padding, "channels_last"),
            MaxPooling(rank, window, strides, padding, "channels_first"),
            x,
            definition.Max
        );
        Same(
            AveragePooling(rank, window, strides, padding, "channels_last"),
            AveragePooling(rank, window, strides, padding, "channels_first"),
            x,
            definition.Mean
        );
    }

    [Test]
    public void A_pooling_steps_by_its_window_by_default()
    {
        Assert.That(new MaxPooling1D().Call(Input(1)).shape, Is.EqualTo(new long[] { 2, 5, 4 }));
        Assert.That(new MaxPooling3D().Call(Input(3)).shape, Is.EqualTo(new long[] { 2, 3, 2, 3, 4 }));
        Assert.That(new AveragePooling3D((3, 1, 2)).Strides, Is.EqualTo(new Size(3, 1, 2)));
    }

    [Test]
    public void A_global_pooling_is_over_all_spatial_axes([Values(1, 2, 3)] int rank, [Values] bool keepdims)
    {
        (Layer Last, Layer First) Pair(Func<string, Layer> make) => (make("channels_last"), make("channels_first"));
        (Layer maxLast, Layer maxFirst) = Pair(f =>
            rank switch
            {
                1 => new GlobalMaxPooling1D(f, keepdims),
                2 => new GlobalMaxPooling2D(f, keepdims),
                _ => new GlobalMaxPooling3D(f, keepdims),
            }
        );
        (Layer meanLast, Layer meanFirst) = Pair(f =>
            rank switch
            {
                1 => new GlobalAveragePooling1D(f, keepdims),
                2 => new GlobalAveragePooling2D(f, keepdims),
                _ => new GlobalAveragePooling3D(f, keepdims),
            }
        );
        Tensor x = Input(rank);
        Tensor flat = x.reshape(2, -1, 4);
        Holds(maxLast, maxFirst, flat.amax([1]));
        Holds(meanLast, meanFirst, flat.mean([1]));

        void Holds(Layer last, Layer first, Tensor expected)
        {
            long[] shape = keepdims ? [2, .. Enumerable.Repeat(1L, rank), 4] : [2, 4];
            Tensor found = last.Call(x);
            Tensor foundFirst = first.Call(First(x));
            Assert.That(found.shape, Is.EqualTo(shape));
            Assert.That(last.ComputeOutputShape(Shape.FromSizes(x.shape)).ToSizes(), Is.EqualTo(shape));
            Assert.That(found.reshape(2, 4).allclose(expected, atol: 1e-6), Is.True);
            Assert.That(foundFirst.shape, Is.EqualTo(keepdims ? [2, 4, .. Enumerable.Repeat(1L, rank)] : new long[] { 2, 4 }));
            Assert.That(first.ComputeOutputShape(Shape.FromSizes(First(x).shape)).ToSizes(), Is.EqualTo(foundFirst.shape));
            Assert.That(foundFirst.reshape(2, 4).allclose(expected, atol: 1e-6), Is.True);
        }
    }

    [Test]
    public void Zeros_come_around_each_axis_by_itself([Values(1, 2, 3)] int rank)
    {
        (int Before, int After)[] sides = new[] { (1, 2), (3, 0), (0, 4) }[..rank];
        Layer Make(string format) =>
            rank switch
            {
                1 => new ZeroPadding1D((1, 2), format),
                2 => new ZeroPadding2D(((1, 2), (3, 0)), format),
                _ => new ZeroPadding3D(((1, 2), (3, 0), (0, 4)), format),
            };
        Same(
            Make("channels_last"),
            Make("channels_first"),
            Input(rank),
            x =>
            {
                Tensor padded = zeros([2, .. Enumerable.Range(0, rank).Select(i => x.shape[i + 1] + sides[i].Before + sides[i].After), 4]);
                Tensor middle = padded;
                for (int i = 0; i < rank; i++)
                {
                    middle = middle.narrow(i + 1, sides[i].Before, x.shape[i + 1]);
                }

                middle.copy_(x);
                return padded;
            }
        );
    }

    [Test]
    public void A_cropping_takes_away_what_a_padding_put_around(
        [Values(1, 2, 3)] int rank,
        [Values("channels_last", "channels_first")] string format
    )
    {
        Tensor x = format == "channels_last" ? Input(rank) : First(Input(rank));
        (Layer pad, Layer crop) = rank switch
        {
            1 => (new ZeroPadding1D((1, 2)), new Cropping1D((1, 2))),
            2 => (new ZeroPadding2D(((1, 2), (3, 0)), format), new Cropping2D(((1, 2), (3, 0)), format)),
            _ => ((Layer)new ZeroPadding3D(((1, 2), (3, 0), (0, 4)), format), (Layer)new Cropping3D(((1, 2), (3, 0), (0, 4)), format)),
        };
        Tensor padded = pad.Call(x);
        Tensor cropped = crop.Call(padded);
        Equal(cropped, x);
        Assert.That(crop.ComputeOutputShape(Shape.FromSizes(padded.shape)).ToSizes(), Is.EqualTo(x.shape));
    }

    [Test]
    public void A_cropping_cuts_off_what_it_was_told_by_default()
    {
        Equal(new Cropping1D().Call(Input(1)), Input(1)[.., 1..10]);
        Equal(new Cropping2D().Call(Input(2)), Input(2));
        Equal(new Cropping3D().Call(Input(3)), Input(3)[.., 1..5, 1..4, 1..6]);
        Equal(new Cropping3D((0, 1, 2)).Call(Input(3)), Input(3)[.., .., 1..4, 2..5]);
    }

    [Test]
    public void An_upsampling_repeats_each_entry([Values(1, 2, 3)] int rank)
    {
        int[] factors = new[] { 3, 2, 4 }[..rank];
        Layer Make(string format) =>
            rank switch
            {
                1 => new UpSampling1D(3),
                2 => new UpSampling2D((3, 2), format),
                _ => new UpSampling3D((3, 2, 4), format),
            };
        Tensor Repeated(Tensor x)
        {
            for (int i = 0; i < rank; i++)
            {
                x = stack(Enumerable.Range(0, (int)x.shape[i + 1] * factors[i]).Select(n => x.select(i + 1, n / factors[i])), i + 1);
            }

            return x;
        }

        if (rank > 1)
        {
            Same(Make("channels_last"), Make("channels_first"), Input(rank), Repeated);
        }
        else
        {
            Equal(Make("channels_last").Call(Input(1)), Repeated(Input(1)));
        }
    }

    [Test]
    public void Layers_that_move_values_keep_integers_whatever_their_axes()
    {
        foreach (Layer layer in new Layer[] { new ZeroPadding1D(), new Cropping1D(), new UpSampling1D() })
        {
            Assert.That(layer.Call(ones([2, 4, 1], int32)).dtype, Is.EqualTo(ScalarType.Int32), layer.Name);
        }

        foreach (Layer layer in new Layer[] { new ZeroPadding3D(), new Cropping3D(), new UpSampling3D() })
        {
            Assert.That(layer.Call(ones([2, 4, 4, 4, 1], int32)).dtype, Is.EqualTo(ScalarType.Int32), layer.Name);
        }

        Assert.That(new UpSampling2D().Call(ones([2, 4, 4, 1], int32)).dtype, Is.EqualTo(ScalarType.Int32));
        Assert.That(new UpSampling2D(interpolation: "bilinear").Call(ones([2, 4, 4, 1], int32)).dtype, Is.EqualTo(ScalarType.Float32));
    }

    [Test]
    public void Sequences_and_images_make_no_copies_of_the_layout()
    {
        using IDisposable noGrad = no_grad();
        Tensor y = new Conv1D(6, 3).Call(Input(1));
        Assert.That(y.is_contiguous(), Is.True, "convolution");
        Assert.That(new Conv1D(6, 3, padding: "causal").Call(Input(1)).is_contiguous(), Is.True, "padded convolution");
        Assert.That(new MaxPooling1D().Call(y).is_contiguous(), Is.True, "maximum");
        Assert.That(new AveragePooling1D(2).Call(y).is_contiguous(), Is.True, "mean");
        Assert.That(new ZeroPadding1D().Call(y).is_contiguous(), Is.True, "zeros");
        Assert.That(new UpSampling2D().Call(Input(2)).is_contiguous(), Is.True, "repeated");
    }
}
