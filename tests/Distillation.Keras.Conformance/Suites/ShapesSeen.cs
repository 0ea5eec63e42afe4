using System.Text.Json.Nodes;
using Distillation.Keras.Metrics;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>A metric that tells the shapes and the type of what it is given.</summary>
internal sealed class ShapesSeen(Action<JsonArray> seen) : Metric(null)
{
    /// <summary>Where the shapes go: the copies that Fit works on tell the same.</summary>
    public Action<JsonArray> Seen { get; } = seen;

    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) =>
        Seen(
            new JsonArray(
                Sizes(y_true),
                Sizes(y_pred),
                y_true.dtype switch
                {
                    ScalarType.Byte => "uint8",
                    ScalarType other => other.ToString().ToLowerInvariant(),
                }
            )
        );

    public override Tensor Result() => zeros(Array.Empty<long>(), ScalarType.Float32);

    private static JsonArray Sizes(Tensor tensor) => new([.. tensor.shape.Select(n => (JsonNode?)JsonValue.Create(n))]);
}
