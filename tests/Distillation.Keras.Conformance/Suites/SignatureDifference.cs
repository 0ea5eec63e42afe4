using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Compares a constructor's or method's parameters with Keras': names, order, defaults.</summary>
public static class SignatureDifference
{
    // What Keras' **kwargs of a layer stand for.
    private static readonly string[] BaseArguments =
    [
        "name",
        "trainable",
        "dtype",
        "activity_regularizer",
        "lora_rank",
        "lora_alpha",
        "zero_output_for_mask",
        "rms_scaling",
        "data_format",
        "seed",
    ];

    /// <summary>What differs, keyword by keyword; empty where nothing does.</summary>
    /// <param name="ours">The constructor or method.</param>
    /// <param name="keras">Keras' parameters: <c>name</c>, <c>kind</c> (* and **), <c>default</c> as Python shows it.</param>
    /// <param name="type">The class, whose configuration tells defaults that C# cannot write as constants; null for methods.</param>
    public static IReadOnlyList<KeywordDifference> Find(MethodBase ours, IReadOnlyList<JsonObject> keras, Type? type)
    {
        bool keywords = keras.Any(p => p["kind"]?.ToString() == "**");
        JsonObject[] named = [.. keras.Where(p => p["kind"]?.ToString() is not ("*" or "**"))];
        ParameterInfo[] parameters = ours.GetParameters();
        string[] names = [.. named.Select(p => p["name"].Text())];
        string[] mine = [.. parameters.Select(p => p.Name!).Where(n => names.Contains(n) || !(keywords && BaseArguments.Contains(n)))];
        var differences = new List<KeywordDifference>();
        differences.AddRange(names.Except(mine).Select(n => new KeywordDifference(n, $"{n} is missing")));
        differences.AddRange(mine.Except(names).Select(n => new KeywordDifference(n, $"{n} is not Keras'")));
        if (!mine.Intersect(names).SequenceEqual(names.Intersect(mine)))
        {
            differences.Add(
                new KeywordDifference(
                    KeywordDifference.Order,
                    $"the order is ({string.Join(", ", mine)}), Keras' is ({string.Join(", ", names)})"
                )
            );
        }

        JsonObject? config = null;
        foreach (JsonObject parameter in named)
        {
            if (Array.Find(parameters, p => p.Name == parameter["name"].Text()) is ParameterInfo own)
            {
                string? difference = (parameter["default"], own.HasDefaultValue) switch
                {
                    (null, true) => $"{own.Name} has a default, but Keras demands it",
                    (null, false) => null,
                    ({ } text, false) => $"{own.Name} has no default, but Keras' is {text}",
                    ({ } text, true) => DefaultDifference(own, text.ToString(), () => config ??= Defaults(type, parameters)),
                };
                if (difference is not null)
                {
                    differences.Add(new KeywordDifference(own.Name!, difference));
                }
            }
        }

        return differences;
    }

    private static string? DefaultDifference(ParameterInfo own, string text, Func<JsonObject?> config)
    {
        JsonNode? expected;
        try
        {
            expected = PythonLiteral.Parse(text);
        }
        catch (FormatException)
        {
            return $"{own.Name}: Keras' default {text} is no value that can be compared";
        }

        // C# has no constants of classes: null stands for them, and the configuration tells what it means.
        object? constant = own.DefaultValue;
        JsonNode? actual = constant switch
        {
            null => null,
            bool b => JsonValue.Create(b),
            string s => JsonValue.Create(s),
            Enum e => JsonValue.Create(e.ToString()),
            IConvertible number => JsonValue.Create(number.ToDouble(CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(constant.ToString()),
        };
        if (Same(actual, expected))
        {
            return null;
        }

        string shown = $"{own.Name} is {actual?.ToJsonString() ?? "null"} by default, Keras' is {text}";
        return constant is null && config()?[own.Name!] is JsonNode meant
            ? Same(meant, expected) || (own.ParameterType.Name == "Factor" && IsRangeOf(meant, expected))
                ? null
                : $"{own.Name} is {meant.ToJsonString()} by default, Keras' is {text}"
            : shown;
    }

    private static bool Same(JsonNode? actual, JsonNode? expected) =>
        JsonDifference.Find(actual, expected) is null
        || (
            actual is JsonObject o
            && o["class_name"] is JsonValue name
            && expected is JsonValue e
            && e.TryGetValue(out string? identifier)
            && (
                string.Equals(name.ToString(), ApiNames.Pascal(identifier), StringComparison.OrdinalIgnoreCase)
                || IsPolicy(o, identifier)
                || IsInitializer(o, identifier)
            )
        )
        || (actual is JsonArray list && expected is JsonValue single && list.All(n => Same(n, single)))
        || (expected is JsonArray several && actual is JsonValue one && several.All(n => Same(one, n)))
        || (
            actual is JsonArray own
            && expected is JsonArray theirs
            && own.Count == theirs.Count
            && own.Zip(theirs).All(n => Same(n.First, n.Second))
        );

    // "uniform" is RandomUniform.
    private static bool IsInitializer(JsonObject o, string identifier)
    {
        try
        {
            return o["module"]?.ToString() == "keras.initializers"
                && Initializers.Initializer.Get(identifier)!.GetType().Name == o["class_name"]!.ToString();
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // What a layer makes of a number: the range up to it, from 0 or from its negative.
    private static bool IsRangeOf(JsonNode range, JsonNode? number) =>
        range is JsonArray { Count: 2 }
        && JsonNumbers.TryNumber(number, out double most)
        && range.Numbers() is [double lower, double upper]
        && upper == most
        && (lower == 0 || lower == -most);

    private static bool IsPolicy(JsonObject o, string identifier) =>
        o["class_name"]?.ToString() == "DTypePolicy" && o["config"]?["name"]?.ToString() == identifier;

    // The configuration of an object made with Keras' required arguments only, these being small numbers or other values that fit.
    private static JsonObject? Defaults(Type? type, ParameterInfo[] parameters)
    {
        if (type is null || type.IsAbstract || !typeof(KerasObject).IsAssignableFrom(type))
        {
            return null;
        }

        foreach (string size in (string[])["2", "[2, 2]", "[2]", "[2, 2, 2]", "0.5"])
        {
            var config = new JsonObject();
            foreach (ParameterInfo p in parameters.Where(p => !p.HasDefaultValue))
            {
                config[p.Name!] = p.ParameterType.Name switch
                {
                    "Int32" or "Int64" => JsonValue.Create(2),
                    "Double" => JsonValue.Create(0.5),
                    "Boolean" => JsonValue.Create(true),
                    "ActivationFunction" => JsonValue.Create("relu"),
                    "String" => JsonValue.Create(p.Name == "equation" ? "ab,bc->ac" : "linear"),
                    _ => JsonNode.Parse(size),
                };
            }

            try
            {
                return MakeAndWrite(type, config);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Another form of size may fit.
            }
        }

        return null;
    }

    private static JsonObject MakeAndWrite(Type type, JsonObject config)
    {
        Type kind = type;
        while (kind.BaseType is Type parent && parent != typeof(KerasObject))
        {
            kind = parent;
        }

        string name = type.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "KerasNameAttribute")
            is { ConstructorArguments: [{ Value: string k }, ..] }
            ? k
            : type.Name;
        var node = new JsonObject { ["class_name"] = name, ["config"] = config };
        MethodInfo make = typeof(KerasSerializer)
            .GetMethods()
            .Single(m => m.Name == nameof(KerasSerializer.Deserialize) && m.IsGenericMethod);
        return ((KerasObject)make.MakeGenericMethod(kind).Invoke(null, [node])!).GetConfig();
    }
}
