using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary><c>keras.utils.to_categorical</c>: each call by its name in the file.</summary>
internal sealed class CategoricalFamily : IPreprocessingFamily
{
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
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>> { ["utils.to_categorical"] = Run };

    private static void Run(PreprocessingCase one)
    {
        string what = one.Json["what"].Text();
        if (what == "strings")
        {
            throw new UnsupportedException("C#'s to_categorical takes numbers only, so that strings cannot be given to it");
        }

        Attempt.Make(
            one.Check,
            one.Json,
            Categorical.GetValueOrDefault(what) ?? throw new UnsupportedException($"the suite cannot make the call '{what}'")
        );
    }

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

    internal static JsonNode? Rows(NDArray result)
    {
        using (result)
        {
            return Nested(TensorConversion.ToTensor(result));
        }
    }

    internal static JsonNode? Nested(Tensor values) =>
        values.dim() == 0
            ? JsonValue.Create(values.ToDouble())
            : new JsonArray([.. Enumerable.Range(0, (int)values.shape[0]).Select(i => Nested(values[i]))]);
}
