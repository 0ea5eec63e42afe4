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

    /// <summary>Whether it is an integer in Python where it has no fraction.</summary>
    public bool IsWholeNumber { get; } = Property.IsDefined(typeof(WholeNumberAttribute));

    /// <summary>The members of a class, in the order of its constructor.</summary>
    /// <exception cref="InvalidOperationException">
    /// A parameter has no property, so that the class could not be written down, or it is not said which constructor it is.
    /// </exception>
    public static ConfigMember[] Of(Type type) =>
        Known.GetOrAdd(
            type,
            static t => Array.ConvertAll(ConfigConstructors.Of(t).GetParameters(), p => new ConfigMember(p, PropertyFor(t, p)))
        );

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

    private static PropertyInfo PropertyFor(Type type, ParameterInfo parameter)
    {
        string name = PascalCase(parameter.Name!);

        // C# does not let a property have its class's name (the activation of Activation), so such a value is kept in Function.
        PropertyInfo? property = PropertyOf(type, name) ?? (name == type.Name ? PropertyOf(type, "Function") : null);
        if (
            property?.GetCustomAttribute<ConfigSourceAttribute>() is ConfigSourceAttribute source
            && !parameter.ParameterType.IsAssignableFrom(property.PropertyType)
        )
        {
            property = PropertyOf(type, source.Property);
        }

        return property
            ?? throw new InvalidOperationException($"{type.Name} has no property {name} that keeps its argument '{parameter.Name}'.");
    }

    // Case is ignored for names such as dtype, which is kept in DType.
    private static PropertyInfo? PropertyOf(Type type, string name) =>
        type.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        ?? type.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.IgnoreCase);
}
