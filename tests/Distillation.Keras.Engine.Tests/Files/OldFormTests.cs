using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Forms that older versions of Keras alone wrote.</summary>
[TestFixture]
public sealed class OldFormTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Weights_of_the_model_itself_are_looked_at_by_name_too()
    {
        var model = new Sequential([new Input(3), new Dense(2, name: "d")]);
        var tree = new Keras.Files.Hdf5.Hdf5Tree();
        LegacyGroups.SetList(tree, LegacyWeights.LayerNames, ["d"]);
        LegacyGroups.Listed(tree.Group("d"), model.Weights, v => v.Path);
        LegacyGroups.Listed(tree.Group(LegacyWeights.TopLevel), [model.Weights[1]], v => v.Path);
        string path = _folder["w.h5"];
        using (FileStream file = File.Create(path))
        {
            Keras.Files.Hdf5.Hdf5Writer.Write(file, tree);
        }

        foreach (bool byName in (bool[])[false, true])
        {
            Assert.That(
                () => model.LoadWeights(path, by_name: byName),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("itself do not fit the file: it has 0 weights, and the file 1")
            );
            model.LoadWeights(path, by_name: byName, skip_mismatch: true);
            Assert.That(model.LoadWarnings, Has.Count.EqualTo(1).And.One.Contains("It was left out."));
        }
    }

    // Keras 3.15.1 refuses to call a model within a Sequential whose only input is in a list.
    [TestCase("nested_three_levels.k3.0.5.keras")]
    [TestCase("nested_three_levels.k3.5.0.keras")]
    [TestCase("nested_three_levels.k3.5.0.h5")]
    public void A_list_of_one_input_is_none_where_Keras_always_wrote_one(string name)
    {
        Model model = Model.Load(_folder.Write(ModelFixtures.Bytes(name), name));
        var ends = new List<JsonNode>();
        Visit(JsonNode.Parse(model.ToJson())!);
        Assert.That(ends, Has.Count.EqualTo(4).And.All.Matches<JsonNode>(e => e[0] is JsonValue));

        void Visit(JsonNode node)
        {
            if (node["config"] is JsonObject config && config["layers"] is JsonArray layers)
            {
                ends.AddRange(((JsonNode?[])[config["input_layers"], config["output_layers"]]).OfType<JsonNode>());
                layers.ToList().ForEach(l => Visit(l!));
            }
        }
    }
}
