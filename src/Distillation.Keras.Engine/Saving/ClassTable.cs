using System.Reflection;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Saving;

/// <summary>
/// Classes by kind and name, each name that of one class. A kind is the class right under <see cref="KerasObject"/>, or under one that
/// stands for several kinds (<see cref="ConfigUnionAttribute"/>).
/// </summary>
/// <remarks>Thread-safe: what is added makes a new table, and who reads sees the old one or the new one.</remarks>
internal sealed class ClassTable
{
    private readonly object _gate = new();
    private volatile Dictionary<(Type Kind, string Name), Entry> _entries = [];

    private sealed record Entry(Type Type, bool IsLibrary)
    {
        public string Owner => $"{Type.FullName}{(IsLibrary ? ", a class of the library" : string.Empty)}";
    }

    /// <summary>
    /// Whether a class is made from configurations at all. One that has neither a public constructor nor a marked one is made by other
    /// means.
    /// </summary>
    public static bool IsConfigurable(Type type) =>
        !type.IsAbstract
        && typeof(KerasObject).IsAssignableFrom(type)
        && (type.GetConstructors().Length > 0 || ConfigConstructors.TryFind(type, out _, out _));

    /// <summary>Adds classes of the library, whose names nobody takes over: all or, where two have one name, none.</summary>
    /// <exception cref="InvalidOperationException">
    /// Two classes of one kind have one name, which may differ in the case of its letters; or it is not said which constructor one is read
    /// by.
    /// </exception>
    public void AddLibrary(IEnumerable<Type> types)
    {
        lock (_gate)
        {
            var entries = new Dictionary<(Type Kind, string Name), Entry>(_entries);
            ILookup<(Type Kind, string Name), Entry> folded = Folded(entries);
            var added = new Dictionary<(Type Kind, string Name), Type>();
            foreach (Type type in types)
            {
                if (ProblemOf(type) is string problem)
                {
                    throw new InvalidOperationException(problem);
                }

                Type kind = KindOf(type);
                foreach (string name in NamesOf(type))
                {
                    Type? taken = added.GetValueOrDefault((kind, Fold(name))) ?? folded[(kind, Fold(name))].FirstOrDefault()?.Type;
                    if (taken is not null && taken != type)
                    {
                        throw new InvalidOperationException(
                            $"Two classes are the {kind.Name} '{name}': {taken.FullName} ({taken.Assembly.GetName().Name}) and "
                                + $"{type.FullName} ({type.Assembly.GetName().Name}), a class of the library. "
                                + "Configurations would find one of them only. Give the other one another name."
                        );
                    }

                    added[(kind, Fold(name))] = type;
                    entries[(kind, name)] = new Entry(type, IsLibrary: true);
                }
            }

            _entries = entries;
        }
    }

    /// <summary>Adds a class of a user.</summary>
    /// <param name="type">The class.</param>
    /// <param name="replace">Whether other classes of users that have one of its names are forgotten.</param>
    /// <exception cref="ArgumentException">It cannot be made from a configuration, or another class has one of its names.</exception>
    public void Add(Type type, bool replace)
    {
        if (ProblemOf(type) is string problem)
        {
            throw new ArgumentException($"A class is made known so that configurations make objects of it, but {problem}");
        }

        lock (_gate)
        {
            Type kind = KindOf(type);
            string[] names = NamesOf(type);
            ILookup<(Type Kind, string Name), Entry> library = Folded(_entries.Where(e => e.Value.IsLibrary));
            var replaced = new HashSet<Type> { type };
            foreach (string name in names)
            {
                if (library[(kind, Fold(name))].FirstOrDefault() is Entry own)
                {
                    if (own.Type == type)
                    {
                        return;
                    }

                    throw Taken(type, kind, name, $"that is {own.Owner}");
                }

                if (
                    kind != type
                    && kind.GetCustomAttribute<IdentifiersAttribute>()?.Names.FirstOrDefault(n => Fold(n) == Fold(name)) is string chosen
                )
                {
                    throw Taken(type, kind, name, $"'{chosen}' is a string that stands for a class which the shapes of the data choose");
                }

                if (_entries.TryGetValue((kind, name), out Entry? entry) && replaced.Add(entry.Type) && !replace)
                {
                    throw Taken(
                        type,
                        kind,
                        name,
                        $"that is {entry.Owner} ({entry.Type.Assembly.GetName().Name})",
                        ", or say Register<T>(replace: true) where it is to take that one's place"
                    );
                }
            }

            Dictionary<(Type Kind, string Name), Entry> entries = _entries.Where(e => !replaced.Contains(e.Value.Type)).ToDictionary();
            foreach (string name in names)
            {
                entries[(kind, name)] = new Entry(type, IsLibrary: false);
            }

            _entries = entries;
        }
    }

    /// <summary>The class of that name, of the expected kind; <see langword="null"/> where there is none.</summary>
    public Type? Class(string className, Type expected) =>
        Identified(className, expected) is Type type && (NameOf(type) == className || IsLongName(className)) ? type : null;

    // Keras 3.0 to 3.5 wrote two initializers so: OrthogonalInitializer.
    private static bool IsLongName(string className) =>
        className.Length > 0 && char.IsAsciiLetterUpper(className[0]) && className.EndsWith("Initializer", StringComparison.Ordinal);

    /// <summary>
    /// The class that a string stands for, its name or an identifier, of the expected kind; <see langword="null"/> where there is none.
    /// </summary>
    public Type? Identified(string identifier, Type expected) => _entries.GetValueOrDefault((KindOf(expected), identifier))?.Type;

    /// <summary>All names of a kind: those of classes, or with them all identifiers.</summary>
    public IEnumerable<string> Names(Type expected, bool identifiers)
    {
        Type kind = KindOf(expected);
        return _entries.Where(e => e.Key.Kind == kind && (identifiers || NameOf(e.Value.Type) == e.Key.Name)).Select(e => e.Key.Name);
    }

    /// <summary>The kind that a class is of.</summary>
    public static Type KindOf(Type type)
    {
        Type kind = type;
        while (
            kind.BaseType is Type parent && parent != typeof(KerasObject) && !parent.IsDefined(typeof(ConfigUnionAttribute), inherit: false)
        )
        {
            kind = parent;
        }

        return kind;
    }

    private static string? ProblemOf(Type type) =>
        type.IsAbstract ? $"{type.Name} is abstract."
        : ConfigReader.OwnReader(type) is not null || ConfigConstructors.TryFind(type, out _, out string? problem) ? null
        : problem;

    private static string NameOf(Type type) => type.GetCustomAttribute<KerasNameAttribute>()?.Name ?? type.Name;

    private static string[] NamesOf(Type type)
    {
        string name = NameOf(type);
        return [name, .. type.GetCustomAttribute<IdentifiersAttribute>()?.Names ?? [Naming.ToSnakeCase(name)]];
    }

    // Keras finds its own optimizers and some of its strings in any case of letters.
    private static string Fold(string name) => name.ToUpperInvariant();

    private static ILookup<(Type Kind, string Name), Entry> Folded(IEnumerable<KeyValuePair<(Type Kind, string Name), Entry>> entries) =>
        entries.ToLookup(e => (e.Key.Kind, Fold(e.Key.Name)), e => e.Value);

    private static ArgumentException Taken(Type type, Type kind, string name, string why, string remedy = "") =>
        new(
            $"{type.FullName} cannot be made known as the {kind.Name} '{name}': {why}. Configurations would no longer find it. Give the "
                + $"class another name, or other names in its [Identifiers]{remedy}."
        );
}
