using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Small convolutional classifiers and images, the same at every call.</summary>
internal static class ToyMaps
{
    public const int Size = 8;

    /// <summary>Images (samples, 8, 8, 1) whose class is the quarter that is bright.</summary>
    public static float[,,,] X(int samples = 24)
    {
        var random = new Random(3);
        float[,,,] x = new float[samples, Size, Size, 1];
        for (int i = 0; i < samples; i++)
        {
            for (int h = 0; h < Size; h++)
            {
                for (int w = 0; w < Size; w++)
                {
                    bool bright = (h < 4 ? 0 : 2) + (w < 4 ? 0 : 1) == i % 4;
                    x[i, h, w, 0] = (float)((bright ? 0.6 : 0) + (0.4 * random.NextDouble()));
                }
            }
        }

        return x;
    }

    public static int[] Y(int samples = 24) => [.. Enumerable.Range(0, samples).Select(i => i % 4)];

    public static Sequential Cnn(int channels, int seed, int strides = 1) =>
        new(
            new Input(shape: (Size, Size, 1)),
            new Conv2D(
                channels,
                (3, 3),
                strides: (strides, strides),
                activation: "relu",
                kernel_initializer: new Initializers.GlorotUniform(seed: seed),
                name: "conv1"
            ),
            new Conv2D(
                channels,
                (3, 3),
                activation: "relu",
                kernel_initializer: new Initializers.GlorotUniform(seed: seed + 1),
                name: "conv2"
            ),
            new GlobalAveragePooling2D(name: "pool"),
            Toy.Dense(4, seed + 2, "softmax", name: "classes")
        );
}
