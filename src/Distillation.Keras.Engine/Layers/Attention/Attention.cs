using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Dot-product attention: values weighed by softmax(query · key), after Luong.</summary>
/// <remarks>
/// <c>new Attention().Apply(query, value)</c>, shapes and masks as of <see cref="BaseAttention"/>. Weights: <c>scale</c>, a number, with
/// <c>use_scale</c>; <c>concat_score_weight</c>, a number, with the score mode <c>"concat"</c>. Source:
/// <c>keras/src/layers/attention/attention.py</c>.
/// </remarks>
public sealed class Attention : BaseAttention
{
    private const string Dot = "dot";
    private const string Concat = "concat";

    private Variable? _concatWeight;

    /// <inheritdoc cref="Attention" path="/summary"/>
    /// <param name="use_scale">Whether a factor of the scores is trained.</param>
    /// <param name="score_mode">
    /// How a query is compared with a key: <c>"dot"</c>, their product, or <c>"concat"</c>, a factor times the sum of tanh(query + key).
    /// </param>
    /// <param name="dropout">The share of the scores that training sets to 0, from 0 to 1.</param>
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentException">There is no such score mode.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The dropout is not from 0 to 1.</exception>
    public Attention(
        bool use_scale = false,
        string score_mode = Dot,
        double dropout = 0,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(use_scale, dropout, seed, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(score_mode);
        ScoreMode = score_mode is Dot or Concat
            ? score_mode
            : throw new ArgumentException(
                $"The score_mode of Attention is \"dot\" or \"concat\", but \"{score_mode}\" was given.",
                nameof(score_mode)
            );
    }

    /// <summary>How a query is compared with a key.</summary>
    public string ScoreMode { get; }

    private protected override bool Fit(int? query, int? key) =>
        query is null || key is null || query == key || (ScoreMode == Concat && (query == 1 || key == 1));

    private protected override void AddWeights(Shape query)
    {
        Scale = UseScale ? AddWeight("scale", new Shape(), "ones") : null;
        _concatWeight = ScoreMode == Concat ? AddWeight("concat_score_weight", new Shape(), "ones") : null;
    }

    private protected override Tensor Scores(Tensor query, Tensor key)
    {
        if (ScoreMode == Dot)
        {
            Tensor scores = query.matmul(key.transpose(-2, -1));
            return Scale is null ? scores : scores.mul(Autocast(Scale));
        }

        Tensor sum = query.unsqueeze(-2).Plus(key.unsqueeze(-3));
        return (Scale is null ? sum : sum.mul(Autocast(Scale))).tanh().sum(-1).mul(Autocast(_concatWeight!));
    }

    // libtorch divides by the root of the width.
    private protected override Tensor? Attend(Tensor query, Tensor key, Tensor value, Tensor? bias, bool causal)
    {
        if (ScoreMode != Dot)
        {
            return null;
        }

        Tensor scaled = query.Times(Math.Sqrt(query.size(-1)));
        return nn
            .functional.scaled_dot_product_attention(
                (Scale is null ? scaled : scaled.mul(Autocast(Scale))).unsqueeze(1),
                key.unsqueeze(1),
                value.unsqueeze(1),
                bias?.unsqueeze(1),
                is_casual: causal
            )
            .squeeze(1);
    }
}
