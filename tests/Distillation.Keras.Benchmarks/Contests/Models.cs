using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>This library's models.</summary>
internal static class Models
{
    /// <summary>The notebook's network.</summary>
    /// <param name="drops">Whether dropout drops; otherwise its rate is 0.</param>
    public static Sequential Cnn(bool drops) =>
        new(
            new Input(28, 28, 1),
            new Conv2D(32, (3, 3), activation: "relu"),
            new Conv2D(64, (3, 3), activation: "relu"),
            new MaxPooling2D((2, 2)),
            new Dropout(drops ? 0.25 : 0),
            new Flatten(),
            new Dense(128, activation: "relu", kernel_constraint: new MaxNorm(3)),
            new Dropout(drops ? 0.5 : 0),
            new Dense(10, activation: "softmax")
        );

    /// <summary>Two hidden layers of the same width.</summary>
    public static Sequential Mlp(int width) =>
        new(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(width, activation: "relu"),
            new Dense(width, activation: "relu"),
            new Dense(10, activation: "softmax")
        );

    /// <summary>The weights' tensors, which stay the model's.</summary>
    public static TorchSharp.torch.Tensor[] Values(Model model) => [.. model.Weights.Select(w => w.Value)];
}
