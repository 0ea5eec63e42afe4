using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests;

/// <summary>Small classifiers and data, the same at every call.</summary>
internal static class Toy
{
    public const int Width = 6;
    public const int Classes = 4;

    /// <summary>Inputs of shape (samples, <see cref="Width"/>) from -1 to 1.</summary>
    public static float[,] X(int samples = 50, int seed = 1)
    {
        var random = new Random(seed);
        float[,] x = new float[samples, Width];
        for (int i = 0; i < samples; i++)
        {
            for (int j = 0; j < Width; j++)
            {
                x[i, j] = (float)((random.NextDouble() * 2) - 1);
            }
        }

        return x;
    }

    /// <summary>The label of each sample: which of the first four inputs is the greatest.</summary>
    public static int[] Labels(float[,] x) =>
        [.. Enumerable.Range(0, x.GetLength(0)).Select(i => Enumerable.Range(0, Classes).MaxBy(c => x[i, c]))];

    public static float[,] OneHot(int[] labels, int classes = Classes)
    {
        float[,] rows = new float[labels.Length, classes];
        for (int i = 0; i < labels.Length; i++)
        {
            rows[i, labels[i]] = 1;
        }

        return rows;
    }

    public static Dense Dense(int units, int seed, string? activation = null, string? name = null, string dtype = "float32") =>
        new(units, activation ?? "linear", kernel_initializer: new GlorotUniform(seed: seed), name: name, dtype: dtype);

    /// <summary>A classifier with one hidden layer and, if asked for, dropout.</summary>
    public static Sequential Mlp(
        int hidden = 8,
        int seed = 1,
        string? activation = "softmax",
        double dropout = 0,
        string dtype = "float32"
    ) =>
        new(
            new Input(shape: Width),
            Dense(hidden, seed, "relu", dtype: dtype),
            new Dropout(dropout, dtype: dtype),
            Dense(Classes, seed + 1, activation, dtype: dtype)
        );

    /// <summary>A classifier with BatchNormalization, whose statistics training changes, and dropout.</summary>
    public static Sequential Normalized(int seed = 5) =>
        new(
            new Input(shape: Width),
            Dense(8, seed),
            new BatchNormalization(momentum: 0.5),
            new Layers.Activation("relu"),
            new Dropout(0.3),
            Dense(Classes, seed + 1, "softmax")
        );

    /// <summary>A teacher that has learned something, so that its logits say something.</summary>
    public static Sequential Teacher(int seed = 11)
    {
        Sequential teacher = Normalized(seed);
        teacher.Compile("adam", "sparse_categorical_crossentropy");
        float[,] x = X();
        teacher.Fit(x, Labels(x), epochs: 3, verbose: 0, batch_size: 10);
        return teacher;
    }

    /// <summary>All weights one after the other.</summary>
    public static double[] Values(Layer model) => [.. model.Weights.SelectMany(Values)];

    public static double[] Values(Variable weight)
    {
        using TorchSharp.torch.Tensor copy = weight.Value.detach().to(TorchSharp.torch.ScalarType.Float64);
        return [.. copy.data<double>()];
    }

    public static double[] Predict(Model model, ArrayLike x)
    {
        using NumSharp.NDArray p = model.Predict(x);
        using NumSharp.NDArray wide = p.astype(NumSharp.NPTypeCode.Double);
        return wide.ToArray<double>();
    }
}
