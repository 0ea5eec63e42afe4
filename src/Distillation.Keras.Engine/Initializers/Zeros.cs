using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>All values are 0.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/constant_initializers.py</c>.</remarks>
[Identifiers("zeros", "zero")]
public sealed class Zeros : Initializer
{
    /// <inheritdoc/>
    public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) => zeros(SizesOf(shape, dtype), dtype, CPU);
}
