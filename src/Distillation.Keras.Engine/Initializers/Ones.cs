using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>All values are 1.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/constant_initializers.py</c>.</remarks>
[Identifiers("ones", "one")]
public sealed class Ones : Initializer
{
    /// <inheritdoc/>
    public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) => ones(SizesOf(shape, dtype), dtype, CPU);
}
