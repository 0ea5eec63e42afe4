using System.Collections;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Distillation.Keras.Saving;

/// <summary>Makes objects again from their constructor's arguments, without going through JSON: delegates are kept.</summary>
internal static class Copies
{
    /// <summary>A new object with the same arguments, but for the changes.</summary>
    /// <param name="value">What to copy.</param>
    /// <param name="changes">New values by argument name.</param>
    public static KerasObject Of(KerasObject value, IReadOnlyDictionary<string, object?>? changes = null)
    {
        Type type = value.GetType();
        ConfigMember[] members = ConfigMember.Of(type);
        object?[] arguments = Array.ConvertAll(
            members,
            m =>
                FSharpOptions.Wrap(
                    changes is not null && changes.TryGetValue(m.Key, out object? changed)
                        ? changed
                        : Copied(m.Property.GetValue(value), m.Parameter.ParameterType),
                    m.Parameter.ParameterType
                )
        );
        try
        {
            var copy = (KerasObject)ConfigConstructors.Of(type).Invoke(arguments);
            foreach (InheritedKey key in InheritedKey.Of(type, members))
            {
                key.Give(copy, changes?.GetValueOrDefault(key.Key) ?? Copied(key.ValueOf(value), key.TypeIn(type)));
            }

            return copy;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    // An initializer without a seed draws anew in the copy; policies and rates are values. Of a list that holds objects each is copied.
    private static object? Copied(object? value, Type type) =>
        FSharpOptions.Unwrap(value) switch
        {
            ICopiedValue own => own.Copy(),
            KerasObject o => ConfigValues.Are(o.GetType()) ? o : o.Duplicate(),
            IEnumerable items when FSharpOptions.Is(type, out Type? inner) => Copied(items, inner),
            IEnumerable items when ElementOf(type) is Type element && HoldsObjects(element) => CopiedList(items, element, type),
            _ => value,
        };

    private static object CopiedList(IEnumerable items, Type element, Type type)
    {
        object?[] copies = [.. items.Cast<object?>().Select(i => Copied(i, element))];
        var array = Array.CreateInstance(element, copies.Length);
        copies.CopyTo(array, 0);
        return type.IsSZArray ? array : ConfigLists.Make(array, type);
    }

    private static bool HoldsObjects(Type type) =>
        typeof(KerasObject).IsAssignableFrom(type) || (ElementOf(type) is Type element && HoldsObjects(element));

    private static Type? ElementOf(Type type) => type.IsSZArray ? type.GetElementType() : ConfigLists.ElementOf(type);
}
