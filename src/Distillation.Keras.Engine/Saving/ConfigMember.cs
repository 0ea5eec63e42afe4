using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Saving;

/// <summary>A constructor parameter that is a configuration's key, and the property that keeps its value.</summary>
internal sealed record ConfigMember(ParameterInfo Parameter, PropertyInfo Property)
{
    private const string Name = "name";
    private const string Trainable = "trainable";

    private static readonly ConcurrentDictionary<Type, ConfigMember[]> Known = new();

    /// <summary>Keras' key: the parameter's name.</summary>
    public string Key => Parameter.Name!;

    /// <summary>A key of a configuration that its constructor does not take.</summary>
    public sealed record Inherited(string Key, object? Value);

    /// <summary>What an object has beside its constructor's arguments: a name, and a layer's flag.</summary>
    public static IEnumerable<Inherited> InheritedBy(KerasObject value, ConfigMember[] members)
    {
        if (value is INamed named && !members.Any(m => m.Key == Name))
        {
            yield return new Inherited(Name, named.Name);
        }

        if (value is Layer layer && !members.Any(m => m.Key == Trainable))
        {
            yield return new Inherited(Trainable, layer.Trainable);
        }
    }

    /// <summary>Gives an object what its constructor did not take.</summary>
    /// <param name="value">The object, just made.</param>
    /// <param name="members">Its constructor's arguments.</param>
    /// <param name="name">Its name, or <see langword="null"/> for the one it has.</param>
    /// <param name="trainable">A layer's flag, or <see langword="null"/> for the one it has.</param>
    public static void GiveInherited(object value, ConfigMember[] members, string? name, bool? trainable)
    {
        if (value is INamed named && name is not null && !members.Any(m => m.Key == Name))
        {
            named.Rename(name);
        }

        if (value is Layer layer && trainable is bool flag && !members.Any(m => m.Key == Trainable))
        {
            // What was an argument has a flag of its own; only a frozen layer freezes all that is in it.
            if (flag)
            {
                layer.SetOwnTrainable(true);
            }
            else
            {
                layer.Trainable = false;
            }
        }
    }

    /// <summary>Whether a key may be in a configuration although the constructor does not take it.</summary>
    public static bool IsInherited(Type type, string key) =>
        (key == Name && typeof(INamed).IsAssignableFrom(type)) || (key == Trainable && typeof(Layer).IsAssignableFrom(type));

    /// <summary>The members of a class, in the order of its constructor.</summary>
    /// <exception cref="InvalidOperationException">A parameter has no property: the class could not be written down.</exception>
    public static ConfigMember[] Of(Type type) => Known.GetOrAdd(type, static t =>
    {
        ConstructorInfo constructor = Constructor(t);
        return Array.ConvertAll(constructor.GetParameters(), p =>
        {
            string name = PascalCase(p.Name!);

            // C# does not let a property have its class's name (the activation of Activation), so such a value is kept in Function.
            PropertyInfo? property = PropertyOf(t, name) ?? (name == t.Name ? PropertyOf(t, "Function") : null);
            if (property?.GetCustomAttribute<ConfigSourceAttribute>() is ConfigSourceAttribute source && !p.ParameterType.IsAssignableFrom(property.PropertyType))
            {
                property = PropertyOf(t, source.Property);
            }

            return property is not null
                ? new ConfigMember(p, property)
                : throw new InvalidOperationException($"{t.Name} has no property {PascalCase(p.Name!)} that keeps its argument '{p.Name}'.");
        });
    });

    /// <summary>The constructor that takes the whole configuration: the one with the most parameters.</summary>
    public static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors(BindingFlags.Instance | BindingFlags.Public).MaxBy(c => c.GetParameters().Length)
        ?? throw new InvalidOperationException($"{type.Name} has no public constructor.");

    /// <summary><c>kernel_size</c> becomes <c>KernelSize</c>.</summary>
    public static string PascalCase(string name)
    {
        var text = new StringBuilder(name.Length);
        bool upper = true;
        foreach (char c in name)
        {
            if (c == '_')
            {
                upper = true;
                continue;
            }

            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return text.ToString();
    }

    // Case is ignored for names such as dtype, which is kept in DType.
    private static PropertyInfo? PropertyOf(Type type, string name) =>
        type.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        ?? type.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.IgnoreCase);
}
