using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>Attention with several heads, of which groups of queries share a head of the keys and values.</summary>
/// <remarks>
/// Query (batch, T, d), value and key (batch, S, d), output (batch, T, d). With as many heads of keys as of queries it is
/// <see cref="MultiHeadAttention"/>. Source: <c>keras/src/layers/attention/grouped_query_attention.py</c>; Ainslie et al., arXiv
/// 2305.13245.
/// </remarks>
public sealed class GroupQueryAttention : BaseMultiHeadAttention
{
    /// <summary>The name of the class in Keras' source, which exports it under another one.</summary>
    internal const string ClassInPython = "GroupedQueryAttention";

    /// <inheritdoc cref="GroupQueryAttention" path="/summary"/>
    /// <param name="head_dim">The size of a head; positive.</param>
    /// <param name="num_query_heads">The heads of the query; positive.</param>
    /// <param name="num_key_value_heads">The heads of the key and value; positive, a divisor of the query's.</param>
    /// <param name="dropout">The share of the scores that training sets to 0, from 0 to 1.</param>
    /// <param name="use_bias">Whether the projections have biases.</param>
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
    /// <param name="name">The layer's name; <see langword="null"/> (the default): <c>grouped_query_attention</c>, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">
    /// The heads of the query are no multiple of the others, or flash_attention is true, and there is dropout.
    /// </exception>
    public GroupQueryAttention(
        int head_dim,
        int num_query_heads,
        int num_key_value_heads,
        double dropout = 0,
        bool use_bias = true,
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
            name ?? Naming.Automatic(ClassInPython),
            trainable,
            dtype
        )
    {
        HeadDim = Arguments.AtLeast(1, head_dim);
        NumQueryHeads = Arguments.AtLeast(1, num_query_heads);
        NumKeyValueHeads = Arguments.AtLeast(1, num_key_value_heads);
        if (num_query_heads % num_key_value_heads != 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"GroupQueryAttention gives each head of the keys to equally many of the queries, but {num_query_heads} is no "
                        + $"multiple of {num_key_value_heads}."
                ),
                nameof(num_query_heads)
            );
        }
    }

    /// <summary>The size of a head.</summary>
    public int HeadDim { get; }

    /// <summary>The heads of the query.</summary>
    public int NumQueryHeads { get; }

    /// <summary>The heads of the key and value.</summary>
    public int NumKeyValueHeads { get; }

    private protected override string AttributePrefix => "_";

    internal override string PythonName => ClassInPython;

    private protected override int QueryHeads => NumQueryHeads;

    private protected override int KeyHeads => NumKeyValueHeads;

    private protected override int HeadWidth => HeadDim;

    private protected override int ValueWidth => HeadDim;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes.Count < 2 || inputShapes[0].Rank == 0 || inputShapes[1].Rank == 0 || inputShapes[0][-1] == inputShapes[1][-1]
            ? base.ComputeOutputShapes(inputShapes)
            : throw new ArgumentException(
                $"GroupQueryAttention '{Name}' takes a query and a value with equally many features, but their shapes are {inputShapes[0]} "
                    + $"and {inputShapes[1]}. Bring one to the other's size, with a Dense layer, say."
            );
    }

    private protected override Shape OutputSizes(Shape query) => new(query.Known(-1, $"GroupQueryAttention '{Name}'"));

    private protected override int[] AxesOf(Shape query) =>
        query.Rank == 3
            ? [1]
            : throw new ArgumentException(
                $"GroupQueryAttention '{Name}' takes inputs of 3 axes (batch, steps, features), but the query's shape is {query}."
            );
}
