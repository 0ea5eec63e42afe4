using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Distillation.Keras.Saving;

/// <summary>A constructor parameter that is a configuration's key, and the property that keeps its value.</summary>
internal sealed record ConfigMember(ParameterInfo Parameter, PropertyInfo Property)
{
    private static readonly ConcurrentDictionary<Type, ConfigMember[]> Known = new();

    /// <summary>Keras' key: the parameter's name.</summary>
    public string Key => Parameter.Name!;

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
