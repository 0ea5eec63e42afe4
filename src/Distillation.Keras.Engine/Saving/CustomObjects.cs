using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>What a caller has given for names that may stand in a file: <c>custom_objects</c>.</summary>
internal static class CustomObjects
{
    [ThreadStatic]
    private static Scope? _current;

    /// <summary>Makes them known on this thread until it is disposed.</summary>
    public static IDisposable Known(IReadOnlyDictionary<string, Func<JsonObject, object>>? factories) =>
        _current = new Scope(factories ?? new Dictionary<string, Func<JsonObject, object>>(StringComparer.Ordinal), _current);

    /// <summary>Makes others known, too, until it is disposed; what the caller gave for a name stands before them.</summary>
    public static IDisposable Also(IReadOnlyDictionary<string, Func<JsonObject, object>> factories)
    {
        var all = new Dictionary<string, Func<JsonObject, object>>(factories, StringComparer.Ordinal);
        foreach ((string name, Func<JsonObject, object> factory) in _current?.Factories ?? factories)
        {
            all[name] = factory;
        }

        return _current = new Scope(all, _current);
    }

    /// <summary>What the caller gives for a name; <see langword="null"/> where he gave none.</summary>
    /// <param name="name">A class name, a registered name (<c>package>Name</c>) or an identifier.</param>
    /// <param name="config">The configuration in the file.</param>
    /// <param name="expected">What it is to be.</param>
    /// <exception cref="ArgumentException">It is of another kind.</exception>
    public static object? Make(string? name, JsonObject config, Type expected)
    {
        if (name is null || _current?.Factories.TryGetValue(name, out Func<JsonObject, object>? factory) is not true)
        {
            return null;
        }

        object? made = factory(config);
        return expected.IsInstanceOfType(made)
            ? made
            : throw new ArgumentException(
                $"The custom object '{name}' is to be a {expected.Name}, but its factory gave "
                    + $"{(made is null ? "null" : "a " + made.GetType().Name)}."
            );
    }

    /// <summary>What the caller gives for a name alone, <c>"swish2"</c>, or for the form that Keras gives functions.</summary>
    public static object? Named(JsonNode node, Type expected)
    {
        if (_current is null)
        {
            return null;
        }

        JsonNode? name =
            node is JsonObject function && (string?)(function["class_name"] as JsonValue) == "function" ? function["config"] : node;
        return name is JsonValue value && value.TryGetValue(out string? text) ? Make(text, [], expected) : null;
    }

    private sealed class Scope(IReadOnlyDictionary<string, Func<JsonObject, object>> factories, Scope? outer) : IDisposable
    {
        public IReadOnlyDictionary<string, Func<JsonObject, object>> Factories => factories;

        public void Dispose() => _current = outer;
    }
}
