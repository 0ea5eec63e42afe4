using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Layers made with arguments that are wrong, or look so.</summary>
internal static class ConstructCalls
{
    /// <summary>The calls by their names in the file.</summary>
    public static IEnumerable<KeyValuePair<string, Func<JsonNode?>>> Table(CallDimensions sizes, Fixture fixture)
    {
        int n = sizes.Rows;
        (string What, Func<JsonNode?> Call)[] calls =
        [
            ("Dense(0)", () => Make("Dense", """{"units": 0}""")),
            ("Dense(-3)", () => Make("Dense", """{"units": -3}""")),
            ("Dense(2.5)", () => Make("Dense", """{"units": 2.5}""")),
            ("Dense('10')", () => Make("Dense", """{"units": "10"}""")),
            ("Dense(3, activation='softmx')", () => Make("Dense", """{"units": 3, "activation": "softmx"}""")),
            ("Dense(3, kernel_initializer='he')", () => Make("Dense", """{"units": 3, "kernel_initializer": "he"}""")),
            ("Dense(3, kernel_regularizer='l3')", () => Make("Dense", """{"units": 3, "kernel_regularizer": "l3"}""")),
            ("Dense(3, kernel_constraint='max')", () => Make("Dense", """{"units": 3, "kernel_constraint": "max"}""")),
            ("Dense(3, bias=False) (unknown argument)", () => Make("Dense", """{"units": 3, "bias": false}""")),
            ("Dense(3, input_shape=(5,))", () => LayerOf.Argument(LayerOf.Class("Dense", """{"units": 3, "input_shape": [5]}"""), "units")),
            ("Dense(3, name='a/b')", () => Make("Dense", """{"units": 3, "name": "a/b"}""")),
            ("Dense(3, dtype='float31')", () => Make("Dense", """{"units": 3, "dtype": "float31"}""")),
            ("Conv2D(0, 3)", () => Make("Conv2D", """{"filters": 0, "kernel_size": 3}""")),
            ("Conv2D(4, 0)", () => Make("Conv2D", """{"filters": 4, "kernel_size": 0}""")),
            ("Conv2D(4, (3, 3, 3))", () => Make("Conv2D", """{"filters": 4, "kernel_size": [3, 3, 3]}""")),
            ("Conv2D(4, 3, strides=0)", () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "strides": 0}""")),
            (
                "Conv2D(4, 3, strides=2, dilation_rate=2)",
                () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2}""")
            ),
            ("Conv2D(4, 3, padding='full')", () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "padding": "full"}""")),
            (
                "Conv2D(4, 3, padding='SAME')",
                () => LayerOf.Argument(LayerOf.Class("Conv2D", """{"filters": 4, "kernel_size": 3, "padding": "SAME"}"""), "padding")
            ),
            ("Conv2D(4, 3, padding='causal')", () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "padding": "causal"}""")),
            ("Conv2D(4, 3, groups=3)", () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "groups": 3}""")),
            ("Conv2D(4, 3, data_format='nhwc')", () => Make("Conv2D", """{"filters": 4, "kernel_size": 3, "data_format": "nhwc"}""")),
            ("DepthwiseConv2D(3, depth_multiplier=0)", () => Make("DepthwiseConv2D", """{"kernel_size": 3, "depth_multiplier": 0}""")),
            ("MaxPooling2D(0)", () => Make("MaxPooling2D", """{"pool_size": 0}""")),
            ("MaxPooling2D(2, padding='full')", () => Call("MaxPooling2D", """{"pool_size": 2, "padding": "full"}""", n, 8, 8, 3)),
            ("Dropout(1.5)", () => Make("Dropout", """{"rate": 1.5}""")),
            ("Dropout(-0.1)", () => Make("Dropout", """{"rate": -0.1}""")),
            ("Dropout(1.0)", () => LayerOf.Class("Dropout", """{"rate": 1.0}""").Call(randn(n, 5), training: true).abs().max().ToDouble()),
            ("Dropout('0.5')", () => Make("Dropout", """{"rate": "0.5"}""")),
            ("BatchNormalization(axis='last')", () => Make("BatchNormalization", """{"axis": "last"}""")),
            (
                "BatchNormalization(momentum=2)",
                () => LayerOf.Argument(LayerOf.Class("BatchNormalization", """{"momentum": 2}"""), "momentum")
            ),
            ("Reshape((3, 7)) on 64 values", () => Call("Reshape", """{"target_shape": [3, 7]}""", 2, 64)),
            ("Reshape((-1, -1))", () => Call("Reshape", """{"target_shape": [-1, -1]}""", 2, 64)),
            ("Activation('relux')", () => Make("Activation", """{"activation": "relux"}""")),
            ("LeakyReLU(-0.1)", () => Make("LeakyReLU", """{"negative_slope": -0.1}""")),
            ("ReLU(max_value=-1)", () => Make("ReLU", """{"max_value": -1.0}""")),
            ("ZeroPadding2D((1, 2, 3))", () => Make("ZeroPadding2D", """{"padding": [1, 2, 3]}""")),
            ("Cropping2D(5) on 8x8", () => Call("Cropping2D", """{"cropping": 5}""", n, 8, 8, 3)),
            ("UpSampling2D(interpolation='cubic')", () => Make("UpSampling2D", """{"size": 2, "interpolation": "cubic"}""")),
            ("Permute((0, 1))", () => Make("Permute", """{"dims": [0, 1]}""")),
            (
                "Embedding(10, 4) of index 10",
                () => LayerOf.Shape(LayerOf.Class("Embedding", """{"input_dim": 10, "output_dim": 4}"""), tensor((long[])[10]))
            ),
            (
                "Embedding(10, 4) of index -1",
                () => LayerOf.Shape(LayerOf.Class("Embedding", """{"input_dim": 10, "output_dim": 4}"""), tensor((long[])[-1]))
            ),
            ("Concatenate of one input", () => Call("Concatenate", "{}", n, 5)),
            ("Add of one input", () => AddOne(fixture.All.First(e => e.Name == "construct: Add of one input").Object["value"]!)),
        ];
        return calls.Select(e => KeyValuePair.Create($"construct: {e.What}", e.Call));
    }

    private static JsonNode? Make(string className, string arguments)
    {
        Layer layer = LayerOf.Class(className, arguments);
        return layer.Name;
    }

    // The input is not in the file, but a sum of one is that one, so that Keras' output was its input.
    private static JsonArray AddOne(JsonNode input)
    {
        double[][] rows = [.. input.AsArray().Select(r => r!.Numbers())];
        Tensor sum = LayerOf.Class("Add").CallAll([stack(rows.Select(r => tensor(r, ScalarType.Float32)))])[0];
        return new JsonArray([.. sum.unbind().Select(r => (JsonNode)new JsonArray([.. r.data<float>().Select(v => (JsonNode)(double)v)]))]);
    }

    private static JsonNode Call(string className, string arguments, params long[] shape) =>
        LayerOf.Shape(LayerOf.Class(className, arguments), randn(shape));
}
