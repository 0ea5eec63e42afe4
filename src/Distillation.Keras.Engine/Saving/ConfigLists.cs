using System.Reflection;

namespace Distillation.Keras.Saving;

/// <summary>
/// Lists as arguments of a user's own classes: <c>IReadOnlyList&lt;double&gt;</c>, <c>List&lt;string&gt;</c>, F#'s <c>float list</c>.
/// </summary>
/// <remarks>The engine does not refer to F#'s library, so that its list is known by its name.</remarks>
internal static class ConfigLists
{
    private const string FSharpList = "Microsoft.FSharp.Collections.FSharpList`1";

    /// <summary>What a list holds; <see langword="null"/> where the type is no list that can be made.</summary>
    public static Type? ElementOf(Type type)
    {
        if (!type.IsGenericType || type.GetGenericArguments() is not [Type element])
        {
            return null;
        }

        return
            type.GetGenericTypeDefinition().FullName == FSharpList
            || type.IsAssignableFrom(element.MakeArrayType())
            || type.IsAssignableFrom(typeof(List<>).MakeGenericType(element))
            ? element
            : null;
    }

    /// <summary>A list of that type, of which <see cref="ElementOf"/> knows what it holds.</summary>
    public static object Make(Array items, Type type)
    {
        Type element = type.GetGenericArguments()[0];
        return type.IsInstanceOfType(items) ? items
            : type.GetGenericTypeDefinition().FullName == FSharpList
                ? type
                    .Assembly.GetType("Microsoft.FSharp.Collections.ListModule")!
                    .GetMethod("OfArray", BindingFlags.Public | BindingFlags.Static)!
                    .MakeGenericMethod(element)
                    .Invoke(null, [items])!
            : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), items)!;
    }
}
