using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Distillation.Keras.Saving;

/// <summary>
/// Arguments that F# may leave out: <c>type Scale(?factor: double)</c> has a parameter of type <c>double option</c> (or <c>voption</c>),
/// and usually a property of the type
/// <c>double</c>. The engine does not refer to F#'s library, so that its types are known by their names.
/// </summary>
internal static class FSharpOptions
{
    /// <summary>Whether a type is one of F#'s options, and of what.</summary>
    public static bool Is(Type type, [NotNullWhen(true)] out Type? inner)
    {
        inner =
            type.IsGenericType
            && type.GetGenericTypeDefinition().FullName
                is "Microsoft.FSharp.Core.FSharpOption`1"
                    or "Microsoft.FSharp.Core.FSharpValueOption`1"
                ? type.GetGenericArguments()[0]
                : null;
        return inner is not null;
    }

    /// <summary>
    /// A value as an argument of that type: in <c>Some</c>, where the parameter is an option and the value is not; <c>None</c> for
    /// <see langword="null"/>.
    /// </summary>
    public static object? Wrap(object? value, Type parameter)
    {
        if (!Is(parameter, out _) || parameter.IsInstanceOfType(value))
        {
            return value;
        }

        return value is null
            ? parameter.IsValueType
                ? Activator.CreateInstance(parameter)
                : null
            : parameter.GetMethod("Some", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [value]);
    }

    /// <summary>What is in an option, <see langword="null"/> for <c>None</c>; other values as they are.</summary>
    public static object? Unwrap(object? value) =>
        value is null || !Is(value.GetType(), out _) ? value
        : value.GetType() is { IsValueType: true } type && (bool)type.GetProperty("IsNone")!.GetValue(value)! ? null
        : value.GetType().GetProperty("Value")!.GetValue(value);
}
