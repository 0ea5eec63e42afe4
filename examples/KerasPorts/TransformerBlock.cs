using Distillation.Keras;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace KerasPorts;

/// <summary>
/// keras.io's <c>TransformerBlock</c> of "Text classification with Transformer": attention of all tokens to all, and a network on each
/// token, each with a residual. Here <c>call</c> is <c>Forward</c> on tensors, and what the constructor takes is kept in properties, from
/// which the layer is written and read.
/// </summary>
internal sealed class TransformerBlock : Layer
{
    private readonly MultiHeadAttention _att;
    private readonly Sequential _ffn;
    private readonly LayerNormalization _layernorm1 = new(epsilon: 1e-6);
    private readonly LayerNormalization _layernorm2 = new(epsilon: 1e-6);
    private readonly Dropout _dropout1;
    private readonly Dropout _dropout2;

    /// <summary>Makes the block.</summary>
    /// <param name="embed_dim">The size of a token's vector.</param>
    /// <param name="num_heads">The number of attention heads.</param>
    /// <param name="ff_dim">The width of the network on each token.</param>
    /// <param name="rate">What share dropout sets to 0.</param>
    /// <param name="name">The layer's name.</param>
    public TransformerBlock(int embed_dim, int num_heads, int ff_dim, double rate = 0.1, string? name = null)
        : base(name)
    {
        EmbedDim = embed_dim;
        NumHeads = num_heads;
        FfDim = ff_dim;
        Rate = rate;
        _att = new MultiHeadAttention(num_heads: num_heads, key_dim: embed_dim);
        _ffn = new Sequential(new Dense(ff_dim, activation: "relu"), new Dense(embed_dim));
        _dropout1 = new Dropout(rate);
        _dropout2 = new Dropout(rate);
    }

    /// <summary>The size of a token's vector.</summary>
    public int EmbedDim { get; }

    /// <summary>The number of attention heads.</summary>
    public int NumHeads { get; }

    /// <summary>The width of the network on each token.</summary>
    public int FfDim { get; }

    /// <summary>What share dropout sets to 0.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor attn_output = _att.CallAll([inputs, inputs])[0];
        attn_output = _dropout1.Call(attn_output);
        Tensor out1 = _layernorm1.Call(inputs.add(attn_output));
        Tensor ffn_output = _ffn.Call(out1);
        ffn_output = _dropout2.Call(ffn_output);
        return _layernorm2.Call(out1.add(ffn_output));
    }
}
