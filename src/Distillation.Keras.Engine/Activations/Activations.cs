using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Keras' activation functions on tensors, under Keras' names.</summary>
/// <remarks>Source: <c>keras/src/activations/activations.py</c>. Thread-safe.</remarks>
public static partial class Activations
{
    internal static IReadOnlyDictionary<string, ActivationFunction> Known { get; } = new ActivationFunction[]
    {
        ActivationFunction.Linear,
        new("relu", static x => Relu(x)),
        new("softmax", static x => Softmax(x)),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>max(x, 0). The gradient at 0 is 0.</summary>
    public static Tensor Relu(Tensor x) => nn.functional.relu(x);

    /// <summary>exp(x) divided by its sum along an axis. Crossentropies of the result are computed from <paramref name="x"/>, as in TensorFlow-backed Keras.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of the classes.</param>
    public static Tensor Softmax(Tensor x, int axis = -1)
    {
        Tensor probabilities = nn.functional.softmax(x, axis);
        Backend.Logits.Remember(probabilities, x, Backend.LogitsKind.Softmax, axis);
        return probabilities;
    }
}
