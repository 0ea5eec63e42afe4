using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>Makes objects from configurations by handing the keys to the constructor's parameters of the same names.</summary>
internal static class ConfigReader
{
    /// <summary>Makes an object of a class from its configuration.</summary>
    /// <param name="type">The class.</param>
    /// <param name="className">Its name in messages.</param>
    /// <param name="config">Keras' configuration.</param>
    public static object Create(Type type, string className, JsonObject config)
    {
        MethodInfo? own = OwnReader(type);
        if (own is not null)
        {
            return Invoke(() => own.Invoke(null, [config])!);
        }

        return CreateByConstructor(type, className, config);
    }

    /// <summary>The same by the constructor alone, for a class whose own <c>FromConfig</c> calls it.</summary>
    public static object CreateByConstructor(Type type, string className, JsonObject config)
    {
        ConfigMember[] members = ConfigMember.Of(type);
        config = ConfigNullAttribute.Read(type, config);
        RefuseUnknownKeys(type, className, config, members);
        object?[] arguments = Array.ConvertAll(members, m => Argument(m, className, config));
        (InheritedKey Key, object? Value)[] inherited =
        [
            .. InheritedKey.Of(type, members).Select(k => (k, Convert(config[k.Key], k.TypeIn(type), Where(className, k.Key)))),
        ];
        object made = Invoke(() => ConfigConstructors.Of(type).Invoke(arguments));
        foreach ((InheritedKey key, object? value) in inherited)
        {
            key.Give(made, value);
        }

        return made;
    }

    /// <summary>
    /// The <c>FromConfig(JsonObject)</c> of a class whose configuration is more than a constructor's arguments (a model, a layer with a
    /// function); <see langword="null"/> for all others.
    /// </summary>
    public static MethodInfo? OwnReader(Type type) =>
        type.GetMethod(
            "FromConfig",
            BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly,
            [typeof(JsonObject)]
        );

    /// <summary>A configuration's value as an argument of the given type.</summary>
    public static object? Convert(JsonNode? node, Type type, string where)
    {
        if (FSharpOptions.Is(type, out Type? optional))
        {
            return FSharpOptions.Wrap(node is null ? null : Convert(node, optional, where), type);
        }

        Type? underlying = Nullable.GetUnderlyingType(type);
        if (node is null)
        {
            return underlying is null && type.IsValueType ? throw Mismatch(node, type, where) : null;
        }

        Type target = underlying ?? type;
        if (CustomObjects.Named(node, target) is object custom)
        {
            return custom;
        }

        try
        {
            return target switch
            {
                _ when typeof(JsonNode).IsAssignableFrom(target) => target.IsInstanceOfType(node)
                    ? node.DeepClone()
                    : throw new FormatException(),
                _ when ConfigPrimitives.Readers.TryGetValue(target, out Func<JsonNode, object>? read) => read(node),
                _ when ConfigValues.ReaderOf(target) is { } read => ReadValue(read, node, type, where),
                _ when target.IsEnum => ReadEnum(node.GetValue<string>(), target),
                _ when target.IsSZArray => ReadArray(ArrayOf(node), target.GetElementType()!, where),
                _ when ConfigLists.ElementOf(target) is Type element => ConfigLists.Make(ReadArray(ArrayOf(node), element, where), target),
                _ when !typeof(KerasObject).IsAssignableFrom(target) => throw new NotSupportedException(
                    $"{where} is of the type {target.Name}, which cannot be read from a configuration. A value type of your own brings "
                        + $"its form by IConfigValue<{target.Name}>."
                ),
                _ when node is JsonObject => KerasSerializer.Deserialize(node, target),
                _ when node is JsonValue => KerasClasses.FromIdentifier(node.GetValue<string>(), target),
                _ => throw new FormatException(),
            };
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException or InvalidCastException)
        {
            throw Mismatch(node, type, where, e);
        }
    }

    /// <summary>A configuration's value as a string.</summary>
    public static string Text(JsonNode? node, string where) =>
        (string?)Convert(node, typeof(string), where) ?? throw Mismatch(node, typeof(string), where);

    /// <summary>Whether a serialised object says that it is of that class.</summary>
    public static bool IsClass(JsonObject node, string className) =>
        node["class_name"] is JsonValue name && name.TryGetValue(out string? found) && found == className;

    /// <summary>Refuses keys that a class with a configuration of its own does not know.</summary>
    public static void RefuseUnknownKeys(string className, JsonObject config, IReadOnlyList<string> known)
    {
        string[] unknown = [.. config.Select(p => p.Key).Where(k => !known.Contains(k)).Select(k => $"'{k}'")];
        if (unknown.Length > 0)
        {
            throw new ArgumentException(
                $"{className} has no argument named {string.Join(", ", unknown)}. Known: {string.Join(", ", known)}."
            );
        }
    }

    private static void RefuseUnknownKeys(Type type, string className, JsonObject config, ConfigMember[] members)
    {
        var unknown = new List<string>();
        foreach ((string key, JsonNode? value) in config)
        {
            if (Array.Exists(members, m => m.Key == key) || InheritedKey.Of(type, members).Any(k => k.Key == key))
            {
                continue;
            }

            ConfigValueAttribute? constant = type.GetCustomAttributes<ConfigValueAttribute>(inherit: true)
                .FirstOrDefault(c => c.Key == key);
            if (constant is null)
            {
                unknown.Add(key);
            }
            else if (!JsonNode.DeepEquals(value, JsonNode.Parse(constant.Value)))
            {
                throw new NotSupportedException(
                    $"{className}: the argument '{key}' can only be {constant.Value} here, but the configuration has "
                        + $"{KerasSerializer.Shorten(value)}."
                );
            }
        }

        if (unknown.Count > 0)
        {
            throw new ArgumentException(
                $"{className} has no argument named {string.Join(", ", unknown.Select(k => $"'{k}'"))}. Known: "
                    + $"{string.Join(", ", members.Select(m => m.Key))}."
            );
        }
    }

    private static object? Argument(ConfigMember member, string className, JsonObject config)
    {
        if (!config.TryGetPropertyValue(member.Key, out JsonNode? node))
        {
            return member.Parameter.HasDefaultValue ? DefaultOf(member.Parameter)
                : FSharpOptions.Is(member.Parameter.ParameterType, out _) ? FSharpOptions.Wrap(null, member.Parameter.ParameterType)
                : throw new ArgumentException($"{className} needs the argument '{member.Key}', but its configuration does not have it.");
        }

        string where = Where(className, member.Key);
        return
            node is null
            && !FSharpOptions.Is(member.Parameter.ParameterType, out _)
            && new NullabilityInfoContext().Create(member.Parameter).WriteState == NullabilityState.NotNull
            ? throw Mismatch(node, member.Parameter.ParameterType, where)
            : Convert(node, member.Parameter.ParameterType, where);
    }

    private static object? DefaultOf(ParameterInfo parameter) =>
        parameter.DefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? Activator.CreateInstance(parameter.ParameterType)
            : parameter.DefaultValue;

    private static object Invoke(Func<object> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    private static object? ReadValue(Func<JsonNode, object?> read, JsonNode node, Type type, string where)
    {
        try
        {
            return read(node);
        }
        catch (ArgumentException e)
        {
            // What a value's own constructor calls its parameters, no configuration knows.
            string reason = e.ParamName is string name
                ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal)
                : e.Message;
            throw new ArgumentException($"{Mismatch(node, type, where).Message} {reason}", e);
        }
    }

    private static string Where(string className, string key) => $"{className}: the argument '{key}'";

    // Keras writes an array that it kept as a tensor as {"class_name": "__tensor__", "config": {"value": [...], "dtype": ...}},
    // and one threshold as a number.
    private static JsonArray ArrayOf(JsonNode node) =>
        node is JsonObject o && (IsClass(o, "__tensor__") || IsClass(o, "__numpy__"))
            ? ArrayOf((o["config"] as JsonObject)?["value"] ?? throw new FormatException())
        : node is JsonValue value && value.TryGetValue(out double number) ? new JsonArray(JsonValue.Create(number))
        : node.AsArray();

    private static object ReadEnum(string name, Type type) =>
        Enum.TryParse(type, name, out object? value) && !char.IsAsciiDigit(name[0]) && value.ToString() == name
            ? value
            : throw new FormatException();

    private static Array ReadArray(JsonArray array, Type element, string where)
    {
        var result = Array.CreateInstance(element, array.Count);
        for (int i = 0; i < array.Count; i++)
        {
            result.SetValue(Convert(array[i], element, Invariant($"{where}[{i}]")), i);
        }

        return result;
    }

    private static ArgumentException Mismatch(JsonNode? node, Type type, string where, Exception? inner = null) =>
        new($"{where} should be {Describe(type)}, but the configuration has {KerasSerializer.Shorten(node)}.", inner);

    private static string Describe(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type).Name switch
        {
            "Int32" or "Int64" => "an integer",
            "Double" or "Single" => "a number",
            "Boolean" => "true or false",
            "String" => "a string",
            var name => $"{(name[0] is 'A' or 'E' or 'I' or 'O' ? "an" : "a")} {name}",
        };
}
