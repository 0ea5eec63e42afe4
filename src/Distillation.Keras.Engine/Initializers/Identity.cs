using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>A number on the diagonal of a matrix, 0 elsewhere.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/constant_initializers.py</c>.</remarks>
[Identifiers("identity", "IdentityInitializer")]
public sealed class Identity : Initializer
{
    /// <inheritdoc cref="Identity" path="/summary"/>
    /// <param name="gain">The number on the diagonal.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public Identity(double gain = 1.0) => Gain = Arguments.Finite(gain);

    /// <summary>The number on the diagonal.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shape has not two axes.</exception>
    public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32)
    {
        long[] sizes = SizesOf(shape, dtype);
        return sizes.Length == 2
            ? Diagonal(sizes, dtype)
            : throw new ArgumentException($"Identity makes a matrix, but the shape {shape} was asked for.", nameof(shape));
    }

    // A gain that is no whole number is one for floating-point numbers only.
    private Tensor Diagonal(long[] sizes, ScalarType dtype)
    {
        if (dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64)
        {
            return eye(sizes[0], sizes[1], dtype, CPU).Scale(Gain);
        }

        using Tensor wide = eye(sizes[0], sizes[1], ScalarType.Float64, CPU).Scale(Gain);
        return wide.to(dtype);
    }

    /// <inheritdoc/>
    /// <remarks>Keras never writes the gain, and so forgets it. It is written here where it is not 1; Keras can read that.</remarks>
    public override JsonObject GetConfig() => Gain == 1 ? [] : base.GetConfig();
}
