using static TorchSharp.torch;

namespace Distillation.Keras.Models;

/// <summary>One input or output of a model.</summary>
/// <param name="Name">The name by which data, losses and metrics are given for it.</param>
/// <param name="Shape">Its shape with the batch axis.</param>
/// <param name="Type">
/// The type that data are cast to; <see langword="null"/>: floating-point numbers to the model's, and integers stay what they are.
/// </param>
/// <param name="Symbol">Its symbolic tensor, where the model is a graph.</param>
internal sealed record ModelPort(string Name, Shape Shape, ScalarType? Type, KerasTensor? Symbol)
{
    /// <summary>Whether it is cast to a type that loses more than a float32 does.</summary>
    public bool HasOwnType => Type is not (null or ScalarType.Float32 or ScalarType.Float64);
}
