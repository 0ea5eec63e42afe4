using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Where Keras refuses, and where it does not. Each call is rebuilt by a table, by name; one that is not in it is unsupported. Calls with
/// arguments that C#'s types do not allow are made through a configuration; what C# cannot express at all does not compile, and is
/// unsupported with that reason.
/// </summary>
public sealed class ErrorsSuite : ISuite
{
    /// <inheritdoc/>
    public string File => "errors";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        CallDimensions sizes = CallDimensions.Of(fixture);
        Dictionary<string, Func<JsonNode?>> table = new([
            .. ConstructCalls.Table(sizes, fixture),
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
                        Inexpressible.TryGetValue(e.Name, out string? why)
                            ? $"C# cannot express the call: {why}"
                            : "the call is not in the table of calls that are rebuilt"
                    );
                }

                Attempt.Make(check, e.Object, call);
            }
        ));
    }

    private static readonly Dictionary<string, string> Inexpressible = new()
    {
        ["construct: Dense(3, units=3)"] = "an argument given twice does not compile",
        ["model: functional: outputs not a tensor of the graph"] =
            "outputs are KerasTensors by their type, and a tensor of numbers is none: it does not compile",
        ["model: clone_model of a non-model"] = "Clone is a method of models, so that there is no call without one",
        ["fit: callbacks=['early']"] = "callbacks are Callbacks by their type, and a string is none: it does not compile",
        ["fit: batch_size=2.5"] = "batch_size is an integer by its type: 2.5 does not compile",
        ["fit: shuffle='batch'"] = "shuffle is true or false by its type: a string does not compile",
    };
}
