using System.Collections;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary><c>keras.utils.normalize</c> and <c>keras.utils.pad_sequences</c>.</summary>
internal sealed class SequencesFamily : IPreprocessingFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>> { ["utils.normalize"] = Normalize, ["utils.pad_sequences"] = PadSequences };

    private static void Normalize(PreprocessingCase one)
    {
        int axis = (int?)one.Json["kwargs"]!["axis"] ?? -1;
        double order = one.Json["kwargs"]!["order"]?.Number() ?? 2;
        if (one.Json["kind"].Text() == "refused")
        {
            using NDArray x = np.zeros(new NumSharp.Shape(((JsonArray)one.Json["shape"]!).Numbers().Select(n => (int)n).ToArray()));
            Attempt.Make(
                one.Check,
                one.Json,
                () =>
                {
                    using NDArray result = Utils.Normalize(x, axis, order);
                    return JsonValue.Create(result.size);
                }
            );
            return;
        }

        Tensor input = one.Array("input");
        using NDArray array = TensorConversion.ToNDArray(input);
        using NDArray given = Utils.Normalize(array, axis, order);
        Tensor output = TensorConversion.ToTensor(given);
        one.Check.Equal("output_dtype", PreprocessingCase.TypeName(output.dtype), one.Json["output_dtype"].Text());
        one.Check.Close("output", output, one.Array("output"), PreprocessingCase.Tolerance);
    }

    private static void PadSequences(PreprocessingCase one)
    {
        JsonObject given = one.Json["kwargs"] as JsonObject ?? [];
        var sequences = (IEnumerable)Value(one.Json["sequences"])!;
        if (one.Json["what"].Text() == "strings, object")
        {
            Attempt.Make(
                one.Check,
                one.Json,
                () => Rows(Utils.PadStringSequences(sequences.Cast<IEnumerable>().Select(s => s.Cast<string>()), value: ""))
            );
            return;
        }

        Attempt.Make(
            one.Check,
            one.Json,
            () =>
                CategoricalFamily.Rows(
                    Utils.PadSequences(
                        sequences,
                        (int?)given["maxlen"],
                        given["dtype"]?.Text() ?? "int32",
                        given["padding"]?.Text() ?? "pre",
                        given["truncating"]?.Text() ?? "pre",
                        given["value"]?.Number() ?? 0
                    )
                )
        );
    }

    private static JsonArray Rows(string[,] strings) =>
        new([
            .. Enumerable
                .Range(0, strings.GetLength(0))
                .Select(i =>
                    (JsonNode?)
                        new JsonArray([
                            .. Enumerable.Range(0, strings.GetLength(1)).Select(j => (JsonNode?)JsonValue.Create(strings[i, j])),
                        ])
                ),
        ]);

    private static object? Value(JsonNode? node) =>
        node switch
        {
            JsonArray list => list.Select(Value).ToArray(),
            JsonValue value when value.TryGetValue(out string? text) => text,
            _ => node.Number(),
        };
}
