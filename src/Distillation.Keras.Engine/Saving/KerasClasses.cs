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
    private static readonly HashSet<Assembly> Libraries = [];
    private static readonly object Gate = new();

    static KerasClasses() => Register(typeof(KerasClasses).Assembly);

    /// <summary>Adds the classes of one of the library's assemblies, whose names nobody takes over.</summary>
    public static void Register(Assembly assembly)
    {
        lock (Gate)
        {
            Libraries.Add(assembly);

            // A class without a public constructor is no configurable one: it stands for something that is made by other means.
            foreach (Type type in assembly.GetTypes().Where(t => !t.IsAbstract && typeof(KerasObject).IsAssignableFrom(t) && t.GetConstructors().Length > 0))
            {
                Add(type);
            }
        }
    }

    /// <summary>Adds one class, under its own name and its identifiers.</summary>
    /// <exception cref="ArgumentException">It cannot be made from a configuration, or another class has one of its names.</exception>
    public static void Register(Type type)
    {
        if (type.IsAbstract || type.GetConstructors().Length == 0)
        {
            throw new ArgumentException($"A class is made known so that configurations make objects of it, but {type.Name} {(type.IsAbstract ? "is abstract" : "has no public constructor")}.");
        }

        lock (Gate)
        {
            Type kind = KindOf(type);
            foreach (string name in NamesOf(type))
            {
                if (Strings.TryGetValue((kind, name), out Type? taken) && !MayReplace(taken, type))
                {
                    throw new ArgumentException(
                        $"{type.FullName} cannot be made known as the {kind.Name} '{name}': that is {taken.FullName}{(Libraries.Contains(taken.Assembly) ? ", a class of the library" : string.Empty)}. "
                        + "Configurations would no longer find it. Give the class another name, or other names in its [Identifiers].");
                }
            }

            Add(type);
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
                $"There is no {kind.Name} class named '{className}'.{Nearest.Sentence(className, NamesOf(kind, Classes))} A class of your own is made known with KerasSerializer.Register<T>().");
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
                $"There is no {kind.Name} named '{identifier}'.{Nearest.Sentence(identifier, NamesOf(kind, Strings))}", nameof(identifier));
        }

        return (KerasObject)ConfigReader.Create(type, type.Name, new JsonObject());
    }

    private static IEnumerable<string> NamesOf(Type kind, ConcurrentDictionary<(Type Kind, string Name), Type> table) =>
        table.Keys.Where(k => k.Kind == kind).Select(k => k.Name);

    private static IEnumerable<string> NamesOf(Type type)
    {
        string name = NameOf(type);
        return [name, .. type.GetCustomAttribute<IdentifiersAttribute>()?.Names ?? [Naming.ToSnakeCase(name)]];
    }

    private static string NameOf(Type type) => type.GetCustomAttribute<KerasNameAttribute>()?.Name ?? type.Name;

    // The same class, or the same one compiled again, as in an interactive session.
    private static bool MayReplace(Type taken, Type type) => taken == type || (!Libraries.Contains(taken.Assembly) && taken.FullName == type.FullName);

    private static void Add(Type type)
    {
        Type kind = KindOf(type);
        Classes[(kind, NameOf(type))] = type;
        foreach (string name in NamesOf(type))
        {
            Strings[(kind, name)] = type;
        }
    }

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
