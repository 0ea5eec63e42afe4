using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Layers made from a configuration that holds only the arguments of a call.</summary>
internal static class LayerOf
{
    /// <summary>The layer of that class with these arguments.</summary>
    /// <param name="className">Keras' class.</param>
    /// <param name="arguments">The arguments as JSON.</param>
    /// <exception cref="UnsupportedException">There is no such class.</exception>
    public static Layer Class(string className, string arguments = "{}")
    {
        if (!Classes.Has("keras.layers", className))
        {
            throw new UnsupportedException($"the library has no keras.layers.{className}");
        }

        return KerasSerializer.Deserialize<Layer>(
            new JsonObject
            {
                ["module"] = "keras.layers",
                ["class_name"] = className,
                ["config"] = JsonNode.Parse(arguments),
            }
        );
    }

    /// <summary>The configuration's value under a key.</summary>
    public static JsonNode? Argument(Layer layer, string key) => layer.GetConfig()[key]?.DeepClone();

    /// <summary>The shape of the layer's output for inputs of normal numbers.</summary>
    public static JsonNode Shape(Layer layer, params Tensor[] inputs) => Sizes(layer.CallAll(inputs)[0]);

    /// <summary>A shape as the records have it.</summary>
    public static JsonNode Sizes(Tensor tensor) => new JsonArray([.. tensor.shape.Select(s => (JsonNode)s)]);
}
