using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>What the runner makes of a case: passed, failed, unsupported or known.</summary>
public class RunnerTests
{
    private static readonly JsonObject TwoCases = (JsonObject)
        JsonNode.Parse("""{"cases": [{"name": "one"}, {"name": "two"}], "errors": [{"what": "x(0)", "outcome": "refused"}]}""")!;

    private static NpyArray Values(params float[] values) =>
        new(ScalarType.Float32, [values.Length], [.. values.SelectMany(BitConverter.GetBytes)]);

    private static Fixture Make(params (string Name, NpyArray Array)[] arrays) =>
        new("losses", TwoCases, arrays.ToDictionary(a => a.Name, a => a.Array));

    private static CaseResult Run(Action<Fixture, Check> run, string known = "{}", params (string Name, NpyArray Array)[] arrays)
    {
        Fixture fixture = Make(arrays);
        var runner = new Runner([new Suite(check => run(fixture, check))], KnownDifferences.Parse(JsonNode.Parse(known)));
        return runner.Run(fixture, "one").Single();
    }

    private static void Compare(Fixture fixture, Check check) =>
        check.Close("value", tensor((float[])[1, 2]), fixture.Array("one/value"), 1e-6);

    [Test]
    public void A_case_that_agrees_passes_and_tells_its_worst_error()
    {
        CaseResult result = Run(
            (fixture, check) => check.Close("value", tensor((float[])[1, 2]), fixture.Array("one/value"), 0.1),
            arrays: ("one/value", Values(1, 2.125f))
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.State, Is.EqualTo(CaseState.Passed));
            Assert.That(result.Worst, Is.EqualTo(0.125 / 2.125).Within(1e-9));
            Assert.That(result.Where, Is.EqualTo("value"));
            Assert.That(result.Why, Is.Empty);
        }
    }

    [Test]
    public void A_changed_value_fails_and_is_named_with_its_place()
    {
        CaseResult result = Run(Compare, arrays: ("one/value", Values(1, 2.5f)));

        Assert.That(result, Has.Property("State").EqualTo(CaseState.Failed).And.Property("Why").Contains("value: 2 at [1], expected 2.5"));
    }

    [Test]
    public void Another_shape_fails() =>
        Assert.That(Run(Compare, arrays: ("one/value", Values(1, 2, 3))).Why, Does.Contain("the shape is (2), expected (3)"));

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void A_number_where_Keras_has_none_fails(float other) =>
        Assert.That(Run(Compare, arrays: ("one/value", Values(1, other))).State, Is.EqualTo(CaseState.Failed));

    [TestCase(float.NaN, float.NaN, CaseState.Passed)]
    [TestCase(float.PositiveInfinity, float.PositiveInfinity, CaseState.Passed)]
    [TestCase(float.PositiveInfinity, float.NegativeInfinity, CaseState.Failed)]
    [TestCase(float.NaN, float.PositiveInfinity, CaseState.Failed)]
    public void Not_finite_in_the_same_places_is_equal(float actual, float expected, CaseState state)
    {
        CaseResult result = Run(
            (fixture, check) => check.Close("value", tensor((float[])[1, actual]), fixture.Array("one/value"), 1e-6),
            arrays: ("one/value", Values(1, expected))
        );

        Assert.That(result.State, Is.EqualTo(state));
    }

    [Test]
    public void A_missing_array_fails() =>
        Assert.That(Run(Compare), Has.Property("State").EqualTo(CaseState.Failed).And.Property("Why").Contains("'one/value' is missing"));

    [Test]
    public void An_array_that_the_suite_does_not_look_at_fails() =>
        Assert.That(
            Run(Compare, arrays: [("one/value", Values(1, 2)), ("one/grad", Values(1))]),
            Has.Property("State").EqualTo(CaseState.Failed).And.Property("Why").Contains("grad: not compared")
        );

    [Test]
    public void A_case_that_compares_nothing_fails() => Assert.That(Run((_, _) => { }).State, Is.EqualTo(CaseState.Failed));

    [Test]
    public void An_exception_fails_with_its_message() =>
        Assert.That(
            Run((_, _) => throw new ArgumentException("no such argument")),
            Has.Property("State").EqualTo(CaseState.Failed).And.Property("Why").Contains("no such argument")
        );

    [Test]
    public void What_the_library_does_not_have_is_unsupported() =>
        Assert.That(
            Run((_, _) => throw new UnsupportedException("no class Ctc")),
            Has.Property("State").EqualTo(CaseState.Unsupported).And.Property("Why").EqualTo("no class Ctc")
        );

    [Test]
    public void A_listed_difference_is_known_with_its_reason() =>
        Assert.That(
            Run(Compare, """{"losses/one": "on purpose"}""", ("one/value", Values(1, 3))),
            Has.Property("State").EqualTo(CaseState.Known).And.Property("Why").EqualTo("on purpose")
        );

    [Test]
    public void A_listed_case_that_does_not_differ_passes() =>
        Assert.That(Run(Compare, """{"losses/one": "on purpose"}""", ("one/value", Values(1, 2))).State, Is.EqualTo(CaseState.Passed));

    [Test]
    public void A_listed_difference_in_one_place_does_not_excuse_another() =>
        Assert.That(
            Run(Compare, """{"losses/one": {"where": ["grad"], "reason": "on purpose"}}""", ("one/value", Values(1, 3))).State,
            Is.EqualTo(CaseState.Failed)
        );

    [Test]
    public void A_listed_difference_does_not_excuse_a_missing_array() =>
        Assert.That(Run(Compare, """{"losses/one": "on purpose"}""").State, Is.EqualTo(CaseState.Failed));

    [Test]
    public void A_difference_that_only_the_suite_calls_known_fails() =>
        Assert.That(
            Run((_, check) => check.Known("because")),
            Has.Property("State").EqualTo(CaseState.Failed).And.Property("Why").Contains("known.json")
        );

    [Test]
    public void A_case_that_the_suite_forgets_fails()
    {
        Fixture fixture = Make(("one/value", Values(1, 2)));
        var runner = new Runner([new Suite(check => Compare(fixture, check))], KnownDifferences.Parse(new JsonObject()));

        IReadOnlyList<CaseResult> results = runner.Run(fixture);

        Assert.That(
            results.Select(r => (r.Case, r.State)),
            Is.EqualTo(((string, CaseState)[])[("one", CaseState.Passed), ("two", CaseState.Failed), ("errors/x(0)", CaseState.Failed)])
        );
    }

    [Test]
    public void A_file_without_a_suite_is_unsupported_case_by_case()
    {
        var runner = new Runner([], KnownDifferences.Parse(new JsonObject()));

        Assert.That(runner.Run(Make()).Select(r => r.State), Is.EqualTo(Enumerable.Repeat(CaseState.Unsupported, 3)));
    }

    [Test]
    public void A_case_leaves_no_tensors_behind() =>
        Assert.That(LiveTensors.LeftBy(() => Run(Compare, arrays: ("one/value", Values(1, 2)))), Is.Zero);

    [TestCase("accepted", 1.0, false, CaseState.Passed)]
    [TestCase("accepted", 1.5, false, CaseState.Failed)]
    [TestCase("accepted", 1.0, true, CaseState.Failed)]
    [TestCase("refused", 1.0, true, CaseState.Passed)]
    [TestCase("refused", 1.0, false, CaseState.Failed)]
    public void An_attempted_call_must_end_as_it_did_in_Keras(string outcome, double value, bool throws, CaseState state)
    {
        var entry = new JsonObject
        {
            ["what"] = "x",
            ["outcome"] = outcome,
            ["value"] = value,
        };

        CaseResult result = Run((_, check) => Attempt.Make(check, entry, () => throws ? throw new ArgumentException("refused") : 1.0));

        Assert.That(result.State, Is.EqualTo(state));
    }

    [Test]
    public void A_crash_is_no_refusal()
    {
        var entry = new JsonObject { ["what"] = "x", ["outcome"] = "refused" };

        CaseResult result = Run((_, check) => Attempt.Make(check, entry, () => ((string?)null)!.Length));

        Assert.That(result.State, Is.EqualTo(CaseState.Failed));
    }

    private sealed class Suite(Action<Check> run) : ISuite
    {
        public string File => "losses";

        public IEnumerable<FixtureCase> Cases(Fixture fixture) => [new FixtureCase("one", run)];
    }
}
