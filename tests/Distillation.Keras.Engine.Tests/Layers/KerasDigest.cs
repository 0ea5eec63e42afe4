using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// Inputs and weights that are made of a rule, and three numbers that stand for a tensor: what Keras 3.15.1 (numpy backend, float32) gives
/// for the same was computed by the same rule.
/// </summary>
internal static class KerasDigest
{
    /// <summary>((i + offset) * factor mod modulus) / 10 - 0.45.</summary>
    public static Tensor Pattern(long[] sizes, int factor = 7, int modulus = 11, int offset = 0)
    {
        long count = sizes.Aggregate(1L, (a, b) => a * b);
        float[] values = [.. Enumerable.Range(0, (int)count).Select(i => (float)((((i + offset) * factor) % modulus / 10.0) - 0.45))];
        return tensor(values).reshape(sizes);
    }

    /// <summary>The sums of the tensor times two patterns, and that of its absolute values.</summary>
    public static double[] Of(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = tensor.detach().to(float64);
        return
        [
            (wide * Pattern(wide.shape, 5, 13).to(float64)).sum().item<double>(),
            (wide * Pattern(wide.shape, 3, 17).to(float64)).sum().item<double>(),
            wide.abs().sum().item<double>(),
        ];
    }

    /// <summary>Whether two tensors are alike bit for bit.</summary>
    public static bool Matches(this Tensor tensor, Tensor other) =>
        tensor.shape.SequenceEqual(other.shape) && tensor.eq(other).all().item<bool>();

    /// <summary>Gives a layer's weights patterns; those that are positive are raised.</summary>
    public static void SetWeights(Layer layer)
    {
        for (int i = 0; i < layer.Weights.Count; i++)
        {
            Variable weight = layer.Weights[i];
            bool isPositive = new[] { "variance", "stddev", "gamma" }.Any(n => weight.Path.Contains(n, StringComparison.Ordinal));
            Tensor value = Pattern(weight.Shape.ToSizes(), 3, 7, i + 1);
            weight.Assign(isPositive ? value + 0.8f : value);
        }
    }

    /// <summary>Builds a layer on patterns, sets its weights and computes it.</summary>
    public static Tensor Run(Layer layer, bool? training, params long[][] sizes)
    {
        Tensor[] inputs = [.. sizes.Select((s, i) => Pattern(s, offset: i))];
        layer.CallAll(inputs);
        SetWeights(layer);
        return layer.CallAll(inputs, training)[0];
    }

    /// <summary>Compares with Keras' three numbers.</summary>
    public static void Check(Tensor actual, params double[] expected) =>
        Assert.That(Of(actual), Is.EqualTo(expected).Within(2e-5 * Math.Max(1, expected[2])));
}
