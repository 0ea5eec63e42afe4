using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Preprocessing: the layers among them that the library has, and <c>to_categorical</c>. The rest is unsupported by name.
/// </summary>
public sealed partial class PreprocessingSuite : ISuite
{
    // Keras' backends differ by up to 3.9e-7 of the largest entry.
    private const double Tolerance = 1e-6;

    private static readonly Dictionary<string, Func<JsonNode?>> Categorical = new()
    {
        ["[0, 2, 1]"] = () => Rows(Utils.ToCategorical([0, 2, 1])),
        ["[0, 2, 1], num_classes=5"] = () => Rows(Utils.ToCategorical([0, 2, 1], 5)),
        ["column (n, 1)"] = () =>
            Of(
                new[,]
                {
                    { 0 },
                    { 2 },
                    { 1 },
                },
                3
            ),
        ["(2, 2)"] = () =>
            Of(
                new[,]
                {
                    { 0, 1 },
                    { 2, 1 },
                },
                3
            ),
        ["(2, 2, 1)"] = () =>
            Of(
                new[,,]
                {
                    {
                        { 0 },
                        { 1 },
                    },
                    {
                        { 2 },
                        { 1 },
                    },
                },
                3
            ),
        ["(1, 1)"] = () =>
            Of(
                new[,]
                {
                    { 1 },
                },
                3
            ),
        ["a scalar 2"] = () => Rows(Utils.ToCategorical(2, 4)),
        ["floats [0.9, 1.2]"] = () => Of(new[] { 0.9, 1.2 }, 3),
        ["booleans"] = () => Of(new[] { true, false }, null),
        ["label 3 with num_classes=3"] = () => Rows(Utils.ToCategorical([0, 3], 3)),
        ["label -1"] = () => Rows(Utils.ToCategorical([0, -1], 3)),
        ["label -1, num_classes=None"] = () => Rows(Utils.ToCategorical([0, 2, -1])),
        ["label -4, num_classes=3"] = () => Rows(Utils.ToCategorical([0, -4], 3)),
        ["empty"] = () => Rows(Utils.ToCategorical([])),
        ["empty, num_classes=3"] = () => Rows(Utils.ToCategorical([], 3)),
        ["num_classes=0"] = () => Rows(Utils.ToCategorical([0, 1], 0)),
        ["dtype of the result"] = () => Name(Utils.ToCategorical([0, 1])),
        ["uint8 labels"] = () => Of(new byte[] { 1, 0 }, null),
        ["already one-hot (2, 3)"] = () =>
            Sizes(
                new[,]
                {
                    { 1.0, 0, 0 },
                    { 0, 1, 0 },
                }
            ),
    };

    /// <inheritdoc/>
    public string File => "preprocessing";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(
            e.Name,
            e.Extra switch
            {
                "utils" => check => Function(e.Object, check),
                "errors" => _ => RequireLayer(ClassOfCall().Match(e.Object["what"].Text()).Value, "the suite cannot make the call"),
                "random_layers" => _ => RequireLayer(e.Object["layer"].Text(), "the suite does not run random layers"),
                _ => check => Case(fixture, e, check),
            }
        ));

    private static void Case(Fixture fixture, FixtureEntry entry, Check check)
    {
        JsonObject o = entry.Object;
        string kind = o["kind"]?.Text() ?? "layer";
        if (o["config"] is not JsonNode config)
        {
            throw new UnsupportedException(
                entry.Key.StartsWith("normalize_", StringComparison.Ordinal) ? "the library has no keras.utils.normalize"
                : entry.Key.StartsWith("resize_", StringComparison.Ordinal) ? "the library has no keras.layers.Resizing"
                : $"the library has no keras.{kind}"
            );
        }

        Classes.Require(config);
        string name = config["class_name"].Text();
        if (kind != "layer" || name != "Rescaling")
        {
            throw new UnsupportedException($"the suite does not run keras.layers.{name}");
        }

        Layer layer = KerasSerializer.Deserialize<Layer>(config);
        if (o["call"] is JsonObject { Count: > 0 } call)
        {
            throw new FixtureException($"{name} has no arguments of the call, but the case gives {call.ToJsonString()}.");
        }

        Tensor input = fixture.Array($"{entry.Key}/input");
        check.Equal("input_dtype", TypeName(input.dtype), o["input_dtype"].Text());
        Tensor output = layer.CallAll([input])[0];
        check.Json("config", KerasSerializer.Serialize(layer), config);
        check.Equal("output_dtype", TypeName(output.dtype), o["output_dtype"].Text());
        check.Close("output", output, fixture.Array($"{entry.Key}/output"), Tolerance);
    }

    private static void Function(JsonObject entry, Check check)
    {
        string function = entry["function"].Text();
        if (function != "to_categorical")
        {
            throw new UnsupportedException($"the library has no keras.utils.{function}");
        }

        string what = entry["what"].Text();
        if (what == "strings")
        {
            throw new UnsupportedException("C#'s to_categorical takes numbers only, so that strings cannot be given to it");
        }

        Attempt.Make(
            check,
            entry,
            Categorical.GetValueOrDefault(what) ?? throw new UnsupportedException($"the suite cannot make the call '{what}'")
        );
    }

    private static void RequireLayer(string name, string otherwise) =>
        throw new UnsupportedException(
            Classes.Has("keras.layers", name) ? $"{otherwise}: {name}" : $"the library has no keras.layers.{name}"
        );

    private static JsonNode? Of(Array labels, int? classes)
    {
        using NDArray array = np.array(labels);
        return Rows(Utils.ToCategorical(array, classes));
    }

    private static JsonArray Sizes(Array labels)
    {
        using NDArray array = np.array(labels);
        using NDArray result = Utils.ToCategorical(array);
        return new JsonArray([.. result.shape.Select(n => (JsonNode?)JsonValue.Create(n))]);
    }

    private static JsonValue Name(NDArray result)
    {
        using (result)
        {
            return JsonValue.Create(result.dtype == typeof(double) ? "float64" : result.dtype.Name);
        }
    }

    private static JsonNode? Rows(NDArray result)
    {
        using (result)
        {
            return Nested(TensorConversion.ToTensor(result));
        }
    }

    private static JsonNode? Nested(Tensor values) =>
        values.dim() == 0
            ? JsonValue.Create(values.ToDouble())
            : new JsonArray([.. Enumerable.Range(0, (int)values.shape[0]).Select(i => Nested(values[i]))]);

    private static string TypeName(ScalarType type) =>
        type switch
        {
            ScalarType.Byte => "uint8",
            _ => type.ToString().ToLowerInvariant(),
        };

    [GeneratedRegex(@"^\w+")]
    private static partial Regex ClassOfCall();
}
