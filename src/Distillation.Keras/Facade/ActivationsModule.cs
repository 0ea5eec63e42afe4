using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.activations</c>: methods of the names that Keras has, which only make the objects and call the functions of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class ActivationsModule
{
    internal ActivationsModule()
    {
    }

    /// <inheritdoc cref="Activations.Celu(torch.Tensor, double)"/>
    public torch.Tensor celu(torch.Tensor x, double alpha = 1.0) =>
        Activations.Celu(x, alpha);

    /// <inheritdoc cref="Activations.Elu(torch.Tensor, double)"/>
    public torch.Tensor elu(torch.Tensor x, double alpha = 1.0) =>
        Activations.Elu(x, alpha);

    /// <inheritdoc cref="Activations.Exponential(torch.Tensor)"/>
    public torch.Tensor exponential(torch.Tensor x) =>
        Activations.Exponential(x);

    /// <inheritdoc cref="Activations.Gelu(torch.Tensor, bool)"/>
    public torch.Tensor gelu(torch.Tensor x, bool approximate = false) =>
        Activations.Gelu(x, approximate);

    /// <inheritdoc cref="Activations.Glu(torch.Tensor, int)"/>
    public torch.Tensor glu(torch.Tensor x, int axis = -1) =>
        Activations.Glu(x, axis);

    /// <inheritdoc cref="Activations.HardShrink(torch.Tensor, double)"/>
    public torch.Tensor hard_shrink(torch.Tensor x, double threshold = 0.5) =>
        Activations.HardShrink(x, threshold);

    /// <inheritdoc cref="Activations.HardSigmoid(torch.Tensor)"/>
    public torch.Tensor hard_sigmoid(torch.Tensor x) =>
        Activations.HardSigmoid(x);

    /// <inheritdoc cref="Activations.HardSilu(torch.Tensor)"/>
    public torch.Tensor hard_silu(torch.Tensor x) =>
        Activations.HardSilu(x);

    /// <inheritdoc cref="Activations.HardSwish(torch.Tensor)"/>
    public torch.Tensor hard_swish(torch.Tensor x) =>
        Activations.HardSwish(x);

    /// <inheritdoc cref="Activations.HardTanh(torch.Tensor)"/>
    public torch.Tensor hard_tanh(torch.Tensor x) =>
        Activations.HardTanh(x);

    /// <inheritdoc cref="Activations.LeakyRelu(torch.Tensor, double)"/>
    public torch.Tensor leaky_relu(torch.Tensor x, double negative_slope = 0.2) =>
        Activations.LeakyRelu(x, negative_slope);

    /// <inheritdoc cref="Activations.Linear(torch.Tensor)"/>
    public torch.Tensor linear(torch.Tensor x) =>
        Activations.Linear(x);

    /// <inheritdoc cref="Activations.LogSigmoid(torch.Tensor)"/>
    public torch.Tensor log_sigmoid(torch.Tensor x) =>
        Activations.LogSigmoid(x);

    /// <inheritdoc cref="Activations.LogSoftmax(torch.Tensor, int)"/>
    public torch.Tensor log_softmax(torch.Tensor x, int axis = -1) =>
        Activations.LogSoftmax(x, axis);

    /// <inheritdoc cref="Activations.Mish(torch.Tensor)"/>
    public torch.Tensor mish(torch.Tensor x) =>
        Activations.Mish(x);

    /// <inheritdoc cref="Activations.Relu(torch.Tensor, double, double?, double)"/>
    public torch.Tensor relu(
        torch.Tensor x,
        double negative_slope = 0.0,
        double? max_value = null,
        double threshold = 0.0) =>
        Activations.Relu(x, negative_slope, max_value, threshold);

    /// <inheritdoc cref="Activations.Relu6(torch.Tensor)"/>
    public torch.Tensor relu6(torch.Tensor x) =>
        Activations.Relu6(x);

    /// <inheritdoc cref="Activations.Selu(torch.Tensor)"/>
    public torch.Tensor selu(torch.Tensor x) =>
        Activations.Selu(x);

    /// <inheritdoc cref="Activations.Sigmoid(torch.Tensor)"/>
    public torch.Tensor sigmoid(torch.Tensor x) =>
        Activations.Sigmoid(x);

    /// <inheritdoc cref="Activations.Silu(torch.Tensor)"/>
    public torch.Tensor silu(torch.Tensor x) =>
        Activations.Silu(x);

    /// <inheritdoc cref="Activations.SoftShrink(torch.Tensor, double)"/>
    public torch.Tensor soft_shrink(torch.Tensor x, double threshold = 0.5) =>
        Activations.SoftShrink(x, threshold);

    /// <inheritdoc cref="Activations.Softmax(torch.Tensor, int)"/>
    public torch.Tensor softmax(torch.Tensor x, int axis = -1) =>
        Activations.Softmax(x, axis);

    /// <inheritdoc cref="Activations.Softmax(torch.Tensor, int[])"/>
    public torch.Tensor softmax(torch.Tensor x, int[] axis) =>
        Activations.Softmax(x, axis);

    /// <inheritdoc cref="Activations.Softplus(torch.Tensor)"/>
    public torch.Tensor softplus(torch.Tensor x) =>
        Activations.Softplus(x);

    /// <inheritdoc cref="Activations.Softsign(torch.Tensor)"/>
    public torch.Tensor softsign(torch.Tensor x) =>
        Activations.Softsign(x);

    /// <inheritdoc cref="Activations.SparsePlus(torch.Tensor)"/>
    public torch.Tensor sparse_plus(torch.Tensor x) =>
        Activations.SparsePlus(x);

    /// <inheritdoc cref="Activations.SparseSigmoid(torch.Tensor)"/>
    public torch.Tensor sparse_sigmoid(torch.Tensor x) =>
        Activations.SparseSigmoid(x);

    /// <inheritdoc cref="Activations.Sparsemax(torch.Tensor, int)"/>
    public torch.Tensor sparsemax(torch.Tensor x, int axis = -1) =>
        Activations.Sparsemax(x, axis);

    /// <inheritdoc cref="Activations.Squareplus(torch.Tensor, double)"/>
    public torch.Tensor squareplus(torch.Tensor x, double b = 4.0) =>
        Activations.Squareplus(x, b);

    /// <inheritdoc cref="Activations.Swish(torch.Tensor)"/>
    public torch.Tensor swish(torch.Tensor x) =>
        Activations.Swish(x);

    /// <inheritdoc cref="Activations.Tanh(torch.Tensor)"/>
    public torch.Tensor tanh(torch.Tensor x) =>
        Activations.Tanh(x);

    /// <inheritdoc cref="Activations.TanhShrink(torch.Tensor)"/>
    public torch.Tensor tanh_shrink(torch.Tensor x) =>
        Activations.TanhShrink(x);

    /// <inheritdoc cref="Activations.Threshold(torch.Tensor, double, double)"/>
    public torch.Tensor threshold(torch.Tensor x, double threshold, double default_value) =>
        Activations.Threshold(x, threshold, default_value);
}
