using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Which trainings need their loss scaled.</summary>
internal static class LossScaling
{
    /// <summary>
    /// An optimizer that scales the loss where a model computes in <c>mixed_float16</c>; otherwise, and where it scales the loss already,
    /// the optimizer itself.
    /// </summary>
    public static Optimizer For(Layer model, Optimizer optimizer) =>
        optimizer is not LossScaleOptimizer && optimizer.LossScaleFactor is null && IsMixed(model)
            ? new LossScaleOptimizer(optimizer, name: "loss_scale_optimizer")
            : optimizer;

    /// <summary>Whether it is <c>mixed_float16</c>.</summary>
    public static bool IsMixed(DTypePolicy policy) => policy is { IsMixed: true, ComputeType: ScalarType.Float16 };

    private static bool IsMixed(Layer layer) => IsMixed(layer.Dtype) || layer.Sublayers.Any(IsMixed);
}
