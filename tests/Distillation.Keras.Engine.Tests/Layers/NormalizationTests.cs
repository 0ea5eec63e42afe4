using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Normalisations along axes, in groups and of batches, beside what the fixtures hold. Numbers are Keras'.</summary>
public sealed class NormalizationTests
{
    private static readonly long[] Shape234 = [2, 3, 4];

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(new[] { 1 }, 0.5691615, -3.83358, 16.52944)]
    [TestCase(new[] { -2 }, 0.5691615, -3.83358, 16.52944)]
    [TestCase(new[] { 1, 2 }, 0.5906131, -4.065708, 14.30313)]
    [TestCase(new[] { 2, 1 }, 0.5906131, -4.065708, 14.30313)]
    [TestCase(new[] { -1, 1 }, 0.5906131, -4.065708, 14.30313)]
    public void Layers_are_normalised_along_any_axes(int[] axes, double a, double b, double c) =>
        KerasDigest.Check(KerasDigest.Run(new LayerNormalization(axes), null, Shape234), a, b, c);

    // Files of Keras 2 have "scale": 1 where the program said so.
    [TestCase("1", true)]
    [TestCase("0", false)]
    [TestCase("1.0", true)]
    [TestCase("true", true)]
    public void A_boolean_may_be_written_as_a_number(string scale, bool expected) =>
        Assert.That(((BatchNormalization)KerasSerializer.Deserialize<Layer>(Scaled(scale))).Scale, Is.EqualTo(expected));

    [TestCase("2")]
    [TestCase("0.5")]
    [TestCase("\"true\"")]
    public void What_is_no_boolean_is_refused(string scale) =>
        Assert.That(() => KerasSerializer.Deserialize<Layer>(Scaled(scale)), Throws.ArgumentException.With.Message.Contains("scale"));

    private static JsonObject Scaled(string scale) =>
        new()
        {
            ["class_name"] = "BatchNormalization",
            ["config"] = new JsonObject { ["scale"] = JsonNode.Parse(scale) },
        };

    [Test]
    public void Axes_need_not_be_neighbours() =>
        KerasDigest.Check(KerasDigest.Run(new LayerNormalization((1, 3)), null, [2, 3, 2, 4]), -2.599184, -6.366456, 29.00258);

    [Test]
    public void Layer_normalisation_has_Keras_options()
    {
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(new LayerNormalization(rms_scaling: true), null, Shape234), 2.014409, -2.919867, 16.59811);
            KerasDigest.Check(
                KerasDigest.Run(new LayerNormalization(axis: 1, rms_scaling: true), null, Shape234),
                1.944805,
                -2.913689,
                16.36957
            );
            KerasDigest.Check(KerasDigest.Run(new LayerNormalization(scale: false), null, Shape234), 1.472296, -4.339127, 20.00264);
            KerasDigest.Check(
                KerasDigest.Run(new LayerNormalization(center: false, epsilon: 0.1), null, Shape234),
                0.9948107,
                -2.052731,
                10.87901
            );
        }
    }

    [Test]
    public void Axes_are_written_as_given_and_sorted_as_a_list_once_there_are_weights()
    {
        LayerNormalization single = new();
        LayerNormalization several = new((2, 1));
        Assert.That(single.GetConfig()["axis"]!.ToJsonString(), Is.EqualTo("-1"));
        single.Call(ones(2, 3, 4));
        several.Call(ones(2, 3, 4));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(single.GetConfig()["axis"]!.ToJsonString(), Is.EqualTo("[-1]"));
            Assert.That(several.GetConfig()["axis"]!.ToJsonString(), Is.EqualTo("[1,2]"));
            Assert.That(several.GetConfig()["rms_scaling"]!.ToJsonString(), Is.EqualTo("false"));
        }
    }

    [TestCase(new[] { -1 }, -0.1440512, 0.1454545, 3.175092)]
    [TestCase(new[] { 1, 2 }, -0.3930739, 0.7825113, 4.031958)]
    [TestCase(new[] { -1, -2 }, -0.3930739, 0.7825113, 4.031958)]
    public void Roots_of_mean_squares_are_taken_along_the_last_axes(int[] axes, double a, double b, double c) =>
        KerasDigest.Check(KerasDigest.Run(new RMSNormalization(axes), null, Shape234), a, b, c);

    [TestCase(new[] { 1 })]
    [TestCase(new[] { -1, 1 })]
    public void Other_axes_of_RMSNormalization_are_refused(int[] axes) =>
        Assert.That(
            () => new RMSNormalization(axes).Call(ones(2, 3, 4)),
            Throws.ArgumentException.With.Message.Contains("last axes").And.Message.Contains("(2, 3, 4)")
        );

    [TestCase(new[] { 1 }, 1.618671, -1.981366, 12.34851)]
    [TestCase(new[] { 2, 1 }, 0.7489654, -0.9851891, 6.05999)]
    [TestCase(new[] { 0 }, 1.977965, -2.563922, 15.16473)]
    public void Lengths_are_taken_along_any_axes(int[] axes, double a, double b, double c) =>
        KerasDigest.Check(KerasDigest.Run(new UnitNormalization(axes), null, Shape234), a, b, c);

    [Test]
    public void Zeros_keep_their_length_and_have_a_gradient()
    {
        Tensor x = zeros(2, 3).requires_grad_();
        Tensor y = new UnitNormalization().Call(x);
        y.sum().backward();
        Assert.That(y.abs().sum().item<float>(), Is.Zero);
        Assert.That(x.grad!.isfinite().all().item<bool>(), Is.True);
    }

    [TestCase(-1, 2, new long[] { 2, 3, 4 }, 1.610092, -4.03697, 16.29605)]
    [TestCase(1, 2, new long[] { 2, 4, 3 }, 0.9992982, -6.071849, 16.31107)]
    [TestCase(-2, 2, new long[] { 2, 3, 4, 2 }, -2.603836, -5.774731, 30.74642)]
    [TestCase(2, 2, new long[] { 2, 3, 4, 2 }, -2.603836, -5.774731, 30.74642)]
    [TestCase(-1, -1, new long[] { 2, 3, 4 }, 0.9434982, -4.549322, 16.17918)]
    [TestCase(-1, 2, new long[] { 2, 4 }, -1.397511, -0.5337272, 5.951019)]
    [TestCase(1, -1, new long[] { 2, 2, 3, 2, 2 }, -1.035714, -4.390427, 33.54119)]
    public void Groups_of_channels_are_on_any_axis(int axis, int groups, long[] sizes, double a, double b, double c) =>
        KerasDigest.Check(KerasDigest.Run(new GroupNormalization(groups, axis), null, sizes), a, b, c);

    [Test]
    public void Groups_have_an_offset_without_a_scale_and_a_scale_without_an_offset()
    {
        KerasDigest.Check(KerasDigest.Run(new GroupNormalization(2, scale: false), null, Shape234), 2.116044, -4.674914, 21.87623);
        KerasDigest.Check(KerasDigest.Run(new GroupNormalization(2, center: false), null, Shape234), 2.025092, -3.23697, 16.17085);
    }

    [Test]
    public void Groups_that_do_not_divide_the_channels_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new GroupNormalization(3).Call(ones(2, 3, 4)),
                Throws.ArgumentException.With.Message.Contains("multiple of its groups, 3").And.Message.Contains("4 on axis -1")
            );
            Assert.That(() => new GroupNormalization(8).Call(ones(2, 3, 4)), Throws.ArgumentException);
            Assert.That(() => new GroupNormalization(1, axis: 0).Call(ones(2, 4)), Throws.ArgumentException);
            Assert.That(() => new GroupNormalization(1, axis: 3).Call(ones(2, 4)), Throws.ArgumentException);
            Assert.That(() => new GroupNormalization(-2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Axes_that_are_not_there_and_other_sizes_than_before_are_refused()
    {
        LayerNormalization built = new((1, 2));
        built.Call(ones(2, 3, 4));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new LayerNormalization(3).Call(ones(2, 3, 4)), Throws.ArgumentException.With.Message.Contains("axis 3"));
            Assert.That(() => new LayerNormalization((1, 1)).Call(ones(2, 3, 4)), Throws.ArgumentException.With.Message.Contains("twice"));
            Assert.That(() => built.Call(ones(2, 3, 5)), Throws.ArgumentException.With.Message.Contains("(3, 4)"));
            Assert.That(() => new UnitNormalization(5).Call(ones(2, 3)), Throws.ArgumentException);
            Assert.That(() => new LayerNormalization().Call(ones(2, 0)), Throws.ArgumentException);
        }
    }

    [TestCase("mixed_float16")]
    [TestCase("mixed_bfloat16")]
    [TestCase("float16")]
    public void Sixteen_bits_are_normalised_in_float32(string policy)
    {
        // 2,000 squared is beyond float16.
        Tensor x = (KerasDigest.Pattern([4, 8]) * 2000).to(float16).to(float32);
        foreach (Layer layer in (Layer[])[new LayerNormalization(dtype: policy), new GroupNormalization(2, dtype: policy)])
        {
            Layer wide = layer is LayerNormalization ? new LayerNormalization() : new GroupNormalization(2);
            Tensor y = layer.Call(x);
            Assert.That(y.dtype, Is.EqualTo(policy.EndsWith("bfloat16", StringComparison.Ordinal) ? bfloat16 : float16));
            Assert.That((y.to(float32) - wide.Call(x)).abs().max().item<float>(), Is.LessThan(0.01f));
        }
    }

    [Test]
    public void Batch_renormalisation_is_that_of_Keras()
    {
        BatchNormalization layer = new(renorm: true, renorm_momentum: 0.8, momentum: 0.9);
        BatchNormalization clipped = new(
            renorm: true,
            renorm_momentum: 0.8,
            momentum: 0.9,
            renorm_clipping: new RenormClipping(rmax: 1.2, rmin: 0.9, dmax: 0.1)
        );
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(layer, true, [3, 2, 4]), 1.357385, -0.9000034, 11.68412);
            Assert.That(
                layer.Weights.Select(w => w.Name),
                Is.EqualTo((string[])["gamma", "beta", "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"])
            );
            KerasDigest.Check(layer.Weights[2].Value, -0.05291668, 0.03024999, 0.635);
            KerasDigest.Check(layer.Weights[3].Value, -0.08969971, 0.03157157, 1.184341);
            KerasDigest.Check(layer.Weights[4].Value, -0.1238874, 0.02966605, 2.10675);
            KerasDigest.Check(layer.Weights[5].Value, -0.08483334, 0.1145, 0.6233333);
            KerasDigest.Check(layer.Weights[6].Value, 0.2032251, 0.1133321, 2.253499);
            KerasDigest.Check(layer.Call(KerasDigest.Pattern([3, 2, 4]), training: true), 1.367293, -1.204233, 11.58927);
            KerasDigest.Check(layer.Call(KerasDigest.Pattern([3, 2, 4])), 1.729457, -1.131246, 11.67707);
            KerasDigest.Check(KerasDigest.Run(clipped, true, [3, 2, 4]), 0.9899506, -3.862683, 14.77163);
            KerasDigest.Check(
                KerasDigest.Run(new BatchNormalization(scale: false, renorm: true, renorm_momentum: 0.8, momentum: 0.9), true, [3, 2, 4]),
                2.414013,
                0.3045037,
                13.06547
            );
            KerasDigest.Check(
                KerasDigest.Run(
                    new BatchNormalization(axis: 1, center: false, renorm: true, renorm_momentum: 0.8, momentum: 0.9),
                    true,
                    [3, 2, 4]
                ),
                2.075,
                -0.3708093,
                12.59714
            );
        }
    }

    [Test]
    public void The_bounds_of_renormalisation_are_a_dictionary_in_files()
    {
        BatchNormalization layer = new(renorm: true, renorm_clipping: new RenormClipping(rmax: 3, dmax: 5));
        JsonObject config = layer.GetConfig();
        var read = (BatchNormalization)KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config["renorm_clipping"]!.ToJsonString(), Is.EqualTo("""{"rmax":3.0,"dmax":5.0}"""));
            Assert.That(read.GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
            Assert.That(new BatchNormalization(renorm: true).GetConfig()["renorm_clipping"]!.ToJsonString(), Is.EqualTo("{}"));
            Assert.That(new BatchNormalization().GetConfig()["renorm_clipping"], Is.Null);
            Assert.That(() => new RenormClipping(rmax: 1, rmin: 2), Throws.ArgumentException.With.Message.Contains("rmin"));
            Assert.That(() => new RenormClipping(dmax: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            config["renorm_clipping"] = new JsonObject { ["rmx"] = 1.0 };
            Assert.That(
                () =>
                    KerasSerializer.Deserialize<Layer>(
                        new JsonObject { ["class_name"] = "BatchNormalization", ["config"] = config.DeepClone() }
                    ),
                Throws.ArgumentException.With.Message.Contains("rmx")
            );
        }
    }
}
