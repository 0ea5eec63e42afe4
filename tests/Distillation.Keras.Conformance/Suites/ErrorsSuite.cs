using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Where Keras refuses, and where it does not. Each call is rebuilt by a table, by name; one that is not in it is unsupported. Calls with
/// arguments that C#'s types do not allow are made through a configuration; what C# cannot express at all does not compile, and is
/// unsupported with that reason.
/// </summary>
public sealed class ErrorsSuite : ISuite
{
    private const string DoesNotCompile = "C# cannot express the call: it does not compile";

    /// <inheritdoc/>
    public string File => "errors";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        CallDimensions sizes = CallDimensions.Of(fixture);
        Dictionary<string, Func<JsonNode?>> table = new([
            .. ConstructCalls.Table(sizes),
            .. LayerCalls.Table(sizes),
            .. ModelCalls.Table(sizes),
            .. FitCalls.Table(sizes),
            .. SaveCalls.Table(sizes),
        ]);
        return fixture.All.Select(e => new FixtureCase(
            e.Name,
            check =>
            {
                if (e.Object["name"].Text() != $"{e.Object["stage"].Text()}: {e.Object["what"].Text()}")
                {
                    throw new FixtureException($"The name '{e.Name}' is not made of its stage and its call.");
                }

                if (!table.TryGetValue(e.Name, out Func<JsonNode?>? call))
                {
                    throw new UnsupportedException(
                        Inexpressible.Contains(e.Name) ? DoesNotCompile : "the call is not in the table of calls that are rebuilt"
                    );
                }

                Attempt.Make(check, e.Object, call);
            }
        ));
    }

    private static readonly HashSet<string> Inexpressible =
    [
        "construct: Dense(3, units=3)",
        "call: a layer called without arguments",
        "model: Sequential.add of something else",
        "model: functional: outputs not a tensor of the graph",
        "model: clone_model of a non-model",
        "compile: an unknown argument",
        "fit: callbacks=['early']",
        "fit: batch_size=2.5",
    ];
}
