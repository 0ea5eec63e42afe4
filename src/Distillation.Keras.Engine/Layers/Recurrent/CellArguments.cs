using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>The arguments that all cells of the library take.</summary>
internal sealed record CellArguments(
    int Units,
    ActivationFunction? Activation,
    bool UseBias,
    Initializer? KernelInitializer,
    Initializer? RecurrentInitializer,
    Initializer? BiasInitializer,
    Regularizer? KernelRegularizer,
    Regularizer? RecurrentRegularizer,
    Regularizer? BiasRegularizer,
    Constraint? KernelConstraint,
    Constraint? RecurrentConstraint,
    Constraint? BiasConstraint,
    double Dropout,
    double RecurrentDropout,
    int? Seed,
    string? Name,
    bool Trainable,
    DTypePolicy? Dtype
);
