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
                    changes is not null && changes.TryGetValue(m.Key, out object? changed) ? changed : Copied(m.Property.GetValue(value)),
                    m.Parameter.ParameterType
                )
        );
        try
        {
            var copy = (KerasObject)ConfigConstructors.Of(type).Invoke(arguments);
            foreach (InheritedKey key in InheritedKey.Of(type, members))
            {
                key.Give(copy, changes?.GetValueOrDefault(key.Key) ?? key.ValueOf(value));
            }

            return copy;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    // An initializer without a seed draws anew in the copy; policies and rates are values.
    private static object? Copied(object? value) => value is KerasObject o && !ConfigValues.Are(o.GetType()) ? o.Duplicate() : value;
}
