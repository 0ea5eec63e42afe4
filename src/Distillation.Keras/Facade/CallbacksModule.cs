using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.callbacks</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class CallbacksModule
{
    internal CallbacksModule()
    {
    }
}
