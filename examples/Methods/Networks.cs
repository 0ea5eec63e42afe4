using Distillation.Keras;
using Distillation.Keras.Layers;

namespace Methods;

/// <summary>The two architectures. Both have three maps, whose layers the objectives name.</summary>
internal static class Networks
{
    private const int Classes = 10;

    /// <summary>A convolutional network that is as good as these images allow.</summary>
    public static Sequential Teacher() =>
        new(
            new Input(28, 28, 1),
            new Conv2D(32, (3, 3), padding: "same", name: "conv1"),
            new BatchNormalization(momentum: 0.9, name: "norm1"),
            new Activation("relu", name: "relu1"),
            new MaxPooling2D((2, 2), name: "pool1"),
            new Conv2D(64, (3, 3), padding: "same", name: "conv2"),
            new BatchNormalization(momentum: 0.9, name: "norm2"),
            new Activation("relu", name: "relu2"),
            new MaxPooling2D((2, 2), name: "pool2"),
            new Conv2D(64, (3, 3), padding: "same", name: "conv3"),
            new BatchNormalization(momentum: 0.9, name: "norm3"),
            new Activation("relu", name: "relu3"),
            new GlobalAveragePooling2D(name: "features"),
            new Dropout(0.3, name: "dropout"),
            new Dense(Classes, activation: "softmax", name: "probabilities")
        );

    /// <summary>One with a quarter of the channels on smaller maps, small enough to need help.</summary>
    public static Sequential Student() =>
        new(
            new Input(28, 28, 1),
            new Conv2D(8, (3, 3), padding: "same", strides: (2, 2), name: "conv1"),
            new Activation("relu", name: "relu1"),
            new Conv2D(16, (3, 3), padding: "same", strides: (2, 2), name: "conv2"),
            new Activation("relu", name: "relu2"),
            new Conv2D(16, (3, 3), padding: "same", name: "conv3"),
            new Activation("relu", name: "relu3"),
            new GlobalAveragePooling2D(name: "features"),
            new Dense(Classes, activation: "softmax", name: "probabilities")
        );
}
