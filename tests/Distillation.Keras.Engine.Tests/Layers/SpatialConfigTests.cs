using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// What <c>get_config()</c> of Keras 3 gives for layers with spatial axes, beside name, trainable and dtype; and that a layer is made of it
/// again.
/// </summary>
public sealed class SpatialConfigTests
{
    private const string Conv = """
        "groups": 2, "activation": "relu", "use_bias": false,
        "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform",
            "config": {"seed": null, "input_axes": null, "output_axes": null}, "registered_name": null},
        "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null},
        "kernel_regularizer": null, "bias_regularizer": null, "activity_regularizer": null,
        "kernel_constraint": null, "bias_constraint": null
        """;

    private static IEnumerable<TestCaseData> Layers()
    {
        foreach (string format in new[] { "channels_last", "channels_first" })
        {
            string f = $"\"data_format\": \"{format}\"";
            yield return Case(
                new Conv1D(4, 3, 2, "causal", format, groups: 2, activation: "relu", use_bias: false),
                "conv1d",
                "{\"filters\": 4, \"kernel_size\": [3], \"strides\": [2], \"padding\": \"causal\", "
                    + f
                    + ", \"dilation_rate\": [1], "
                    + Conv
                    + "}"
            );
            yield return Case(
                new Conv2D(4, (3, 2), 1, "same", format, (2, 1), 2, "relu", false),
                "conv2d",
                "{\"filters\": 4, \"kernel_size\": [3, 2], \"strides\": [1, 1], \"padding\": \"same\", "
                    + f
                    + ", \"dilation_rate\": [2, 1], "
                    + Conv
                    + "}"
            );
            yield return Case(
                new Conv3D(4, (3, 2, 1), (1, 2, 2), "valid", format, groups: 2, activation: "relu", use_bias: false),
                "conv3d",
                "{\"filters\": 4, \"kernel_size\": [3, 2, 1], \"strides\": [1, 2, 2], \"padding\": \"valid\", "
                    + f
                    + ", \"dilation_rate\": [1, 1, 1], "
                    + Conv
                    + "}"
            );
            yield return Case(
                new MaxPooling1D(data_format: format),
                "max_pooling1d",
                "{\"pool_size\": [2], \"padding\": \"valid\", \"strides\": [2], " + f + "}"
            );
            yield return Case(
                new MaxPooling2D((2, 3), padding: "same", data_format: format),
                "max_pooling2d",
                "{\"pool_size\": [2, 3], \"padding\": \"same\", \"strides\": [2, 3], " + f + "}"
            );
            yield return Case(
                new MaxPooling3D(3, 1, "same", format),
                "max_pooling3d",
                "{\"pool_size\": [3, 3, 3], \"padding\": \"same\", \"strides\": [1, 1, 1], " + f + "}"
            );
            yield return Case(
                new AveragePooling1D(3, 1, "same", format),
                "average_pooling1d",
                "{\"pool_size\": [3], \"padding\": \"same\", \"strides\": [1], " + f + "}"
            );
            yield return Case(
                new AveragePooling2D(3, data_format: format),
                "average_pooling2d",
                "{\"pool_size\": [3, 3], \"padding\": \"valid\", \"strides\": [3, 3], " + f + "}"
            );
            yield return Case(
                new AveragePooling3D((1, 2, 3), data_format: format),
                "average_pooling3d",
                "{\"pool_size\": [1, 2, 3], \"padding\": \"valid\", \"strides\": [1, 2, 3], " + f + "}"
            );
            yield return Case(new GlobalMaxPooling1D(format, true), "global_max_pooling1d", "{" + f + ", \"keepdims\": true}");
            yield return Case(new GlobalMaxPooling3D(format), "global_max_pooling3d", "{" + f + ", \"keepdims\": false}");
            yield return Case(new GlobalAveragePooling1D(format), "global_average_pooling1d", "{" + f + ", \"keepdims\": false}");
            yield return Case(new GlobalAveragePooling3D(format, true), "global_average_pooling3d", "{" + f + ", \"keepdims\": true}");
            yield return Case(new ZeroPadding1D((1, 2), format), "zero_padding1d", "{\"padding\": [1, 2], " + f + "}");
            yield return Case(new ZeroPadding2D((1, 2), format), "zero_padding2d", "{\"padding\": [[1, 1], [2, 2]], " + f + "}");
            yield return Case(
                new ZeroPadding3D(((1, 2), (3, 4), (5, 6)), format),
                "zero_padding3d",
                "{\"padding\": [[1, 2], [3, 4], [5, 6]], " + f + "}"
            );
            yield return Case(new Cropping2D(data_format: format), "cropping2d", "{\"cropping\": [[0, 0], [0, 0]], " + f + "}");
            yield return Case(new Cropping3D((1, 2, 3), format), "cropping3d", "{\"cropping\": [[1, 1], [2, 2], [3, 3]], " + f + "}");
            yield return Case(
                new UpSampling2D((2, 3), format, "bilinear"),
                "up_sampling2d",
                "{\"size\": [2, 3], " + f + ", \"interpolation\": \"bilinear\"}"
            );
            yield return Case(new UpSampling3D(data_format: format), "up_sampling3d", "{\"size\": [2, 2, 2], " + f + "}");
        }

        yield return Case(new Cropping1D((1, 2)), "cropping1d", "{\"cropping\": [1, 2]}");
        yield return Case(new UpSampling1D(3), "up_sampling1d", "{\"size\": 3}");
    }

    private static TestCaseData Case(Layer layer, string name, string config) =>
        new TestCaseData(layer, name, config).SetArgDisplayNames(layer.GetType().Name, config.Contains("first") ? "first" : "last");

    [TestCaseSource(nameof(Layers))]
    public void A_layer_is_written_as_Keras_writes_it_and_made_of_that_again(Layer layer, string name, string config)
    {
        JsonObject expected = JsonNode.Parse(config)!.AsObject();
        Holds(layer);
        Layer again = KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
        Assert.That(again, Is.TypeOf(layer.GetType()));
        Holds(again);

        void Holds(Layer found)
        {
            JsonObject own = found.GetConfig();
            Assert.That(own["name"]!.GetValue<string>(), Does.Match($"^{name}(_[0-9]+)?$"));
            foreach (string key in new[] { "name", "trainable", "dtype" })
            {
                own.Remove(key);
            }

            Assert.That(own.Select(p => p.Key), Is.EquivalentTo(expected.Select(p => p.Key)));
            Assert.That(JsonNode.DeepEquals(own, expected), Is.True, own.ToJsonString());
        }
    }

    private static T Read<T>(string config)
        where T : Layer =>
        (T)
            KerasSerializer.Deserialize<Layer>(
                new JsonObject
                {
                    ["module"] = "keras.layers",
                    ["class_name"] = typeof(T).Name,
                    ["config"] = JsonNode.Parse(config),
                }
            );

    [Test]
    public void Shorter_forms_of_sides_are_read()
    {
        Assert.That(Read<ZeroPadding1D>("""{"padding": 3}""").Padding, Is.EqualTo((Padding1D)(3, 3)));
        Assert.That(Read<ZeroPadding2D>("""{"padding": [1, [2, 3]]}""").Padding, Is.EqualTo((Padding2D)((1, 1), (2, 3))));
        Assert.That(Read<Cropping3D>("""{"cropping": [1, 2, 3]}""").Cropping, Is.EqualTo((Padding3D)(1, 2, 3)));
        Assert.That(Read<Cropping3D>("""{"cropping": 2}""").Cropping, Is.EqualTo((Padding3D)2));
        Assert.That(Read<Conv3D>("""{"filters": 2, "kernel_size": 3}""").KernelSize, Is.EqualTo(new Size(3, 3, 3)));
    }

    [Test]
    public void Sides_that_do_not_fit_are_refused()
    {
        Assert.That(
            () => Read<ZeroPadding1D>("""{"padding": [1, 2, 3]}"""),
            Throws.ArgumentException.With.Message.Contains("two sides").And.Message.Contains("[1,2,3]")
        );
        Assert.That(() => Read<ZeroPadding1D>("""{"padding": [[1, 2]]}"""), Throws.ArgumentException);
        Assert.That(
            () => Read<ZeroPadding2D>("""{"padding": [1, 2, 3]}"""),
            Throws.ArgumentException.With.Message.Contains("2 numbers or 2 pairs").And.Message.Contains("[1,2,3]")
        );
        Assert.That(
            () => Read<ZeroPadding3D>("""{"padding": [1, 2]}"""),
            Throws.ArgumentException.With.Message.Contains("3 numbers or 3 pairs")
        );
        Assert.That(() => Read<Cropping3D>("""{"cropping": [1, null, 3]}"""), Throws.ArgumentException);
        Assert.That(
            () => Read<Cropping3D>("""{"cropping": [1, -2, 3]}"""),
            Throws.ArgumentException.With.Message.Contains("'cropping'").And.Message.Contains("top").And.Message.Not.Contains("Parameter")
        );
        Assert.That(() => Read<UpSampling1D>("""{"size": [2]}"""), Throws.ArgumentException.With.Message.Contains("size"));
        Assert.That(
            () => Read<Cropping1D>("""{"data_format": "channels_last"}"""),
            Throws.ArgumentException.With.Message.Contains("data_format")
        );
        Assert.That(
            () => Read<Conv1D>("""{"filters": 2, "kernel_size": [3, 3]}"""),
            Throws.ArgumentException.With.Message.Contains("kernel_size")
        );
    }

    [Test]
    public void Sides_come_from_numbers_and_tuples()
    {
        Padding1D[] one = [(1, 2), Tuple.Create(1, 2), new Padding1D(1, 2), new Padding1D(left: 1, right: 2)];
        Assert.That(one, Is.All.EqualTo(one[0]));
        Assert.That((one[0].Left, one[0].Right, one[0].ToString()), Is.EqualTo((1, 2, "(1, 2)")));
        Padding2D two = ((1, 2), (3, 4));
        Assert.That((two.Top, two.Bottom, two.Left, two.Right, two.ToString()), Is.EqualTo((1, 2, 3, 4, "((1, 2), (3, 4))")));
        Padding3D[] three =
        [
            ((1, 2), (3, 4), (5, 6)),
            Tuple.Create(Tuple.Create(1, 2), Tuple.Create(3, 4), Tuple.Create(5, 6)),
            new Padding3D(1, 2, 3, 4, 5, 6),
        ];
        Assert.That(three, Is.All.EqualTo(three[0]));
        Assert.That(three.Select(p => p.GetHashCode()).Distinct().Count(), Is.EqualTo(1));
        Padding3D t = three[0];
        Assert.That(
            (t.Front, t.Back, t.Top, t.Bottom, t.Left, t.Right, t.ToString()),
            Is.EqualTo((1, 2, 3, 4, 5, 6, "((1, 2), (3, 4), (5, 6))"))
        );
        Assert.That((Padding3D)Tuple.Create(1, 2, 3), Is.EqualTo((Padding3D)(1, 2, 3)).And.EqualTo(new Padding3D(1, 1, 2, 2, 3, 3)));
        Assert.That((Padding3D)1, Is.Not.EqualTo((Padding3D)2));
        Assert.That(t.ToArray(), Is.EqualTo(new[] { (1, 2), (3, 4), (5, 6) }));
        Assert.That(() => t[3], Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("3 axes"));
        Assert.That(() => (Padding1D)(Tuple<int, int>)null!, Throws.ArgumentNullException);
        Assert.That(() => (Padding1D)(1, -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("right"));
    }
}
