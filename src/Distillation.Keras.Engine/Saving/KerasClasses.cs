using System.Reflection;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Saving;

/// <summary>The classes that configurations may name: those of the library's assemblies, and those of users.</summary>
internal static class KerasClasses
{
    private static readonly ClassTable Table = new();

    static KerasClasses() => Register(typeof(KerasClasses).Assembly);

    /// <summary>Adds the classes of one of the library's assemblies.</summary>
    /// <exception cref="InvalidOperationException">One has the name of another class.</exception>
    public static void Register(Assembly assembly) => Table.AddLibrary(assembly.GetTypes().Where(ClassTable.IsConfigurable));

    /// <summary>Adds a class of a user, under its own name and its identifiers.</summary>
    /// <exception cref="ArgumentException">It cannot be made from a configuration, or another class has one of its names.</exception>
    public static void Register(Type type, bool replace = false) => Table.Add(type, replace);

    /// <summary>The class of that name, of the expected kind.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static Type Find(string className, Type expected) =>
        Table.Class(className, expected)
        ?? throw new NotSupportedException(
            expected == typeof(KerasObject)
                ? $"A class is found within its kind, as a loss and a metric may have one name, but '{className}' was asked for as a "
                    + "KerasObject. Name the kind: Layer, Loss, Metric, Optimizer, ..."
                : $"There is no {ClassTable.KindOf(expected).Name} class named "
                    + $"'{className}'.{Nearest.Sentence(className, Table.Names(expected, identifiers: false))} A class of your own is "
                    + "made known with KerasSerializer.Register<T>()."
        );

    /// <summary>Whether there is a class of that name, of the expected kind.</summary>
    public static bool Contains(string className, Type expected) => Table.Class(className, expected) is not null;

    /// <summary>Whether a string is known, as a class name or an identifier of the expected kind.</summary>
    public static bool ContainsIdentifier(string identifier, Type expected) => Table.Identified(identifier, expected) is not null;

    /// <summary>An object made with default arguments from one of Keras' strings.</summary>
    /// <exception cref="ArgumentException">The string is not known.</exception>
    public static KerasObject FromIdentifier(string identifier, Type expected)
    {
        Type type =
            Table.Identified(identifier, expected)
            ?? throw new ArgumentException(
                $"There is no {ClassTable.KindOf(expected).Name} named "
                    + $"'{identifier}'.{Nearest.Sentence(identifier, Table.Names(expected, identifiers: true))}",
                nameof(identifier)
            );
        return (KerasObject)ConfigReader.Create(type, type.Name, []);
    }
}
