using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>What a layer is told of one of its weights, as it was given.</summary>
/// <param name="Initializer">What makes it; null is Keras' default.</param>
/// <param name="Regularizer">A penalty on it.</param>
/// <param name="Constraint">What is applied to it after each step.</param>
internal sealed record KernelArguments(Initializer? Initializer, Regularizer? Regularizer, Constraint? Constraint);
