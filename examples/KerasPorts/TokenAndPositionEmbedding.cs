using Distillation.Keras;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace KerasPorts;

/// <summary>
/// keras.io's <c>TokenAndPositionEmbedding</c> of "Text classification with Transformer": two embeddings, one for tokens and one for
/// their places, added up. Here <c>call</c> is <c>Forward</c> on tensors, and what the constructor takes is kept in properties, from
/// which the layer is written and read.
/// </summary>
internal sealed class TokenAndPositionEmbedding : Layer
{
    private readonly Embedding _token_emb;
    private readonly Embedding _pos_emb;

    /// <summary>Makes the layer.</summary>
    /// <param name="maxlen">The number of tokens of a sequence.</param>
    /// <param name="vocab_size">The number of tokens that there are.</param>
    /// <param name="embed_dim">The size of a token's vector.</param>
    /// <param name="name">The layer's name.</param>
    public TokenAndPositionEmbedding(int maxlen, int vocab_size, int embed_dim, string? name = null)
        : base(name)
    {
        Maxlen = maxlen;
        VocabSize = vocab_size;
        EmbedDim = embed_dim;
        _token_emb = new Embedding(input_dim: vocab_size, output_dim: embed_dim);
        _pos_emb = new Embedding(input_dim: maxlen, output_dim: embed_dim);
    }

    /// <summary>The number of tokens of a sequence.</summary>
    public int Maxlen { get; }

    /// <summary>The number of tokens that there are.</summary>
    public int VocabSize { get; }

    /// <summary>The size of a token's vector.</summary>
    public int EmbedDim { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return new Shape(inputShape.Append(EmbedDim));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        long maxlen = x.shape[^1];
        Tensor positions = arange(maxlen, ScalarType.Int64, x.device);
        positions = _pos_emb.Call(positions);
        x = _token_emb.Call(x);
        return x.add(positions);
    }
}
