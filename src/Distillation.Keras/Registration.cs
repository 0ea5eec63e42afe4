using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>Makes the losses and metrics of this assembly known to configurations.</summary>
internal static class Registration
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Configurations may name these classes before any of them is used.")]
    internal static void Register() => KerasClasses.Register(typeof(Registration).Assembly);
}
