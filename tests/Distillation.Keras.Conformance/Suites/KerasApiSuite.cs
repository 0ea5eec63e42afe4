using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Keras' public names: a class or function passes where this library has it under the same name (functions in PascalCase) with the same
/// parameter names, order and defaults; base classes need the same methods too. The rest is unsupported.
/// </summary>
public sealed class KerasApiSuite : ISuite
{
    /// <inheritdoc/>
    public string File => "keras_api";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(e.Name, check => Run(check, e.Object)));

    private static void Run(Check check, JsonObject entry)
    {
        KerasEntry name = KerasEntry.Find(entry);
        if (name.Differences.Count > 0)
        {
            throw new UnsupportedException(string.Join("; ", name.Differences.Select(d => d.What)));
        }

        check.Compared();
    }
}
