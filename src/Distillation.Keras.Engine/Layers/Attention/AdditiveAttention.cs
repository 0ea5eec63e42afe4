using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Additive attention: values weighed by softmax of the sum of scale * tanh(query + key), after Bahdanau.</summary>
/// <remarks>
/// <c>new AdditiveAttention().Apply(query, value)</c>, shapes and masks as of <see cref="BaseAttention"/>. Weight: <c>scale</c> (d), with
/// <c>use_scale</c>. Source: <c>keras/src/layers/attention/additive_attention.py</c>.
/// </remarks>
/// <param name="use_scale">Whether a factor for each feature is trained.</param>
/// <param name="dropout">The share of the scores that training sets to 0, from 0 to 1.</param>
/// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
/// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
/// <param name="trainable">Whether training changes the weights.</param>
/// <param name="dtype">The type of weights and computation.</param>
/// <exception cref="ArgumentOutOfRangeException">The dropout is not from 0 to 1.</exception>
public sealed class AdditiveAttention(
    bool use_scale = true,
    double dropout = 0,
    int? seed = null,
    string? name = null,
    bool trainable = true,
    DTypePolicy? dtype = null
) : BaseAttention(use_scale, dropout, seed, name, trainable, dtype)
{
    private protected override bool Fit(int? query, int? key) => query is null || key is null || query == key || query == 1 || key == 1;

    private protected override void AddWeights(Shape query) =>
        Scale = UseScale ? AddWeight("scale", query.Known(-1, $"AdditiveAttention '{Name}'"), "glorot_uniform") : null;

    private protected override Tensor Scores(Tensor query, Tensor key)
    {
        Tensor sum = query.unsqueeze(-2).Plus(key.unsqueeze(-3)).tanh();
        return (Scale is null ? sum : sum.mul(Autocast(Scale))).sum(-1);
    }
}
