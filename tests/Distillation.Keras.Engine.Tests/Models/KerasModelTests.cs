using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Models;

public sealed class KerasModelTests
{
    private static readonly string[] Names = Architectures.Names;

    [TestCaseSource(nameof(Names))]
    public void A_model_of_Keras_is_written_as_Keras_writes_it(string name)
    {
        JsonNode written = Architectures.WithoutCompileConfig(JsonNode.Parse(Architectures.Make(name).ToJson()))!;
        Assert.That(
            JsonNode.DeepEquals(Floats(written), Floats(Architectures.Json(name))),
            Is.True,
            () => FirstDifference(written, Architectures.Json(name), name)
        );
    }

    [TestCaseSource(nameof(Names))]
    public void Weights_have_the_order_paths_and_shapes_of_Keras(string name)
    {
        Model model = Architectures.Make(name);
        Assert.That(
            model.Weights.Select(w => $"{w.Path} [{string.Join(",", w.Shape)}] {(model.TrainableWeights.Contains(w) ? "true" : "false")}"),
            Is.EqualTo(Architectures.Weights(name))
        );
    }

    [TestCaseSource(nameof(Names))]
    public void The_summary_is_the_one_of_Keras(string name)
    {
        string text = "";
        Architectures.Make(name).Summary(line_length: 90, print_fn: t => text += t);

        // The recorded tables were cut off at 80 columns, and those of compiled models count the optimizer.
        string[] lines =
        [
            .. text.Split('\n')
                .Select(l => l.Length > 80 ? l[..80].TrimEnd() : l)
                .Where(l => !l.StartsWith(" Total", StringComparison.Ordinal)),
        ];
        string[] expected =
        [
            .. Architectures
                .Summary(name)
                .Select(l => l.TrimEnd())
                .Where(l => !l.StartsWith(" Total", StringComparison.Ordinal) && !l.StartsWith(" Optimizer", StringComparison.Ordinal)),
        ];
        Assert.That(string.Join('\n', lines).TrimEnd(), Is.EqualTo(string.Join('\n', expected).TrimEnd()));
    }

    [TestCaseSource(nameof(Names))]
    public void A_clone_has_the_same_configuration_and_weights_of_its_own(string name)
    {
        Model model = Architectures.Make(name);
        Model clone = model.Clone();
        Assert.That(clone.ToJson(), Is.EqualTo(model.ToJson()));
        Assert.That(clone.Weights.Select(w => w.Path), Is.EqualTo(model.Weights.Select(w => w.Path)));
        Assert.That(clone.Weights.Intersect(model.Weights), Is.Empty);
        Assert.That(clone.TrainableWeights.Select(w => w.Path), Is.EqualTo(model.TrainableWeights.Select(w => w.Path)));
    }

    // Keras writes 1.0 where .NET writes 1.
    private static JsonNode? Floats(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Floats(p.Value)))),
            JsonArray a => new JsonArray([.. a.Select(Floats)]),
            JsonValue v when v.GetValueKind() == System.Text.Json.JsonValueKind.Number => JsonValue.Create(
                (float)double.Parse(v.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            ),
            _ => node?.DeepClone(),
        };

    private static string FirstDifference(JsonNode? actual, JsonNode? expected, string where)
    {
        if (actual is JsonObject a && expected is JsonObject e)
        {
            string[] keys =
            [
                .. a.Select(p => p.Key)
                    .Union(e.Select(p => p.Key))
                    .Where(k => !JsonNode.DeepEquals(Floats(a[k]), Floats(e[k])) || a.ContainsKey(k) != e.ContainsKey(k)),
            ];
            return keys.Length == 0 ? "none" : FirstDifference(a[keys[0]], e[keys[0]], $"{where}/{keys[0]}");
        }

        if (actual is JsonArray x && expected is JsonArray y && x.Count == y.Count)
        {
            int i = Enumerable.Range(0, x.Count).FirstOrDefault(n => !JsonNode.DeepEquals(Floats(x[n]), Floats(y[n])), -1);
            return i < 0 ? "none" : FirstDifference(x[i], y[i], $"{where}[{i}]");
        }

        return $"{where}: {actual?.ToJsonString() ?? "null"}, expected {expected?.ToJsonString() ?? "null"}";
    }
}
