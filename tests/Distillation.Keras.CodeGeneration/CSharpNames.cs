using System.Globalization;
using System.Reflection;

namespace Distillation.Keras.CodeGeneration;

/// <summary>Types, parameters and default values as they are written in C# within the namespace <c>Distillation.Keras</c>.</summary>
internal sealed class CSharpNames
{
    private const string Own = "Distillation.Keras";

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(bool)] = "bool",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    private static readonly string[] Implicit = ["System", "System.Collections.Generic", "System.Threading"];

    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>The namespaces that the names need, those of .NET first.</summary>
    public SortedSet<string> Usings { get; } =
        new(
            Comparer<string>.Create(
                (a, b) =>
                    (IsSystem(a), IsSystem(b)) switch
                    {
                        (true, false) => -1,
                        (false, true) => 1,
                        _ => string.CompareOrdinal(a, b),
                    }
            )
        );

    /// <summary>The name of a type; one in a namespace below <c>Distillation.Keras</c> is given by that and its name.</summary>
    public string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        string name = Plain(type);
        if (type.IsGenericParameter)
        {
            return name;
        }

        if (type.DeclaringType is { } outer)
        {
            return $"{Of(outer)}.{name}";
        }

        string space = type.Namespace ?? string.Empty;
        if (space.StartsWith(Own + ".", StringComparison.Ordinal))
        {
            return $"{space[(Own.Length + 1)..]}.{name}";
        }

        if (space != Own && !Implicit.Contains(space))
        {
            Usings.Add(space);
        }

        return name;
    }

    /// <summary>The type of a parameter, or of what is returned, with its question marks.</summary>
    public string Of(ParameterInfo parameter) => Of(parameter.ParameterType, _nullability.Create(parameter));

    /// <summary>A parameter, with its default.</summary>
    public string Parameter(ParameterInfo parameter)
    {
        bool isParams = parameter.CustomAttributes.Any(a => a.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute");
        string text = $"{(isParams ? "params " : "")}{Of(parameter)} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Value(parameter.DefaultValue, parameter.ParameterType)}" : text;
    }

    /// <summary>A type within a <c>cref</c>.</summary>
    public string Cref(Type type)
    {
        if (type.IsArray)
        {
            return $"{Cref(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Cref(inner) + "?";
        }

        return type.IsGenericType ? $"{Of(type)}{{{string.Join(", ", type.GetGenericArguments().Select(Cref))}}}" : Of(type);
    }

    private static bool IsSystem(string space) => space == "System" || space.StartsWith("System.", StringComparison.Ordinal);

    private static string Plain(Type type) =>
        type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name;

    private string Of(Type type, NullabilityInfo nullability)
    {
        string mark = !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability.ElementType!)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner) + "?";
        }

        return type.IsGenericType
            ? $"{Of(type)}<{string.Join(", ", type.GetGenericArguments().Select((a, i) => Of(a, nullability.GenericTypeArguments[i])))}>"
                + $"{mark}"
            : Of(type) + mark;
    }

    private string Value(object? value, Type type) =>
        value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            bool b => b ? "true" : "false",
            string s => "\"" + s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
            double d => d == Math.Floor(d) && Math.Abs(d) < 1e6
                ? d.ToString("0.0", CultureInfo.InvariantCulture)
                : d.ToString("R", CultureInfo.InvariantCulture),
            Enum e => $"{Of(e.GetType())}.{e}",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"The facade cannot write the default {value}."),
        };
}
