using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>Optimizers: every value after each of eight steps, the state at the end, configurations, names and refusals.</summary>
public sealed class OptimizersSuite : ISuite
{
    // Keras in float32 differs from itself in float64 by up to 2e-6 of the largest entry after eight steps, where gradients are tiny.
    private const double Tolerance = 5e-6;

    /// <inheritdoc/>
    public string File => "optimizers";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        [
            .. fixture.Entries("cases").Select(e => new FixtureCase(e.Name, check => Run(fixture, e, check))),
            .. fixture.Entries("identifiers").Select(e => new FixtureCase(e.Name, check => Identify(e, check))),
            .. fixture
                .Entries("errors")
                .Select(e => new FixtureCase(e.Name, check => Attempt.Make(check, e.Object, OptimizerCalls.Find(e.Key)))),
        ];

    private static void Identify(FixtureEntry entry, Check check)
    {
        if (entry.Object["outcome"].Text() == "accepted" && !Classes.Has("keras.optimizers", entry.Object["value"].Text()))
        {
            throw new UnsupportedException($"the library has no keras.optimizers.{entry.Object["value"]}");
        }

        Attempt.Make(check, entry.Object, () => Optimizer.Get(entry.Key).GetType().Name);
    }

    private static void Run(Fixture fixture, FixtureEntry entry, Check check)
    {
        JsonObject o = entry.Object;
        Classes.Require(o["config"]);
        Classes.Require(o["constraint"]);
        Optimizer optimizer = KerasSerializer.Deserialize<Optimizer>(o["config"]!);
        check.Json("config", KerasSerializer.Serialize(optimizer), o["config"]);
        check.Equal("optimizer", optimizer.GetType().Name, o["optimizer"].Text());
        Variable[] variables = [.. o["variables"]!.AsArray().Select(n => NewVariable(fixture, n.Text()))];
        try
        {
            if (o["constraint"] is JsonObject constraint)
            {
                variables[0].Constraint = KerasSerializer.Deserialize<Constraint>(constraint);
            }

            optimizer.ExcludeFromWeightDecay(
                var_list: o["exclude_index"] is JsonArray indices ? [.. indices.Select(i => variables[(int)i.Number()])] : null,
                var_names: o["exclude_names"] is JsonArray names ? [.. names.Select(n => n.Text())] : null
            );
            optimizer.Build(variables);
            Steps(fixture, entry, check, optimizer, variables);
            State(fixture, entry, check, optimizer);
            if (optimizer.UseEma)
            {
                optimizer.FinalizeVariableValues(variables);
                check.Close("final0", variables[0].Value, fixture.Array($"{entry.Key}/final0"), Tolerance);
                check.Close("final1", variables[1].Value, fixture.Array($"{entry.Key}/final1"), Tolerance);
            }
        }
        finally
        {
            optimizer.Release();
            Array.ForEach(variables, v => v.Release());
        }
    }

    private static Variable NewVariable(Fixture fixture, string name) =>
        new(fixture.Array($"start/{name}"), name, trainable: true) { Path = $"dense/{name}" };

    private static void Steps(Fixture fixture, FixtureEntry entry, Check check, Optimizer optimizer, Variable[] variables)
    {
        JsonObject o = entry.Object;
        Tensor[] gradients = [.. o["gradients"]!.AsArray().Select(n => fixture.Array($"grads/{n.Text()}"))];
        Tensor[] expected = [fixture.Array($"{entry.Key}/values0"), fixture.Array($"{entry.Key}/values1")];
        double[] without = o["second_gradient_none_at"].Numbers();
        for (int step = 0; step < expected[0].shape[0]; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (o["learning_rate_at"]?[$"{step}"] is JsonNode rate)
            {
                optimizer.LearningRate = rate.Number();
            }

            optimizer.Apply([gradients[0][step], without.Contains(step) ? null : gradients[1][step]], variables);
            check.Close($"values0[{step}]", variables[0].Value, expected[0][step], Tolerance);
            check.Close($"values1[{step}]", variables[1].Value, expected[1][step], Tolerance);
            check.Equal($"iterations[{step}]", optimizer.Iterations, (long)o["iterations"]![step].Number());
            check.Close($"learning_rate_after[{step}]", optimizer.LearningRate, o["learning_rate_after"]![step].Number(), 1e-6);
        }
    }

    private static void State(Fixture fixture, FixtureEntry entry, Check check, Optimizer optimizer)
    {
        JsonObject o = entry.Object;
        IReadOnlyList<Variable> state = optimizer.Variables;
        check.EqualList("slots", state.Select(v => v.Name), o["slots"]!.AsArray().Select(n => Uncounted(n.Text())));
        check.EqualList("slot_paths", state.Select(v => v.Path), o["slot_paths"]!.AsArray().Select(n => Uncounted(n.Text())));
        check.EqualList(
            "slot_dtypes",
            state.Select(v => v.DType.ToString().ToLowerInvariant()),
            o["slot_dtypes"]!.AsArray().Select(n => n.Text())
        );
        if (o["raw_iterations"] is JsonNode calls)
        {
            check.Equal("raw_iterations", state[0].Value.item<long>(), (long)calls.Number());
        }

        for (int j = 0; j < state.Count; j++)
        {
            check.Close($"slot{j} ({state[j].Name})", state[j].Value, fixture.Array($"{entry.Key}/slot{j}"), Tolerance);
        }
    }

    // Nadam's number has no name of its own: Keras counts such variables over the whole process.
    private static string Uncounted(string name) => name.StartsWith("variable_", StringComparison.Ordinal) ? "variable" : name;
}
