using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>What all convolutions are told beside their windows and weights, as it was given.</summary>
/// <param name="Activation">Applied to the result; null is linear.</param>
/// <param name="ActivityRegularizer">A penalty on the output.</param>
/// <param name="Name">The layer's name.</param>
/// <param name="Trainable">Whether training changes the weights.</param>
/// <param name="Dtype">The type of weights and computation.</param>
internal sealed record OutputArguments(
    ActivationFunction? Activation,
    Regularizer? ActivityRegularizer,
    string? Name,
    bool Trainable,
    DTypePolicy? Dtype
);
