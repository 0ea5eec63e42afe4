using System.Reflection;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>A public name of Keras, and what stands for it here.</summary>
public sealed class KerasEntry
{
    private KerasEntry(JsonObject entry)
    {
        Name = entry["name"].Text();
        Kind = entry["kind"].Text();
        Parameters = Objects(entry["parameters"]);
    }

    /// <summary>The name in Keras: <c>keras.layers.Dense</c>.</summary>
    public string Name { get; }

    /// <summary><c>class</c> or <c>function</c>.</summary>
    public string Kind { get; }

    /// <summary>Keras' parameters: <c>name</c>, <c>kind</c> (* and **), <c>default</c> as Python shows it.</summary>
    public IReadOnlyList<JsonObject> Parameters { get; }

    /// <summary>What stands for it here, as C# writes it (<c>Activations.Relu</c>); null where nothing does.</summary>
    public string? Here { get; private set; }

    /// <summary>What is not as in Keras; where nothing stands for the name here, that.</summary>
    public IReadOnlyList<KeywordDifference> Differences { get; private set; } = [];

    /// <summary>Looks for the name among the public classes and functions.</summary>
    /// <param name="entry">An entry of <c>keras_api.json</c>.</param>
    public static KerasEntry Find(JsonObject entry)
    {
        var name = new KerasEntry(entry);
        switch (name.Kind)
        {
            case "class":
                name.FindClass(entry);
                break;
            case "function":
                MethodInfo[] functions = ApiNames.FindFunctions(name.Name);
                if (functions.Length > 0)
                {
                    name.Here = $"{functions[0].DeclaringType!.Name}.{functions[0].Name}";
                    name.Differences = Fewest(functions, m => SignatureDifference.Find(m, name.Parameters, null));
                }

                break;
            default:
                throw new FixtureException($"A public name is a class or a function, but {name.Name} is a {name.Kind}.");
        }

        if (name.Here is null)
        {
            name.Differences = [new KeywordDifference("", "there is none")];
        }

        return name;
    }

    private void FindClass(JsonObject entry)
    {
        if (ApiNames.FindClass(Name) is not Type type)
        {
            return;
        }

        Here = type.Name;
        ConstructorInfo[] constructors =
        [
            .. type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(c => c.IsPublic || c.IsFamily),
        ];
        List<KeywordDifference> found =
            constructors.Length > 0
                ? [.. Fewest(constructors, c => SignatureDifference.Find(c, Parameters, type))]
                : [new KeywordDifference("()", "there is no constructor")];
        foreach (JsonObject method in Objects(entry["methods"]))
        {
            string methodName = method["name"].Text();
            MethodInfo[] ours = ApiNames.Methods(type, methodName);
            string written = methodName == "__call__" ? "Call" : ApiNames.Pascal(methodName);
            string[] different =
                ours.Length == 0
                    ? ["there is none"]
                    : [.. Fewest(ours, m => SignatureDifference.Find(m, Objects(method["parameters"]), null)).Select(d => d.What)];
            if (different.Length > 0)
            {
                found.Add(new KeywordDifference($"{methodName}()", $"method {written}: {string.Join(", ", different)}"));
            }
        }

        foreach (JsonNode? property in entry["properties"] as JsonArray ?? [])
        {
            if (type.GetProperty(ApiNames.Pascal(property.Text())) is null)
            {
                found.Add(new KeywordDifference($".{property.Text()}", $"there is no property {ApiNames.Pascal(property.Text())}"));
            }
        }

        Differences = found;
    }

    // Of several overloads the one that comes nearest.
    private static IReadOnlyList<KeywordDifference> Fewest<T>(
        IEnumerable<T> candidates,
        Func<T, IReadOnlyList<KeywordDifference>> differences
    )
        where T : MethodBase =>
        candidates
            .OrderByDescending(c => c.GetParameters().Length)
            .ThenBy(c => c.ToString(), StringComparer.Ordinal)
            .Select(differences)
            .MinBy(d => d.Count)!;

    private static IReadOnlyList<JsonObject> Objects(JsonNode? node) => node is JsonArray list ? [.. list.Cast<JsonObject>()] : [];
}
