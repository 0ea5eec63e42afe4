using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Scaled dot-product attention of queries, keys and values (batch, heads, steps, width).</summary>
internal static class AttentionKernel
{
    /// <summary>softmax(q · k / sqrt(width)) · v, by libtorch's fused function.</summary>
    /// <param name="q">The queries (batch, heads, T, width).</param>
    /// <param name="k">The keys (batch, heads, S, width).</param>
    /// <param name="v">The values (batch, heads, S, ...).</param>
    /// <param name="mask">What may be looked at, in booleans that broadcast against (batch, heads, T, S).</param>
    /// <param name="causal">Whether no position looks at a later one; without a mask.</param>
    /// <param name="zeroRows">Whether a row that may look at nothing gives 0; otherwise the mean of the values.</param>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, bool zeroRows)
    {
        if (mask is null)
        {
            return nn.functional.scaled_dot_product_attention(q, k, v, is_casual: causal);
        }

        // A row without anything looks at all with a query of 0, which gives the mean, and no gradient to queries and keys.
        Tensor none = mask.any(-1, keepdim: true).logical_not();
        Tensor open = mask.logical_or(none);
        Tensor result = nn.functional.scaled_dot_product_attention(q.Replaced(none, 0), k, v, open);
        return zeroRows ? result.Replaced(none, 0) : result;
    }

    /// <summary>The weights softmax(q · k / sqrt(width)), 0 where nothing may be looked at.</summary>
    public static Tensor Scores(Tensor q, Tensor k, Tensor? mask)
    {
        Tensor scores = q.Times(1 / Math.Sqrt(q.size(-1))).matmul(k.transpose(-2, -1));
        if (mask is null)
        {
            return nn.functional.softmax(scores, -1);
        }

        Tensor without = mask.logical_not();
        double excluded = scores.dtype == ScalarType.Float16 ? -3e4 : -1e9;
        return nn.functional.softmax(scores.Replaced(without, excluded), -1).Replaced(without, 0);
    }
}
