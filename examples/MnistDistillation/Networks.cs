using Distillation.Keras;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;

namespace MnistDistillation;

/// <summary>The two architectures. Layers with weights have names, which are the keys of the weights' files.</summary>
internal static class Networks
{
    private const int Classes = 10;

    /// <summary>The notebook's CNN.</summary>
    public static Sequential Teacher() =>
        new(
            new Input(28, 28, 1),
            new Conv2D(32, (3, 3), activation: "relu", name: "conv_1"),
            new Conv2D(64, (3, 3), activation: "relu", name: "conv_2"),
            new MaxPooling2D((2, 2)),
            new Dropout(0.25),
            new Flatten(),
            new Dense(128, activation: "relu", kernel_constraint: new MaxNorm(3), name: "hidden"),
            new Dropout(0.5),
            new Dense(Classes, activation: "softmax", name: "probabilities")
        );

    /// <summary>A CNN with a 170th of the teacher's parameters: strides in the place of pooling.</summary>
    public static Sequential Student() =>
        new(
            new Input(28, 28, 1),
            new Conv2D(8, (3, 3), strides: 2, activation: "relu", name: "conv_1"),
            new Conv2D(16, (3, 3), strides: 2, activation: "relu", name: "conv_2"),
            new Flatten(),
            new Dense(Classes, activation: "softmax", name: "probabilities")
        );
}
