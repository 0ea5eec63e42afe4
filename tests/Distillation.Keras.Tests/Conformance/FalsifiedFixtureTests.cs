using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Conformance;
using TorchSharp;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>
/// The runner notices when a fixture is not what Keras gave: a changed value, a missing array, an unknown argument. Some cases of every
/// file are tried.
/// </summary>
public partial class FalsifiedFixtureTests
{
    private const int CasesAFile = 10;

    private static string[] Files => FixtureFiles.WithSuite;

    [TestCaseSource(nameof(Files))]
    public void A_missing_array_makes_the_case_fail(string file)
    {
        Fixture fixture = FixtureFiles.Run(file).Fixture;

        IEnumerable<string> unnoticed =
            from entry in Passed(fixture)
            from array in ArraysOf(fixture, entry)
            let without = new Fixture(file, fixture.Json, fixture.Arrays.Where(a => a.Key != array).ToDictionary())
            where StateOf(without, entry.Name) != CaseState.Failed
            select array;

        Assert.That(unnoticed, Is.Empty);
    }

    [TestCaseSource(nameof(Files))]
    public void A_changed_expected_value_makes_the_case_fail(string file)
    {
        Fixture fixture = FixtureFiles.Run(file).Fixture;

        IEnumerable<string> unnoticed =
            from entry in Passed(fixture)
            from array in ArraysOf(fixture, entry)
            where
                fixture.Arrays[array] is { Shape: var shape }
                && !shape.Contains(0)
                && !IsInput(file, entry, array[(entry.Key.Length + 1)..])
            let changed = new Fixture(
                file,
                fixture.Json,
                new Dictionary<string, NpyArray>(fixture.Arrays) { [array] = Changed(fixture.Arrays[array]) }
            )
            where StateOf(changed, entry.Name) != CaseState.Failed
            select array;

        Assert.That(unnoticed, Is.Empty);
    }

    [TestCaseSource(nameof(Files))]
    public void An_unknown_argument_makes_the_case_fail(string file)
    {
        Fixture fixture = FixtureFiles.Run(file).Fixture;

        IEnumerable<string> unnoticed =
            from entry in Passed(fixture)
            where entry.Node is JsonObject { } o && o["config"] is JsonObject config && config["config"] is JsonObject
            let changed = With(fixture, entry, o => o["config"]!["config"]!["no_such_argument"] = 1)
            where StateOf(changed, entry.Name) != CaseState.Failed
            select entry.Name;

        Assert.That(unnoticed, Is.Empty);
    }

    [TestCaseSource(nameof(Files))]
    public void A_changed_number_of_the_JSON_makes_the_case_fail(string file)
    {
        Fixture fixture = FixtureFiles.Run(file).Fixture;

        IEnumerable<string> unnoticed =
            from entry in Passed(fixture)
            from path in Numbers(entry.Node, "")
            where !JsonInputs().IsMatch(path) && !(file == "callbacks" && path.StartsWith("/values/", StringComparison.Ordinal))
            let changed = With(fixture, entry, o => Change(o, path))
            where StateOf(changed, changed.All[fixture.All.ToList().IndexOf(entry)].Name) is CaseState.Passed
            select $"{entry.Name}: {path}";

        Assert.That(unnoticed, Is.Empty);
    }

    // What goes into a computation; a change there may leave the output as it is (the negative inputs of a ReLU).
    private static bool IsInput(string file, FixtureEntry entry, string array) =>
        file switch
        {
            "distillation" => entry.Object["inputs"]!.AsArray().Any(n => n!.GetValue<string>() == array),
            "metrics" => MetricInputs().IsMatch(array),
            "training" => TrainingInputs().IsMatch(array),
            _ => Inputs().IsMatch(array),
        };

    [GeneratedRegex(@"^(input\d*|cotangent|y_true|y_pred|logits|mask|weight|weight\d+|weight_\w+|x|x_test|initial\d+)$")]
    private static partial Regex Inputs();

    [GeneratedRegex(@"^(y_true\d*|y_pred\d*|weight\d*|values\d*)$")]
    private static partial Regex MetricInputs();

    [GeneratedRegex(@"^(x\d*|y\d*|val_x\d*|val_y\d*|initial\d+|sample_weight\w*|val_sample_weight\w*)$")]
    private static partial Regex TrainingInputs();

    [GeneratedRegex(
        @"/(config|kwargs|hyper|arguments|args|steps|build_config|model|compile|fit|call|message|second_gradient_none_at|learning_rate_at|exclude_index|shape|y_true|y_pred|fill_value|transform)(/|$)|/statistics/(min|max)$"
    )]
    private static partial Regex JsonInputs();

    private static CaseState StateOf(Fixture fixture, string name) => Runner.Default.Run(fixture, name).Single().State;

    // Some cases from all over the file, the last ones included.
    private static IEnumerable<FixtureEntry> Passed(Fixture fixture)
    {
        HashSet<string> passed = [.. FixtureFiles.Run(fixture.Name).Results.Where(r => r.State == CaseState.Passed).Select(r => r.Case)];
        FixtureEntry[] entries = [.. fixture.All.Where(e => passed.Contains(e.Name))];
        return entries.Length == 0
            ? []
            : Enumerable.Range(0, CasesAFile).Select(i => entries[i * (entries.Length - 1) / (CasesAFile - 1)]).Distinct();
    }

    // An identifier may be called like a case; the arrays are the case's.
    private static IEnumerable<string> ArraysOf(Fixture fixture, FixtureEntry entry) =>
        entry.Extra != "cases" && fixture.Entries("cases").Any(e => e.Key == entry.Key)
            ? []
            : fixture.Arrays.Keys.Where(a => a.StartsWith(entry.Key + "/", StringComparison.Ordinal));

    private static NpyArray Changed(NpyArray array)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor values = array.ToTensor().clone();
        torch.Tensor flat = values.view(-1);
        if (values.dtype == torch.ScalarType.Bool)
        {
            flat[0] = flat[0].logical_not();
        }
        else
        {
            // The entry of the largest magnitude, by a thousandth of it: more than any tolerance.
            long at = flat.to_type(torch.ScalarType.Float64).nan_to_num(0, 0, 0).abs().argmax().ToInt64();
            flat[at] = values.is_floating_point() ? (flat[at] * 1.002) + 1e-5 : flat[at] + 1;
        }

        return new NpyArray(array.Type, array.Shape, values.bytes.ToArray());
    }

    private static Fixture With(Fixture fixture, FixtureEntry entry, Action<JsonObject> change)
    {
        var json = (JsonObject)fixture.Json.DeepClone();
        var copy = new Fixture(fixture.Name, json, fixture.Arrays);
        if (copy.All.Single(e => e.Name == entry.Name).Node is JsonObject o)
        {
            change(o);
        }

        return new Fixture(fixture.Name, json, fixture.Arrays);
    }

    private static IEnumerable<string> Numbers(JsonNode? node, string path) =>
        node switch
        {
            JsonObject o => o.SelectMany(p => Numbers(p.Value, $"{path}/{p.Key}")),
            JsonArray list => list.SelectMany((n, i) => Numbers(n, $"{path}/{i}")),
            JsonValue v when v.GetValueKind() == JsonValueKind.Number => [path],
            _ => [],
        };

    private static void Change(JsonNode node, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        JsonNode parent = node;
        foreach (string part in parts[..^1])
        {
            parent = parent is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : parent[part]!;
        }

        if (parent is JsonArray last)
        {
            int index = int.Parse(parts[^1], System.Globalization.CultureInfo.InvariantCulture);
            last[index] = Other(last[index], path);
        }
        else
        {
            parent[parts[^1]] = Other(parent[parts[^1]], path);
        }
    }

    // Statistics of draws are held to their own uncertainty only: a change must be beyond it.
    private static JsonNode Other(JsonNode? node, string path) =>
        node!.AsValue().TryGetValue(out long integer)
            ? integer + 1
            : (node.GetValue<double>() * 1.01) + (path.StartsWith("/statistics/", StringComparison.Ordinal) ? 0.2 : 0.01);
}
