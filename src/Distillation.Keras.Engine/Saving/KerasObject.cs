using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>
/// Something that Keras can write down as a configuration and make again from it: layers, losses, metrics, optimizers, schedules,
/// initializers, constraints, regularizers and models.
/// </summary>
/// <remarks>
/// A configuration is the object's constructor arguments under Keras' own names. It is read from the properties that carry the
/// constructor's parameters (<c>kernel_size</c> is kept in <c>KernelSize</c>), so that no class can forget one.
/// Source: <c>keras/src/saving/serialization_lib.py</c>.
/// </remarks>
public abstract class KerasObject
{
    /// <summary>The name under which Keras knows the class.</summary>
    internal virtual string ClassName => GetType().GetCustomAttribute<KerasNameAttribute>()?.Name ?? GetType().Name;

    /// <summary>The Python module that Keras writes beside the class name; a user's own class has Keras' "Custom".</summary>
    internal virtual string Module => "Custom";

    /// <summary>What Keras writes as <c>registered_name</c>.</summary>
    internal virtual string? RegisteredName => null;

    /// <summary>Its number in the <c>.keras</c> that it was read from, where it was in it more than once.</summary>
    internal SharedNumber? Shared { get; set; }

    /// <summary>A new object with the same arguments, and with what it was told since it was made.</summary>
    internal virtual KerasObject Duplicate() => Copies.Of(this);

    /// <summary>The constructor arguments under Keras' names, in Keras 3's form.</summary>
    /// <returns>A new object that the caller may change.</returns>
    public virtual JsonObject GetConfig() => ConfigWriter.Write(this);
}
