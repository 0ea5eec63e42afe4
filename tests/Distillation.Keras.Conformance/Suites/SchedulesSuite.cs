using System.Text.Json.Nodes;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Conformance;

/// <summary>Learning-rate schedules: their values at some steps, configurations and refusals.</summary>
public sealed class SchedulesSuite : ISuite
{
    // Keras computes rates in float32, a dozen roundings of 6e-8 each; here they are double.
    private const double Tolerance = 1e-6;

    private static readonly Dictionary<string, Func<JsonNode?>> Calls = new()
    {
        ["piecewise: boundaries as many as values"] = () => new PiecewiseConstantDecay([1, 2], [0.1, 0.2]).Name,
        ["piecewise: None"] = () => new PiecewiseConstantDecay(null!, [0.1]).Name,
        ["piecewise: unsorted boundaries"] = () => new PiecewiseConstantDecay([10, 2], [1.0, 2.0, 3.0]).Call(5),
        ["exponential: decay_steps=0"] = () => new ExponentialDecay(0.1, 0, 0.9).Call(1),
        ["exponential: negative decay_steps"] = () => new ExponentialDecay(0.1, -5, 0.9).Call(1),
        ["polynomial: decay_steps=0"] = () => new PolynomialDecay(0.1, 0).Call(1),
        ["inverse time: decay_steps=0"] = () => new InverseTimeDecay(0.1, 0, 0.9).Call(1),
        ["cosine: decay_steps=0"] = () => new CosineDecay(0.1, 0).Call(1),
        ["restarts: first_decay_steps=0"] = () => new CosineDecayRestarts(0.1, 0).Call(1),
        ["exponential at step -1"] = () => new ExponentialDecay(0.1, 10, 0.9).Call(-1),
        ["cosine past its end"] = () => new CosineDecay(0.1, 10).Call(1e6),
    };

    /// <inheritdoc/>
    public string File => "schedules";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        [
            .. fixture.Entries("cases").Select(e => new FixtureCase(e.Name, check => Run(e.Object, check))),
            .. fixture
                .Entries("errors")
                .Select(e => new FixtureCase(
                    e.Name,
                    check =>
                        Attempt.Make(
                            check,
                            e.Object,
                            Calls.TryGetValue(e.Key, out Func<JsonNode?>? call)
                                ? call
                                : throw new UnsupportedException($"the runner does not know the call '{e.Key}'")
                        )
                )),
        ];

    private static void Run(JsonObject o, Check check)
    {
        Classes.Require(o["config"]);
        LearningRateSchedule schedule = KerasSerializer.Deserialize<LearningRateSchedule>(o["config"]!);
        check.Json("config", KerasSerializer.Serialize(schedule), o["config"]);
        check.Equal("schedule", schedule.GetType().Name, o["schedule"].Text());
        double[] steps = o["steps"].Numbers();
        Compare(check, "values", schedule, steps, o["values"].Numbers());
        Compare(check, "values_float_step", schedule, steps, o["values_float_step"].Numbers());
    }

    private static void Compare(Check check, string where, LearningRateSchedule schedule, double[] steps, double[] expected) =>
        check.CloseList(where, [.. steps.Take(expected.Length).Select(schedule.Call)], expected, Tolerance);
}
