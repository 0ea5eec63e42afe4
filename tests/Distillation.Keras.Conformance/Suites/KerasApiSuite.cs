using System.Reflection;
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
        string name = entry["name"].Text();
        IReadOnlyList<JsonObject> parameters = Objects(entry["parameters"]);
        switch (entry["kind"].Text())
        {
            case "class":
                Type type = ApiNames.FindClass(name) ?? throw new UnsupportedException($"the library has no class {name}");
                Best(
                    type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                        .Where(c => c.IsPublic || c.IsFamily),
                    c => SignatureDifference.Find(c, parameters, type)
                );
                foreach (JsonObject method in Objects(entry["methods"]))
                {
                    string methodName = method["name"].Text();
                    MethodInfo[] ours = ApiNames.Methods(type, methodName);
                    Best(ours, m => SignatureDifference.Find(m, Objects(method["parameters"]), null), $"{methodName}: ");
                }

                foreach (JsonNode? property in entry["properties"] as JsonArray ?? [])
                {
                    if (type.GetProperty(ApiNames.Pascal(property.Text())) is null)
                    {
                        throw new UnsupportedException($"there is no property {property.Text()}");
                    }
                }

                break;
            case "function":
                Best(ApiNames.FindFunctions(name), m => SignatureDifference.Find(m, parameters, null));
                break;
            case string kind:
                throw new FixtureException($"A public name is a class or a function, but {name} is a {kind}.");
        }

        check.Compared();
    }

    // The overload that fits; where none does, the reason of the one that comes nearest is told.
    private static void Best<T>(IEnumerable<T> candidates, Func<T, string?> difference, string where = "")
        where T : MethodBase
    {
        string? reason = "the library does not have it";
        foreach (T candidate in candidates.OrderByDescending(c => c.GetParameters().Length))
        {
            if (difference(candidate) is not string found)
            {
                return;
            }

            reason = reason == "the library does not have it" ? found : reason;
        }

        throw new UnsupportedException(where + reason);
    }

    private static IReadOnlyList<JsonObject> Objects(JsonNode? node) => node is JsonArray list ? [.. list.Cast<JsonObject>()] : [];
}
