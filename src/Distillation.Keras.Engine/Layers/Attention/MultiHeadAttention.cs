using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>
/// Attention with several heads: each looks at the values by softmax(query · key / sqrt(key_dim)) of its own projections.
/// </summary>
/// <remarks>
/// Query (batch, T, d), value and key (batch, S, d), output (batch, T, d) or (batch, T, output_shape); axes before the last are those of
/// the query. <c>new MultiHeadAttention(2, 16).Apply(x, x)</c> is self-attention. Source:
/// <c>keras/src/layers/attention/multi_head_attention.py</c>; Vaswani et al., arXiv 1706.03762.
/// </remarks>
public sealed class MultiHeadAttention : BaseMultiHeadAttention
{
    private readonly Axes? _axes;

    /// <inheritdoc cref="MultiHeadAttention" path="/summary"/>
    /// <param name="num_heads">The number of heads; positive.</param>
    /// <param name="key_dim">The size of a head of the query and the key; positive.</param>
    /// <param name="value_dim">The size of a head of the value; <paramref name="key_dim"/> by default.</param>
    /// <param name="dropout">The share of the scores that training sets to 0, from 0 to 1.</param>
    /// <param name="use_bias">Whether the projections have biases.</param>
    /// <param name="output_shape">The last axes of the output; by default the size of the query's last axis.</param>
    /// <param name="attention_axes">
    /// The axes that attention goes over, the batch being 0; by default all but the batch and the last.
    /// </param>
    /// <param name="sliding_window">
    /// Positions less than this many steps apart see each other; <see langword="null"/> (the default): all do. Positive.
    /// </param>
    /// <param name="flash_attention">
    /// Whether what libtorch's fused attention does not compute, dropout and scores, is refused. By default, and with
    /// <see langword="false"/>, it is used where it can be; which kernel it takes is libtorch's choice.
    /// </param>
    /// <param name="kernel_initializer">Makes the kernels; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="bias_initializer">Makes the biases; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on each kernel.</param>
    /// <param name="bias_regularizer">A penalty on each bias.</param>
    /// <param name="activity_regularizer">A penalty on what each projection computes.</param>
    /// <param name="kernel_constraint">Applied to the kernels after each step.</param>
    /// <param name="bias_constraint">Applied to the biases after each step.</param>
    /// <param name="use_gate">Whether what the heads give is multiplied by a sigmoid of a projection of the query.</param>
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">flash_attention is true, and there is dropout.</exception>
    public MultiHeadAttention(
        int num_heads,
        int key_dim,
        int? value_dim = null,
        double dropout = 0,
        bool use_bias = true,
        Shape? output_shape = null,
        Axes? attention_axes = null,
        int? sliding_window = null,
        bool? flash_attention = null,
        Initializer? kernel_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? bias_constraint = null,
        bool use_gate = false,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            dropout,
            use_bias,
            sliding_window,
            flash_attention,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            use_gate,
            seed,
            name,
            trainable,
            dtype
        )
    {
        NumHeads = Arguments.AtLeast(1, num_heads);
        KeyDim = Arguments.AtLeast(1, key_dim);
        ValueDim = Arguments.AtLeast(1, value_dim) ?? key_dim;
        OutputShape = output_shape is { Rank: 0 } ? null : output_shape;
        if (OutputShape is not null && OutputShape.Any(s => s is null))
        {
            throw new ArgumentException(
                $"MultiHeadAttention makes outputs of known sizes, but output_shape is {OutputShape}. Give the last axes alone.",
                nameof(output_shape)
            );
        }

        _axes = attention_axes?.Named(nameof(MultiHeadAttention), nameof(attention_axes));
    }

    /// <summary>The number of heads.</summary>
    public int NumHeads { get; }

    /// <summary>The size of a head of the query and the key.</summary>
    public int KeyDim { get; }

    /// <summary>The size of a head of the value.</summary>
    public int ValueDim { get; }

    /// <summary>The last axes of the output, if they were given.</summary>
    public Shape? OutputShape { get; }

    /// <summary>The axes that attention goes over, none negative, once the weights are made; before that what was given.</summary>
    public Axes? AttentionAxes => Built ? new Axes(AxesOf(BuildShapes[0])) : _axes;

    private protected override int QueryHeads => NumHeads;

    private protected override int KeyHeads => NumHeads;

    private protected override int HeadWidth => KeyDim;

    private protected override int ValueWidth => ValueDim;

    private protected override Shape OutputSizes(Shape query) => OutputShape ?? new Shape(query.Known(-1, $"MultiHeadAttention '{Name}'"));

    private protected override int[] AxesOf(Shape query)
    {
        if (_axes is null)
        {
            return [.. Enumerable.Range(1, query.Rank - 2)];
        }

        string what = $"The attention_axes of MultiHeadAttention '{Name}'";
        int[] axes = Array.ConvertAll(_axes.Resolve(query.Rank, what), a => (int)a);
        return Array.Exists(axes, a => a == 0 || a == query.Rank - 1)
            ? throw new ArgumentException(
                $"{what} are neither that of the batch nor the last, but for a query of shape {query} they are "
                    + $"[{string.Join(", ", axes)}]."
            )
            : axes;
    }
}
