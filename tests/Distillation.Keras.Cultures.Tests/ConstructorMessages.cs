using System.Reflection;

namespace Distillation.Keras.Cultures.Tests;

/// <summary>
/// What the constructors of the library say to numbers out of range: one argument at a time, the others as they are by default.
/// </summary>
internal static class ConstructorMessages
{
    private static readonly double[] Wrong = [-0.5, -3, 1234567.75];

    public static IEnumerable<string> All() =>
        from type in typeof(Model)
            .Assembly.GetExportedTypes()
            .Concat(typeof(Distiller).Assembly.GetExportedTypes())
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
        where !type.IsAbstract && !type.IsGenericTypeDefinition && !type.IsEnum && !type.IsSubclassOf(typeof(Delegate))
        from constructor in type.GetConstructors()
        let parameters = constructor.GetParameters()
        from parameter in parameters
        let kind = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType
        where kind == typeof(double) || kind == typeof(int) || kind == typeof(long)
        from value in Wrong
        let arguments = parameters
            .Select(p => p == parameter ? Convert.ChangeType(kind == typeof(double) ? value : Math.Floor(value), kind, null) : Default(p))
            .ToArray()
        select $"{type.Name}({parameter.Name}): {Outcome(() => constructor.Invoke(arguments))}";

    /// <summary>An object of the type, from the first constructor that can be called with defaults.</summary>
    public static object Make(Type type) => type.GetConstructors().Select(c => c.Invoke([.. c.GetParameters().Select(Default)])).First();

    /// <summary>The name of what is made, or what the refusal says.</summary>
    public static string Outcome(Func<object> make)
    {
        string text;
        try
        {
            object made = make();
            text = $"{made.GetType().GetProperty("Name")?.GetValue(made)} {made}";
        }
        catch (TargetInvocationException e)
        {
            text = $"{e.InnerException!.GetType().Name}: {e.InnerException.Message}";
        }
        catch (Exception e) when (e is not (OutOfMemoryException or AssertionException))
        {
            text = $"{e.GetType().Name}: {e.Message}";
        }

        return text;
    }

    private static object? Default(ParameterInfo parameter)
    {
        if (parameter.HasDefaultValue)
        {
            return parameter.ParameterType.IsValueType && parameter.DefaultValue is null
                ? Activator.CreateInstance(parameter.ParameterType)
                : parameter.DefaultValue;
        }

        Type type = parameter.ParameterType;
        return type == typeof(int) ? 2
            : type == typeof(long) ? 2L
            : type == typeof(double) ? 0.5
            : type == typeof(string) ? "relu"
            : type.IsValueType ? Activator.CreateInstance(type)
            : type.GetMethods()
                .FirstOrDefault(m => m.Name == "op_Implicit" && m.ReturnType == type && m.GetParameters()[0].ParameterType == typeof(int))
                ?.Invoke(null, [2]);
    }
}
