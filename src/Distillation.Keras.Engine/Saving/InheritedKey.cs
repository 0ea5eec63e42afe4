namespace Distillation.Keras.Saving;

/// <summary>
/// A key of a configuration that an object has also where its constructor does not take it: a model knows its layers by name, whatever
/// their classes take.
/// </summary>
internal sealed class InheritedKey
{
    private static readonly InheritedKey[] All =
    [
        new(
            "name",
            typeof(INamed),
            static _ => typeof(string),
            static o => ((INamed)o).Name,
            static (o, v) => ((INamed)o).Rename((string)v)
        ),
        new(
            "trainable",
            typeof(ITrainable),
            static _ => typeof(bool?),
            static o => ((ITrainable)o).Trainable,
            static (o, v) => ((ITrainable)o).RestoreTrainable((bool)v)
        ),
        new(
            "activity_regularizer",
            typeof(IPenalized),
            static owner => owner.GetInterface(typeof(IPenalized<>).Name)!.GetGenericArguments()[0],
            static o => ((IPenalized)o).Penalty,
            static (o, v) => ((IPenalized)o).Penalty = (KerasObject)v
        ),
    ];

    private readonly Type _owner;
    private readonly Func<Type, Type> _type;
    private readonly Func<object, object?> _get;
    private readonly Action<object, object> _give;

    private InheritedKey(string key, Type owner, Func<Type, Type> type, Func<object, object?> get, Action<object, object> give)
    {
        Key = key;
        _owner = owner;
        _type = type;
        _get = get;
        _give = give;
    }

    /// <summary>Keras' key.</summary>
    public string Key { get; }

    /// <summary>The keys that objects of a class have beside its constructor's parameters.</summary>
    public static IEnumerable<InheritedKey> Of(Type type, ConfigMember[] members) =>
        All.Where(k => k._owner.IsAssignableFrom(type) && !Array.Exists(members, m => m.Key == k.Key));

    /// <summary>What its value is in a class, or null for the one that the new object has.</summary>
    public Type TypeIn(Type owner) => _type(owner);

    /// <summary>The value of an object; <see langword="null"/> is not written.</summary>
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
