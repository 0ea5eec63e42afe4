using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>Calls what a type brings as <see cref="IConfigValue{TSelf}"/>, where only the type is known at run time. Thread-safe.</summary>
internal static class ConfigValues
{
    private static readonly ConcurrentDictionary<Type, Func<JsonNode, object?>?> Readers = new();
    private static readonly ConcurrentDictionary<Type, Func<object, JsonNode?>?> Writers = new();

    /// <summary>Whether objects of that type are such values.</summary>
    public static bool Are(Type type) => WriterOf(type) is not null;

    /// <summary>What reads a parameter of that type; <see langword="null"/> where the type does not say.</summary>
    /// <remarks>The reader throws an <see cref="ArgumentException"/> with the type's own words where the JSON is no such value.</remarks>
    public static Func<JsonNode, object?>? ReaderOf(Type type) =>
        Readers.GetOrAdd(type, static t => Implements(t, t) ? Call<Func<JsonNode, object?>>(nameof(Read), t) : null);

    /// <summary>What writes an object of that type; <see langword="null"/> where the type does not say.</summary>
    public static Func<object, JsonNode?>? WriterOf(Type type) =>
        Writers.GetOrAdd(
            type,
            static t =>
            {
                Type? self = t;
                while (self is not null && !Implements(t, self))
                {
                    self = self.BaseType;
                }

                return self is null ? null : Call<Func<object, JsonNode?>>(nameof(Write), self);
            }
        );

    // A type argument that breaks the interface's constraint cannot be asked for, so that the interfaces are looked through.
    private static bool Implements(Type type, Type self) =>
        Array.Exists(
            type.GetInterfaces(),
            i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConfigValue<>) && i.GetGenericArguments()[0] == self
        );

    private static TDelegate Call<TDelegate>(string method, Type type)
        where TDelegate : Delegate =>
        typeof(ConfigValues)
            .GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type)
            .CreateDelegate<TDelegate>();

    private static object? Read<T>(JsonNode node)
        where T : IConfigValue<T>
    {
        try
        {
            return T.FromJson(node) ?? throw new InvalidOperationException($"{typeof(T).Name}.FromJson gave null.");
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or InvalidOperationException
                        or OverflowException
                        or InvalidCastException
                        or JsonException
                        or NullReferenceException
                        or KeyNotFoundException
                        or IndexOutOfRangeException
            )
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private static JsonNode? Write<T>(object value)
        where T : IConfigValue<T>
    {
        JsonNode node =
            ((T)value).ToJson()
            ?? throw new InvalidOperationException(
                $"{value.GetType().Name}.ToJson gave null. It gives a number, a string, a list or an object."
            );
        return node.Parent is null ? node : node.DeepClone();
    }
}
