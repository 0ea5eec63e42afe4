using System.Collections.Concurrent;
using System.Reflection;

namespace Distillation.Keras.Backend;

/// <summary>The values of the fields that an object's own class and its bases declare, to be put back.</summary>
/// <remarks>
/// A layer keeps what it makes of an input's shape in fields of its own, and may ask them later whether it was made for another one.
/// </remarks>
internal static class FieldValues
{
    private static readonly ConcurrentDictionary<(Type Type, Type Root), FieldInfo[]> Known = new();

    /// <summary>What puts the values of now back.</summary>
    /// <param name="target">The object.</param>
    /// <param name="root">The base class whose own fields are left alone.</param>
    public static Action Remember(object target, Type root)
    {
        FieldInfo[] fields = Known.GetOrAdd((target.GetType(), root), static key => [.. Of(key.Type, key.Root)]);
        object?[] values = Array.ConvertAll(fields, f => f.GetValue(target));
        return () =>
        {
            for (int i = 0; i < fields.Length; i++)
            {
                fields[i].SetValue(target, values[i]);
            }
        };
    }

    private static IEnumerable<FieldInfo> Of(Type type, Type root)
    {
        for (Type? level = type; level is not null && level != root; level = level.BaseType)
        {
            foreach (
                FieldInfo field in level.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                if (!field.IsInitOnly)
                {
                    yield return field;
                }
            }
        }
    }
}
