using System.Globalization;
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
    /// <param name="whole">The whole serialised object (with <c>build_config</c>), where there is one.</param>
    public static object Create(Type type, string className, JsonObject config, JsonObject? whole = null)
    {
        // Classes whose configuration is more than constructor arguments (models, layers with a Lambda) read it themselves.
        MethodInfo? own = type.GetMethod("FromConfig", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly, [typeof(JsonObject)]);
        if (own is not null)
        {
            return Invoke(() => own.Invoke(null, [config])!);
        }

        ConfigMember[] members = ConfigMember.Of(type);
        RefuseUnknownKeys(type, className, config, members);
        object?[] arguments = Array.ConvertAll(members, m => Argument(m, className, config));
        ConstructorInfo constructor = ConfigMember.Constructor(type);
        object made = Invoke(() => constructor.Invoke(arguments));
        ConfigMember.GiveInherited(
            made,
            members,
            (string?)Convert(config["name"], typeof(string), $"{className}: the argument 'name'"),
            (bool?)Convert(config["trainable"], typeof(bool?), $"{className}: the argument 'trainable'"));
        return made;
    }

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
        try
        {
            return target switch
            {
                _ when typeof(JsonNode).IsAssignableFrom(target) => node.DeepClone(),
                _ when target == typeof(bool) => node.GetValue<bool>(),
                _ when target == typeof(int) => checked((int)Integer(node)),
                _ when target == typeof(long) => Integer(node),
                _ when target == typeof(double) => Real(node),
                _ when target == typeof(string) => node is JsonValue ? node.GetValue<string>() : throw new FormatException(),
                _ when target == typeof(Shape) => ReadShape(node),
                _ when target == typeof(Size) => ReadSize(node),
                _ when target == typeof(DTypePolicy) => ReadPolicy(node),
                _ when ConfigScalars.TryRead(node, target, out object? scalar) => scalar,
                _ when target == typeof(float) => (float)Real(node),
                _ when target == typeof(byte) || target == typeof(sbyte) || target == typeof(short) || target == typeof(ushort) || target == typeof(uint) =>
                    System.Convert.ChangeType(Integer(node), target, CultureInfo.InvariantCulture),
                _ when target.IsEnum => ReadEnum(node.GetValue<string>(), target),
                _ when target.IsSZArray => ReadArray(ArrayOf(node), target.GetElementType()!, where),
                _ when ConfigLists.ElementOf(target) is Type element => ConfigLists.Make(ReadArray(ArrayOf(node), element, where), target),
                _ when typeof(KerasObject).IsAssignableFrom(target) && node is JsonObject => KerasSerializer.Deserialize(node, target),
                _ when typeof(KerasObject).IsAssignableFrom(target) && node is JsonValue => KerasClasses.FromIdentifier(node.GetValue<string>(), target),
                _ => throw new FormatException(),
            };
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException or InvalidCastException)
        {
            throw Mismatch(node, type, where, e);
        }
    }

    /// <summary>A configuration's value as a string.</summary>
    public static string Text(JsonNode? node, string where) => (string?)Convert(node, typeof(string), where) ?? throw Mismatch(node, typeof(string), where);

    /// <summary>Whether a serialised object says that it is of that class.</summary>
    public static bool IsClass(JsonObject node, string className) => node["class_name"] is JsonValue name && name.TryGetValue(out string? found) && found == className;

    /// <summary>Refuses keys that a class with a configuration of its own does not know.</summary>
    public static void RefuseUnknownKeys(string className, JsonObject config, IReadOnlyList<string> known)
    {
        string[] unknown = [.. config.Select(p => p.Key).Where(k => !known.Contains(k)).Select(k => $"'{k}'")];
        if (unknown.Length > 0)
        {
            throw new ArgumentException($"{className} has no argument named {string.Join(", ", unknown)}. Known: {string.Join(", ", known)}.");
        }
    }

    private static void RefuseUnknownKeys(Type type, string className, JsonObject config, ConfigMember[] members)
    {
        var unknown = new List<string>();
        foreach ((string key, JsonNode? value) in config)
        {
            if (Array.Exists(members, m => m.Key == key) || ConfigMember.IsInherited(type, key))
            {
                continue;
            }

            ConfigValueAttribute? constant = type.GetCustomAttributes<ConfigValueAttribute>(inherit: true).FirstOrDefault(c => c.Key == key);
            if (constant is null)
            {
                unknown.Add(key);
            }
            else if (!JsonNode.DeepEquals(value, JsonNode.Parse(constant.Value)))
            {
                throw new NotSupportedException($"{className}: the argument '{key}' can only be {constant.Value} here, but the configuration has {KerasSerializer.Shorten(value)}.");
            }
        }

        if (unknown.Count > 0)
        {
            throw new ArgumentException(
                $"{className} has no argument named {string.Join(", ", unknown.Select(k => $"'{k}'"))}. Known: {string.Join(", ", members.Select(m => m.Key))}.");
        }
    }

    private static object? Argument(ConfigMember member, string className, JsonObject config)
    {
        if (!config.TryGetPropertyValue(member.Key, out JsonNode? node))
        {
            return member.Parameter.HasDefaultValue
                ? DefaultOf(member.Parameter)
                : FSharpOptions.Is(member.Parameter.ParameterType, out _) ? FSharpOptions.Wrap(null, member.Parameter.ParameterType)
                : throw new ArgumentException($"{className} needs the argument '{member.Key}', but its configuration does not have it.");
        }

        string where = $"{className}: the argument '{member.Key}'";
        return node is null && !FSharpOptions.Is(member.Parameter.ParameterType, out _) && new NullabilityInfoContext().Create(member.Parameter).WriteState == NullabilityState.NotNull
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

    private static long Integer(JsonNode node)
    {
        JsonValue value = node.AsValue();
        if (value.TryGetValue(out long l))
        {
            return l;
        }

        if (value.TryGetValue(out int i))
        {
            return i;
        }

        double d = value.GetValue<double>();
        return d == Math.Floor(d) ? checked((long)d) : throw new FormatException();
    }

    private static double Real(JsonNode node)
    {
        JsonValue value = node.AsValue();
        return value.TryGetValue(out double d) ? d : value.TryGetValue(out long l) ? l : value.GetValue<int>();
    }

    private static Shape ReadShape(JsonNode node) =>
        node is JsonArray array ? new Shape(array.Select(n => n is null ? null : (int?)Integer(n))) : new Shape(checked((int)Integer(node)));

    private static Size ReadSize(JsonNode node) =>
        node is JsonArray array ? new Size([.. array.Select(n => checked((int)Integer(n ?? throw new FormatException())))]) : new Size(checked((int)Integer(node)));

    private static DTypePolicy ReadPolicy(JsonNode node) =>
        node is JsonObject ? KerasSerializer.Deserialize<DTypePolicy>(node) : new DTypePolicy(node.GetValue<string>());

    // Keras writes an array that it kept as a tensor as {"class_name": "__tensor__", "config": {"value": [...], "dtype": ...}},
    // and one threshold as a number.
    private static JsonArray ArrayOf(JsonNode node) =>
        node is JsonObject o && (IsClass(o, "__tensor__") || IsClass(o, "__numpy__"))
            ? ArrayOf((o["config"] as JsonObject)?["value"] ?? throw new FormatException())
            : node is JsonValue value && value.TryGetValue(out double number) ? new JsonArray(JsonValue.Create(number)) : node.AsArray();

    private static object ReadEnum(string name, Type type) =>
        Enum.TryParse(type, name, out object? value) && !char.IsAsciiDigit(name[0]) && value.ToString() == name ? value : throw new FormatException();

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

    private static string Describe(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name switch
    {
        "Int32" or "Int64" => "an integer",
        "Double" => "a number",
        "Boolean" => "true or false",
        "String" => "a string",
        var name => $"a {name}",
    };
}
