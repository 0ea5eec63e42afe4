using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Layers called on what does not fit, or looks so.</summary>
internal static class LayerCalls
{
    private const string Conv = """{"filters": 4, "kernel_size": 3}""";

    /// <summary>The calls by their names in the file.</summary>
    public static IEnumerable<KeyValuePair<string, Func<JsonNode?>>> Table(CallDimensions sizes)
    {
        int n = sizes.Rows;
        Tensor Images() => randn(n, 8, 8, 3);
        (string What, Func<JsonNode?> Call)[] calls =
        [
            ("Dense on rank 1", () => LayerOf.Shape(Dense(), randn(5))),
            ("Dense called with another width", () => Twice(Dense(), randn(n, 5), randn(n, 6))),
            ("Conv2D on rank 3", () => LayerOf.Shape(LayerOf.Class("Conv2D", Conv), randn(8, 8, 3))),
            ("Conv2D on rank 2", () => LayerOf.Shape(LayerOf.Class("Conv2D", Conv), randn(n, 5))),
            ("Conv2D called with other channels", () => Twice(LayerOf.Class("Conv2D", Conv), Images(), randn(n, 8, 8, 1))),
            (
                "Conv2D kernel larger than the image, valid",
                () => LayerOf.Shape(LayerOf.Class("Conv2D", """{"filters": 4, "kernel_size": 9}"""), Images())
            ),
            (
                "Conv2D groups do not divide the channels",
                () => LayerOf.Shape(LayerOf.Class("Conv2D", """{"filters": 4, "kernel_size": 3, "groups": 2}"""), Images())
            ),
            (
                "MaxPooling2D window larger than the image",
                () => LayerOf.Shape(LayerOf.Class("MaxPooling2D", """{"pool_size": 9}"""), Images())
            ),
            ("MaxPooling2D on rank 3", () => LayerOf.Shape(LayerOf.Class("MaxPooling2D", """{"pool_size": 2}"""), randn(8, 8, 3))),
            ("Flatten on rank 1", () => LayerOf.Shape(LayerOf.Class("Flatten"), randn(5))),
            ("BatchNormalization on rank 1", () => LayerOf.Shape(LayerOf.Class("BatchNormalization"), randn(5))),
            ("BatchNormalization(axis=4) on rank 4", () => LayerOf.Shape(LayerOf.Class("BatchNormalization", """{"axis": 4}"""), Images())),
            ("Add of different shapes", () => LayerOf.Shape(LayerOf.Class("Add"), randn(2, 3), randn(2, 4))),
            ("Concatenate of different shapes", () => LayerOf.Shape(LayerOf.Class("Concatenate"), randn(2, 3, 1), randn(2, 4, 1))),
            (
                "Dense on integers",
                () => Dense().Call(ones(2, 5, ScalarType.Int32)).dtype == ScalarType.Float32 ? "<dtype: 'float32'>" : "another type"
            ),
            (
                "Dense on strings",
                () =>
                    LayerOf.Shape(
                        Dense(),
                        Strings.ToTensor(
                            new[,]
                            {
                                { "a", "b" },
                            }
                        )
                    )
            ),
            ("Dense on an empty batch", () => LayerOf.Shape(Dense(), zeros(0, 5))),
            ("a layer called without arguments", () => LayerOf.Shape(Dense())),
            ("weights before build", () => new JsonArray([.. Dense().GetWeights().Select(w => (JsonNode)w.size)])),
            ("kernel before build", () => Dense().Weights.Single(w => w.Name == "kernel").Path),
            ("set_weights of wrong shapes", () => Set(Arrays((4, 3), 3))),
            ("set_weights of wrong number", () => Set([np.zeros(new NumSharp.Shape(5, 3))])),
        ];
        return calls.Select(e => KeyValuePair.Create($"call: {e.What}", e.Call));
    }

    private static Layer Dense() => LayerOf.Class("Dense", """{"units": 3}""");

    private static NDArray[] Arrays((int Rows, int Columns) kernel, int bias) =>
        [np.zeros(new NumSharp.Shape(kernel.Rows, kernel.Columns)), np.zeros(new NumSharp.Shape(bias))];

    private static JsonNode Twice(Layer layer, Tensor first, Tensor second)
    {
        layer.CallAll([first]);
        return LayerOf.Shape(layer, second);
    }

    private static JsonNode? Set(NDArray[] weights)
    {
        Layer layer = Dense();
        layer.CallAll([zeros(1, 5)]);
        layer.SetWeights(weights);
        return null;
    }
}
