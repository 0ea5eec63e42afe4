using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Models that TensorFlow.js wrote, and what it computes with them.</summary>
internal static class TensorFlowJsFixtures
{
    private const float Near = 1e-5f;

    public static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "tfjs");

    /// <summary>What is expected of each, by its name.</summary>
    public static JsonObject Expected { get; } = ExpectedIn(Folder);

    public static string[] Names => [.. Expected.Select(e => e.Key)];

    public static JsonObject ExpectedIn(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!.AsObject();

    /// <summary>A copy of the files of a model in another folder.</summary>
    /// <returns>The path of its <c>model.json</c>.</returns>
    public static string Copy(string name, TemporaryFolder folder)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, name)))
        {
            folder.Write(File.ReadAllBytes(file), name, Path.GetFileName(file));
        }

        return folder[name, "model.json"];
    }

    public static Tensor Tensor(JsonNode node) =>
        tensor(Numbers(node["values"]!)).view([.. node["shape"]!.AsArray().Select(s => (long)s!)]);

    public static float[] Numbers(JsonNode values) => [.. values.AsArray().Select(v => (float)v!)];

    /// <summary>Holds the outputs and weights of a model to those of TensorFlow.js.</summary>
    public static void Check(Model model, JsonNode expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = [.. expected["inputs"]!.AsArray().Select(i => Tensor(i!))];
        IReadOnlyList<NumSharp.NDArray> outputs = model.PredictOutputs(inputs.Length == 1 ? inputs[0] : inputs);
        JsonArray wanted = expected["outputs"]!.AsArray();
        Assert.That(outputs, Has.Count.EqualTo(wanted.Count));
        for (int i = 0; i < wanted.Count; i++)
        {
            Assert.That(outputs[i].shape.Select(s => (long)s), Is.EqualTo(wanted[i]!["shape"]!.AsArray().Select(s => (long)s!)));
            AssertNear(outputs[i].ToArray<float>(), wanted[i]!["values"]!);
        }

        float[][] weights = [.. expected["weights"]!.AsObject().Select(w => Numbers(w.Value!["values"]!))];
        float[][] loaded = [.. model.Weights.Select(w => w.Value.data<float>().ToArray())];
        Assert.That(loaded, Is.EquivalentTo(weights), "each bit of them");
    }

    public static void AssertNear(float[] found, JsonNode expected)
    {
        float[] wanted = Numbers(expected);
        Assert.That(found, Has.Length.EqualTo(wanted.Length));
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.That(found[i], Is.EqualTo(wanted[i]).Within(Near * Math.Max(1, Math.Abs(wanted[i]))), $"number {i}");
        }
    }
}
