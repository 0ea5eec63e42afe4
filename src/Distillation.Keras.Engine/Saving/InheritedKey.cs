namespace Distillation.Keras.Saving;

/// <summary>
/// A key of a configuration that an object has also where its constructor does not take it: a model knows its layers by name, whatever
/// their classes take.
/// </summary>
internal sealed class InheritedKey
{
    private static readonly InheritedKey[] All =
    [
        new("name", typeof(INamed), typeof(string), static o => ((INamed)o).Name, static (o, value) => ((INamed)o).Rename((string)value)),
        new(
            "trainable",
            typeof(ITrainable),
            typeof(bool?),
            static o => ((ITrainable)o).Trainable,
            static (o, value) => ((ITrainable)o).RestoreTrainable((bool)value)
        ),
    ];

    private readonly Type _owner;
    private readonly Func<object, object?> _get;
    private readonly Action<object, object> _give;

    private InheritedKey(string key, Type owner, Type type, Func<object, object?> get, Action<object, object> give)
    {
        Key = key;
        Type = type;
        _owner = owner;
        _get = get;
        _give = give;
    }

    /// <summary>Keras' key.</summary>
    public string Key { get; }

    /// <summary>What its value is, or null for the one that the new object has.</summary>
    public Type Type { get; }

    /// <summary>The keys that objects of a class have beside its constructor's parameters.</summary>
    public static IEnumerable<InheritedKey> Of(Type type, ConfigMember[] members) =>
        All.Where(k => k._owner.IsAssignableFrom(type) && !Array.Exists(members, m => m.Key == k.Key));

    /// <summary>The value of an object.</summary>
    public object? ValueOf(object owner) => _get(owner);

    /// <summary>Gives an object its value; <see langword="null"/> leaves the one that it has.</summary>
    public void Give(object owner, object? value)
    {
        if (value is not null)
        {
            _give(owner, value);
        }
    }
}
