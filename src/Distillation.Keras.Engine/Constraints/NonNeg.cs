using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>Makes negative weights 0.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/constraints/constraints.py</c>.</remarks>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor weight)
    {
        TensorGuard.Floating(weight);
        using IDisposable still = no_grad();
        return nn.functional.relu(weight);
    }
}
