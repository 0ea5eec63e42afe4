using System.Reflection;
using System.Runtime.ExceptionServices;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;

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
        object?[] arguments = Array.ConvertAll(members, m =>
            FSharpOptions.Wrap(changes is not null && changes.TryGetValue(m.Key, out object? changed) ? changed : Copied(m.Property.GetValue(value)), m.Parameter.ParameterType));
        try
        {
            var copy = (KerasObject)ConfigMember.Constructor(type).Invoke(arguments);
            ConfigMember.GiveInherited(copy, members, changes?.GetValueOrDefault("name") as string ?? (value as INamed)?.Name, (value as Layer)?.Trainable);
            return copy;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    // An initializer without a seed draws anew in the copy; policies and rates are values.
    private static object? Copied(object? value) => value is Optimizer optimizer ? optimizer.Copy() : value is KerasObject o and not DTypePolicy and not LearningRate ? Of(o) : value;
}
