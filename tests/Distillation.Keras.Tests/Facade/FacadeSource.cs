using System.Globalization;
using System.Reflection;
using System.Text;

namespace Distillation.Keras.Tests.Facade;

/// <summary>Writes the source of the facade's modules from the classes, so that nobody copies parameter lists by hand.</summary>
public static class FacadeSource
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(bool)] = "bool",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The file of a module.</summary>
    public static string Write(FacadeModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var text = new StringBuilder();
        text.Append(
            $$"""
            using TorchSharp;

            namespace Distillation.Keras.Facade;

            /// <summary>Keras' <c>{{(module.Name == "schedules" ? "keras.optimizers.schedules" : "keras." + module.Name)}}</c>: methods of the names that Keras has, which only make the objects{{(module.Functions is null ? "" : " and call the functions")}} of this library.</summary>
            /// <remarks>
            /// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
            /// (<c>FacadeSourceTests</c>); edit the classes, not this file.
            /// </remarks>
            public sealed class {{module.ClassName}}
            {
                internal {{module.ClassName}}()
                {
                }

            """);
        if (module.Name == "optimizers")
        {
            text.Append("\n    /// <summary><c>keras.optimizers.schedules</c>.</summary>\n    public SchedulesModule schedules { get; } = new();\n");
        }

        foreach (ConstructorInfo constructor in module.Constructors)
        {
            foreach (string name in module.NamesOf(constructor.DeclaringType!))
            {
                string type = Name(constructor.DeclaringType!);
                Method(text, type, name, constructor, $"{type}.{constructor.DeclaringType!.Name}", "new");
            }
        }

        foreach (MethodInfo function in module.FunctionMethods)
        {
            string call = $"{Name(function.DeclaringType!)}.{function.Name}";
            Method(text, "torch.Tensor", FacadeModule.Snake(function.Name), function, call, call);
        }

        return text.Append("}\n").ToString();
    }

    private static void Method(StringBuilder text, string result, string name, MethodBase source, string cref, string call)
    {
        ParameterInfo[] parameters = source.GetParameters();
        string types = string.Join(", ", parameters.Select(p => Cref(p.ParameterType)));
        text.Append(CultureInfo.InvariantCulture, $"\n    /// <inheritdoc cref=\"{cref}({types})\"/>\n");
        if (source.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "OverloadResolutionPriorityAttribute") is { } priority)
        {
            text.Append(CultureInfo.InvariantCulture, $"    [System.Runtime.CompilerServices.OverloadResolutionPriority({priority.ConstructorArguments[0].Value})]\n");
        }

        string list = string.Join(", ", parameters.Select(Parameter));
        string arguments = string.Join(", ", parameters.Select(p => p.Name));
        if (list.Length < 90)
        {
            text.Append(CultureInfo.InvariantCulture, $"    public {result} {name}({list}) =>\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"    public {result} {name}(\n        {string.Join(",\n        ", parameters.Select(Parameter))}) =>\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"        {call}({arguments});\n");
    }

    private static string Parameter(ParameterInfo parameter)
    {
        NullabilityInfo nullability = new NullabilityInfoContext().Create(parameter);
        bool isParams = parameter.IsDefined(typeof(ParamArrayAttribute), false);
        string text = $"{(isParams ? "params " : "")}{Name(parameter.ParameterType, nullability)} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Value(parameter.DefaultValue, parameter.ParameterType)}" : text;
    }

    private static string Value(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        bool b => b ? "true" : "false",
        string s => "\"" + s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
        double d => d == Math.Floor(d) && Math.Abs(d) < 1e6 ? d.ToString("0.0", CultureInfo.InvariantCulture) : d.ToString("R", CultureInfo.InvariantCulture),
        Enum e => $"{Name(e.GetType())}.{e}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"The facade cannot write the default {value}."),
    };

    private static string Name(Type type, NullabilityInfo nullability)
    {
        string mark = !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability.ElementType!)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        return type.IsGenericType
            ? $"{Plain(type)}<{string.Join(", ", type.GetGenericArguments().Select((a, i) => Name(a, nullability.GenericTypeArguments[i])))}>{mark}"
            : Name(type) + mark;
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        string name = Plain(type);
        if (type.DeclaringType is { } outer)
        {
            return $"{Name(outer)}.{name}";
        }

        return type.Namespace switch
        {
            "Distillation.Keras" or "TorchSharp" => name,
            ['D', ..] space when space.StartsWith("Distillation.Keras.", StringComparison.Ordinal) => $"{space["Distillation.Keras.".Length..]}.{name}",
            "System" or "System.Collections.Generic" => name,
            _ => $"{type.Namespace}.{name}",
        };
    }

    private static string Plain(Type type) => type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name;

    private static string Cref(Type type)
    {
        if (type.IsArray)
        {
            return $"{Cref(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Cref(inner) + "?";
        }

        return type.IsGenericType ? $"{Plain(type)}{{{string.Join(", ", type.GetGenericArguments().Select(Cref))}}}" : Name(type);
    }
}
