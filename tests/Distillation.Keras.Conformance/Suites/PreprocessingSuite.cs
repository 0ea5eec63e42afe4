using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Conformance.Suites.Preprocessing;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Preprocessing: layers, and functions of <c>keras.utils</c> and <c>keras.ops</c>, each run by the family that knows it. The rest is
/// unsupported by name.
/// </summary>
public sealed partial class PreprocessingSuite : ISuite
{
    private static readonly IPreprocessingFamily[] Families =
    [
        .. typeof(PreprocessingSuite)
            .Assembly.GetTypes()
            .Where(t => !t.IsAbstract && typeof(IPreprocessingFamily).IsAssignableFrom(t))
            .Select(t => (IPreprocessingFamily)Activator.CreateInstance(t)!),
    ];

    private static readonly Dictionary<string, Action<PreprocessingCase>> Runs = Families
        .SelectMany(f => f.Runs)
        .ToDictionary(p => p.Key, p => p.Value);

    private static readonly Dictionary<string, Func<JsonNode?>> Errors = Families
        .SelectMany(f => f.Errors)
        .ToDictionary(p => p.Key, p => p.Value);

    /// <inheritdoc/>
    public string File => "preprocessing";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(e.Name, check => Run(new PreprocessingCase(fixture, e, check))));

    private static void Run(PreprocessingCase one)
    {
        if (one.Entry.Extra == "errors")
        {
            Attempt.Make(
                one.Check,
                one.Json,
                Errors.GetValueOrDefault(one.Json["what"].Text()) ?? throw Missing(ClassOfCall().Match(one.Json["what"].Text()).Value)
            );
            return;
        }

        if (one.Json["config"] is JsonNode config)
        {
            Classes.Require(config);
        }

        string subject = Subject(one);
        (Runs.GetValueOrDefault(subject) ?? throw Missing(subject))(one);
    }

    // The class of the layer, or the function, that a case is about.
    private static string Subject(PreprocessingCase one) =>
        one.Entry.Extra switch
        {
            "utils" => $"utils.{one.Json["function"].Text()}",
            "random_layers" => one.Json["layer"].Text(),
            _ when one.Json["config"] is JsonNode config => config["class_name"].Text(),
            _ when one.Entry.Key.StartsWith("normalize_", StringComparison.Ordinal) => "utils.normalize",
            _ when one.Entry.Key.StartsWith("resize_", StringComparison.Ordinal) => "Resizing",
            _ => one.Json["kind"].Text(),
        };

    private static UnsupportedException Missing(string subject) =>
        new(
            char.IsLower(subject[0]) ? $"the library has no keras.{subject}"
            : Classes.Has("keras.layers", subject) ? $"the suite cannot make the call of keras.layers.{subject}"
            : $"the library has no keras.layers.{subject}"
        );

    [GeneratedRegex(@"^\w+")]
    private static partial Regex ClassOfCall();
}
