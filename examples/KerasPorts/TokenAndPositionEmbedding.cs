using Distillation.Keras;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace KerasPorts;

/// <summary>Two embeddings, one for tokens and one for their places, added up.</summary>
public sealed class TokenAndPositionEmbedding : Layer
{
    private readonly Embedding _tokenEmb;
    private readonly Embedding _posEmb;

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
        _tokenEmb = new Embedding(vocab_size, embed_dim);
        _posEmb = new Embedding(maxlen, embed_dim);
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
        return inputShape.Append(EmbedDim);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor positions = arange(input.shape[^1], ScalarType.Int64, input.device);
        return _tokenEmb.Call(input).add(_posEmb.Call(positions));
    }
}
