using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Operations and attention layers in graphs, against real Keras: read, computed, written again, cloned.</summary>
public sealed class GraphFixtureTests
{
    private DisposeScope _scope = null!;

    private static IEnumerable<TestCaseData> Operations => Of("operations.json");

    private static IEnumerable<TestCaseData> Attention => Of("attention.json");

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCaseSource(nameof(Operations))]
    [TestCaseSource(nameof(Attention))]
    public void A_graph_computes_what_Keras_does(JsonObject entry)
    {
        Model model = Made(entry);
        Tensor[] inputs = Inputs(entry);
        GraphFixtures.Check(entry, model.CallAll(inputs), model.Outputs);

        Model clone = model.Clone();
        GraphFixtures.SetWeights(clone);
        GraphFixtures.Check(entry, clone.CallAll(inputs), clone.Outputs);
    }

    [TestCaseSource(nameof(Operations))]
    [TestCaseSource(nameof(Attention))]
    public void A_graph_is_written_as_Keras_wrote_it(JsonObject entry)
    {
        Model model = Made(entry);
        JsonNode written = JsonNode.Parse(model.ToJson())!;
        JsonArray layers = written["config"]!["layers"]!.AsArray();
        string[] expected = [.. entry["layers"]!.AsArray().Select(l => Canonical(l!))];
        Assert.That(layers.Where(l => l!["class_name"]!.ToString() != "InputLayer").Select(l => Canonical(l!)), Is.EquivalentTo(expected));
        Assert.That(written["config"]!["output_layers"]!.ToJsonString(), Is.EqualTo(entry["ends"]!.ToJsonString()));
    }

    [Test]
    public void Layers_and_masks_of_operations_leave_no_tensors_behind()
    {
        // Within a dispose scope the logits of a softmax stay for a loss.
        _scope.Dispose();
        foreach (JsonObject entry in GraphFixtures.Cases("operations.json").Concat(GraphFixtures.Cases("attention.json")))
        {
            Model model = Made(entry);
            Tensor[] inputs = Inputs(entry);
            using IDisposable noGrad = no_grad();
            long left = LiveTensors.LeftBy(() =>
            {
                foreach (Tensor output in model.CallAll(inputs).Where(o => !Array.Exists(inputs, i => ReferenceEquals(i, o))))
                {
                    output.Dispose();
                }
            });
            Assert.That(left, Is.Zero, entry["name"]!.ToString());
        }
    }

    private static IEnumerable<TestCaseData> Of(string file) =>
        GraphFixtures.Cases(file).Select(c => new TestCaseData(c).SetArgDisplayNames(c["name"]!.GetValue<string>()));

    private static Model Made(JsonObject entry)
    {
        var model = Model.FromJson(GraphFixtures.Model(entry).ToJsonString());
        Assert.That(model.Weights.Select(w => w.Path), Is.EqualTo(entry["weights"]!.AsArray().Select(w => w!.GetValue<string>())));
        GraphFixtures.SetWeights(model);
        return model;
    }

    private static Tensor[] Inputs(JsonObject entry) =>
        [.. entry["inputs"]!.AsArray().Select(n => GraphFixtures.Data(n!.GetValue<string>()))];

    // Keys in one order.
    private static string Canonical(JsonNode node) => Sorted(node)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
