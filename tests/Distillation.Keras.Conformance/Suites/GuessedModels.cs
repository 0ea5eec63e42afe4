using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Plain classifiers that weights alone may belong to: convolutions and dense layers of the sizes of the arrays, with ReLU between them
/// and softmax behind them, with and without pooling.
/// </summary>
internal static class GuessedModels
{
    private const int Pixels = 28;

    /// <summary>Whether a file has weights by layers, and no architecture.</summary>
    public static bool HasWeightsAlone(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        Hdf5Group root = Hdf5File.Read(file);
        return LegacyWeights.Is(root) && !root.Attributes.ContainsKey("model_config");
    }

    /// <summary>The models that take the weights.</summary>
    /// <param name="path">The file.</param>
    /// <param name="input">The shape of a sample, where it is known.</param>
    public static IEnumerable<Model> Of(string path, long[]? input)
    {
        long[][] kernels = [.. Kernels(path)];
        foreach (string padding in (string[])["same", "valid"])
        {
            foreach (bool pools in (bool[])[true, false])
            {
                if (Loaded(kernels, input, padding, pools, path) is Model model)
                {
                    yield return model;
                }
            }
        }
    }

    private static IEnumerable<long[]> Kernels(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        Hdf5Group root = Hdf5File.Read(file);
        return
        [
            .. LegacyWeights
                .List(root, LegacyWeights.LayerNames)
                .Select(n => LegacyWeights.Arrays(root.Group(n)!))
                .Where(a => a.Length > 0)
                .Select(a => a[0].Shape),
        ];
    }

    private static Sequential? Loaded(long[][] kernels, long[]? input, string padding, bool pools, string path)
    {
        long[] sizes = input ?? (kernels[0].Length == 2 ? [kernels[0][0]] : [Pixels, Pixels, kernels[0][2]]);
        var layers = new List<Layer> { new Input(new Shape([.. sizes.Select(s => (int?)s)])) };
        for (int i = 0; i < kernels.Length; i++)
        {
            long[] kernel = kernels[i];
            string activation = i == kernels.Length - 1 ? "softmax" : "relu";
            if (kernel.Length == 4)
            {
                layers.Add(new Conv2D((int)kernel[3], ((int)kernel[0], (int)kernel[1]), padding: padding, activation: activation));
                layers.AddRange(pools ? [new MaxPooling2D((2, 2))] : []);
            }
            else
            {
                layers.AddRange(i > 0 && kernels[i - 1].Length == 4 ? [new Flatten()] : []);
                layers.Add(new Dense((int)kernel[^1], activation: activation));
            }
        }

        try
        {
            var model = new Sequential(layers);
            model.LoadWeights(path);
            return model;
        }
        catch (Exception e) when (e is ArgumentException or ModelFormatException)
        {
            return null;
        }
    }
}
