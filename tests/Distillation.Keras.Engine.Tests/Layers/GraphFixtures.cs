using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Graphs that real Keras made, with what it computes (tests/Fixtures/operations, made by the script beside them).</summary>
internal static class GraphFixtures
{
    /// <summary>The cases of a file.</summary>
    public static JsonObject[] Cases(string file) =>
        [
            .. JsonNode.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Fixtures", "operations", file)))!["cases"]!
                .AsArray()
                .Select(c => c!.AsObject()),
        ];

    /// <summary>The input of a name, by the script's formula.</summary>
    public static Tensor Data(string name) =>
        name switch
        {
            "x" => Real([2, 3, 4], 7, 11, 5, 4),
            "y" => Real([2, 3, 4], 5, 13, 6, 3),
            "k" => Whole([2, 3], i => i * 3 % 5),
            "q" => Real([2, 4, 6], 7, 11, 5, 4),
            "v" => Real([2, 5, 6], 5, 13, 6, 3),
            "w" => Real([2, 5, 6], 3, 17, 8, 5),
            "m" => Whole([2, 4, 5], i => i % 3 > 0 ? 1 : 0),
            "n" => Whole([2, 5], i => i % 4 < 3 ? 1 : 0),
            "g" => Real([2, 3, 2, 4], 7, 11, 5, 4),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such input."),
        };

    /// <summary>A case's graph as a model of Keras 3's JSON.</summary>
    public static JsonObject Model(JsonObject entry)
    {
        JsonNode[] inputs = [.. entry["inputs"]!.AsArray().Select(n => (JsonNode)Input(n!.GetValue<string>()))];
        JsonNode[] ends = [.. entry["inputs"]!.AsArray().Select(n => (JsonNode)new JsonArray(n!.GetValue<string>(), 0, 0))];
        return new JsonObject
        {
            ["module"] = "keras.src.models.functional",
            ["class_name"] = "Functional",
            ["config"] = new JsonObject
            {
                ["name"] = "functional",
                ["trainable"] = true,
                ["layers"] = new JsonArray([.. inputs, .. entry["layers"]!.AsArray().Select(l => l!.DeepClone())]),
                ["input_layers"] = new JsonArray(ends),
                ["output_layers"] = entry["ends"]!.DeepClone(),
            },
            ["registered_name"] = "Functional",
        };
    }

    /// <summary>Sets the weights, by the script's formula.</summary>
    public static void SetWeights(Model model)
    {
        for (int i = 0; i < model.Weights.Count; i++)
        {
            Variable weight = model.Weights[i];
            long[] sizes = weight.Shape.ToSizes();
            double[] values =
            [
                .. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(n => (float)(Math.Sin((n * 0.7) + i) * 0.4)),
            ];
            weight.Assign(tensor(values).to(ScalarType.Float32).reshape(sizes));
        }
    }

    /// <summary>Compares outputs with Keras': shape, type, and two sums.</summary>
    public static void Check(JsonObject entry, IReadOnlyList<Tensor> outputs, IReadOnlyList<KerasTensor> symbols)
    {
        JsonArray results = entry["results"]!.AsArray();
        Assert.That(outputs, Has.Count.EqualTo(results.Count));
        for (int i = 0; i < outputs.Count; i++)
        {
            JsonArray expected = results[i]!.AsArray();
            int?[] symbol = [.. expected[0]!.AsArray().Select(s => s?.GetValue<int>())];
            double[] values = outputs[i].to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
            double weighed = values.Select((v, n) => v * ((n * 5 % 7) - 3)).Sum();
            double tolerance = 1e-5 * Math.Max(1, values.Select(Math.Abs).Sum());
            using (Assert.EnterMultipleScope())
            {
                Assert.That(symbols[i].Shape, Is.EqualTo(new Shape(symbol)), "the shape in the graph");
                Assert.That(symbols[i].DType, Is.EqualTo(expected[1]!.GetValue<string>()), "the type in the graph");
                Assert.That(outputs[i].shape, Is.EqualTo(expected[2]!.AsArray().Select(s => s!.GetValue<long>())), "the shape");
                Assert.That(TypeName(outputs[i]), Is.EqualTo(expected[1]!.GetValue<string>()), "the type");
                Assert.That(values.Sum(), Is.EqualTo(expected[3]!.GetValue<double>()).Within(tolerance), "the sum");
                Assert.That(weighed, Is.EqualTo(expected[4]!.GetValue<double>()).Within(4 * tolerance), "the weighed sum");
            }
        }
    }

    private static string TypeName(Tensor x) =>
        x.dtype switch
        {
            ScalarType.Byte => "uint8",
            ScalarType other => other.ToString().ToLowerInvariant(),
        };

    private static JsonObject Input(string name)
    {
        using Tensor data = Data(name);
        return new JsonObject
        {
            ["module"] = "keras.layers",
            ["class_name"] = "InputLayer",
            ["config"] = new JsonObject
            {
                ["batch_shape"] = new JsonArray([null, .. data.shape[1..].Select(s => (JsonNode)s)]),
                ["dtype"] = TypeName(data),
                ["sparse"] = false,
                ["ragged"] = false,
                ["name"] = name,
                ["optional"] = false,
            },
            ["registered_name"] = null,
            ["name"] = name,
            ["inbound_nodes"] = new JsonArray(),
        };
    }

    private static Tensor Real(long[] sizes, int a, int m, int c, double s) =>
        tensor(Numbers(sizes).Select(i => (float)(((i * a % m) - c) / s)).ToArray()).reshape(sizes);

    private static Tensor Whole(long[] sizes, Func<int, int> f) => tensor(Numbers(sizes).Select(f).ToArray()).reshape(sizes);

    private static IEnumerable<int> Numbers(long[] sizes) => Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b));
}
