using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>What the constraints on norms share.</summary>
internal static class Norms
{
    /// <summary>Keras' <c>backend.epsilon()</c>, so that a norm of 0 divides nothing by 0.</summary>
    public const double Epsilon = 1e-7;

    /// <summary>The Euclidean norms over the axes, which are kept with size 1.</summary>
    public static Tensor Of(Tensor weight, Axes axis, string constraint) =>
        weight.Squared().sum(axis.Resolve(weight.dim(), constraint), keepdim: true).sqrt_();

    /// <summary>The weight scaled to new norms. Both norms are overwritten.</summary>
    public static Tensor Rescale(Tensor weight, Tensor norms, Tensor desired) => weight * desired.div_(norms.Shift(Epsilon));
}
