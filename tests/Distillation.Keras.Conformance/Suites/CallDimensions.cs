using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>The sizes that the attempted calls of <c>errors.json</c> were made with. The file tells them only in its messages.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Classes">The number of classes.</param>
public sealed partial record CallDimensions(int Rows, int Classes)
{
    /// <summary>The sizes of a file.</summary>
    public static CallDimensions Of(Fixture fixture) => new(Find(fixture, Sizes(), 8), Find(fixture, Outputs(), 4));

    [GeneratedRegex(@"'x' sizes: (\d+)")]
    private static partial Regex Sizes();

    [GeneratedRegex(@"output\.shape=\(\d+, ([2-9])\)")]
    private static partial Regex Outputs();

    private static int Find(Fixture fixture, Regex pattern, int otherwise)
    {
        foreach (FixtureEntry entry in fixture.Entries("cases"))
        {
            if (
                entry.Node is JsonObject o
                && o["message"] is JsonValue message
                && pattern.Match(message.ToString()) is { Success: true } match
            )
            {
                return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        return otherwise;
    }
}
