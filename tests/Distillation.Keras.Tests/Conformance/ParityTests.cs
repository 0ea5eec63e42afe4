using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using Distillation.Keras.Conformance.Parity;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>The table of Keras' public names.</summary>
public class ParityTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("parity-").FullName;

    [TearDown]
    public void Delete_it() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_difference_from_Keras_has_a_reason_and_the_document_follows_from_the_code()
    {
        var table = new ParityTable(
            FixtureFiles.Load("keras_api"),
            new ParityReasons(Path.Combine(AppContext.BaseDirectory, "parity.json"))
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.Problems, Is.Empty);
            Assert.That(
                File.ReadAllText(Path.Combine(Repository.Root, "docs", "keras-parity.md")) == table.Text,
                $"docs/keras-parity.md is not what would be written: {ParityTable.Command}"
            );
        }
    }

    [TestCase("rate", "0.5", "keras.layers.Dropout rate: rate has no default, but Keras' is 0.5")]
    [TestCase("share", null, "keras.layers.Dropout share: share is missing")]
    [TestCase("noise_shape", "(1, 2)", "keras.layers.Dropout noise_shape: noise_shape is null by default, Keras' is (1, 2)")]
    public void A_keyword_that_is_not_as_in_Keras_is_a_problem_until_it_is_listed(string keyword, string? value, string problem)
    {
        (string, string?)[] keywords = [("rate", null), ("noise_shape", "None"), ("seed", "None"), ("**kwargs", null)];
        JsonObject[] parameters =
        [
            .. keywords
                .Where(p => p.Item1 != keyword)
                .Append((keyword, value))
                .OrderBy(p => Array.IndexOf(["rate", "noise_shape", "seed", keyword, "**kwargs"], p.Item1))
                .Select(p => Parameter(p.Item1, p.Item2)),
        ];
        Fixture api = Api("keras.layers.Dropout", parameters);

        Assert.That(new ParityTable(api, new ParityReasons([])).Problems, Has.One.StartsWith(problem));
        var listed = new JsonObject { ["keras.layers.Dropout"] = new JsonObject { [keyword] = "so" } };
        ParityTable table = new(api, new ParityReasons(listed));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.Problems, Is.Empty);
            Assert.That(table.Text, Does.Contain("| `Dropout` | differs |").And.Contain(": so |"));
        }
    }

    [Test]
    public void A_name_that_is_not_here_wants_a_reason_and_a_reason_wants_a_name()
    {
        Fixture api = Api("keras.layers.Telepathy", []);
        Assert.That(
            new ParityTable(api, new ParityReasons([])).Problems,
            Is.EqualTo(new[] { "keras.layers.Telepathy is not here, and parity.json gives no reason" })
        );
        var reasons = new JsonObject { ["keras.layers.*"] = "not yet known", ["keras.layers.Dense"] = "spare" };
        ParityTable table = new(api, new ParityReasons(reasons));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.Problems, Is.EqualTo(new[] { "parity.json gives a reason for 'keras.layers.Dense', where nothing differs" }));
            Assert.That(table.Text, Does.Contain("| `Telepathy` | no |  | not yet known |"));
        }
    }

    private static JsonObject Parameter(string name, string? value)
    {
        var parameter = new JsonObject { ["name"] = name.TrimStart('*') };
        if (name.StartsWith("**", StringComparison.Ordinal))
        {
            parameter["kind"] = "**";
        }

        if (value is not null)
        {
            parameter["default"] = value;
        }

        return parameter;
    }

    private Fixture Api(string name, JsonObject[] parameters)
    {
        var entry = new JsonObject
        {
            ["name"] = name,
            ["aliases"] = new JsonArray(),
            ["kind"] = "class",
            ["parameters"] = new JsonArray([.. parameters]),
        };
        string path = Path.Combine(_folder, "keras_api.json");
        File.WriteAllText(path, new JsonObject { ["keras"] = "3.15.1", ["entries"] = new JsonArray(entry) }.ToJsonString());
        return Fixture.Load("keras_api", path);
    }
}
