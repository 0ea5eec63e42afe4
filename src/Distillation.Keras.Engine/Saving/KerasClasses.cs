using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Saving;

/// <summary>
/// Which classes there are, by kind and name. A kind is the class right under <see cref="KerasObject"/>, or under what it is given as (<see cref="LossSpec"/>,
/// <see cref="LearningRate"/>).
/// </summary>
internal static class KerasClasses
{
    private static readonly ConcurrentDictionary<(Type Kind, string Name), Type> Classes = new();
    private static readonly ConcurrentDictionary<(Type Kind, string Name), Type> Strings = new();

    static KerasClasses() => Register(typeof(KerasClasses).Assembly);

    /// <summary>Adds the classes of an assembly.</summary>
    public static void Register(Assembly assembly)
    {
        // A class without a public constructor is no configurable one: it stands for something that is made by other means.
        foreach (Type type in assembly.GetTypes().Where(t => !t.IsAbstract && typeof(KerasObject).IsAssignableFrom(t) && t.GetConstructors().Length > 0))
        {
            Register(type);
        }
    }

    /// <summary>Adds one class, under its own name and its identifiers.</summary>
    public static void Register(Type type)
    {
        Type kind = KindOf(type);
        string name = type.GetCustomAttribute<KerasNameAttribute>()?.Name ?? type.Name;
        Classes[(kind, name)] = type;
        Strings[(kind, name)] = type;
        foreach (string identifier in type.GetCustomAttribute<IdentifiersAttribute>()?.Names ?? [Naming.ToSnakeCase(name)])
        {
            Strings[(kind, identifier)] = type;
        }
    }

    /// <summary>The class of that name, of the expected kind.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static Type Find(string className, Type expected)
    {
        Type kind = KindOf(expected);
        return Classes.TryGetValue((kind, className), out Type? type)
            ? type
            : throw new NotSupportedException(
                $"There is no {kind.Name} class named '{className}'. Known: {string.Join(", ", NamesOf(kind, Classes))}. A class of your own is made known with KerasSerializer.Register<T>().");
    }

    /// <summary>Whether there is a class of that name, of the expected kind.</summary>
    public static bool Contains(string className, Type expected) => Classes.ContainsKey((KindOf(expected), className));

    /// <summary>Whether a string is known, as a class name or an identifier of the expected kind.</summary>
    public static bool ContainsIdentifier(string identifier, Type expected) => Strings.ContainsKey((KindOf(expected), identifier));

    /// <summary>An object made with default arguments from one of Keras' strings.</summary>
    /// <exception cref="ArgumentException">The string is not known.</exception>
    public static KerasObject FromIdentifier(string identifier, Type expected)
    {
        Type kind = KindOf(expected);
        if (!Strings.TryGetValue((kind, identifier), out Type? type))
        {
            throw new ArgumentException(
                $"There is no {kind.Name} named '{identifier}'. Known: {string.Join(", ", NamesOf(kind, Strings))}.", nameof(identifier));
        }

        return (KerasObject)ConfigReader.Create(type, type.Name, new JsonObject());
    }

    private static IEnumerable<string> NamesOf(Type kind, ConcurrentDictionary<(Type Kind, string Name), Type> table) =>
        table.Keys.Where(k => k.Kind == kind).Select(k => k.Name).Order(StringComparer.OrdinalIgnoreCase).ThenBy(n => n, StringComparer.Ordinal);

    private static Type KindOf(Type type)
    {
        Type kind = type;
        while (kind.BaseType is Type parent && parent != typeof(KerasObject) && parent != typeof(LossSpec) && parent != typeof(LearningRate))
        {
            kind = parent;
        }

        return kind;
    }
}
