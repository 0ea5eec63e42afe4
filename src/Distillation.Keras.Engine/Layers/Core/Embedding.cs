using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A row of a table for each index: vectors of words or of other things that are counted.</summary>
/// <remarks>
/// <para>
/// Input (batch, ...) of whole numbers from 0 to <c>input_dim - 1</c>; -1 is the last one, -2 the one before, as in Keras. Fractions are
/// cut off. Output (batch, ..., <c>output_dim</c>). Weight: <c>embeddings</c> (input_dim, output_dim). Give the model an
/// <c>Input</c> of dtype <c>"int32"</c> or <c>"int64"</c>, as float32 holds whole numbers up to 16,777,216 alone.
/// </para>
/// <para>
/// An index that the table has no row for is refused on the host, and gives a row of NaN on a GPU, where asking would hold up each step.
/// </para>
/// <para>Source: <c>keras/src/layers/core/embedding.py</c>.</para>
/// </remarks>
[ConfigOptional("lora_rank", "lora_alpha")]
public sealed class Embedding : Layer
{
    private Variable? _embeddings;

    /// <inheritdoc cref="Embedding" path="/summary"/>
    /// <param name="input_dim">The number of rows: the largest index plus 1; positive.</param>
    /// <param name="output_dim">The size of a row; positive.</param>
    /// <param name="embeddings_initializer">Makes the table; <c>"uniform"</c> (from -0.05 to 0.05) by default.</param>
    /// <param name="embeddings_regularizer">A penalty on the table.</param>
    /// <param name="embeddings_constraint">Applied to the table after each step.</param>
    /// <param name="mask_zero">
    /// Whether the index 0 is padding: the layer's output has a mask, false there, which layers behind it, the loss and the metrics heed.
    /// </param>
    /// <param name="weights">The table's first values, (input_dim, output_dim), instead of those that the initializer makes.</param>
    /// <param name="lora_rank">
    /// The rank of what is trained in place of the table, which stays as it is (LoRA); <see langword="null"/> (the default): the table is
    /// trained. Positive; see <c>EnableLora</c>.
    /// </param>
    /// <param name="lora_alpha">The factor of that, before it is divided by the rank; the rank by default.</param>
    /// <param name="quantization_config">Of quantised layers, which there are none of here: <see langword="null"/>.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or a rank is not positive, or lora_alpha not finite.</exception>
    /// <exception cref="ArgumentException">
    /// A table with a constraint is to be adapted, lora_alpha stands alone, <paramref name="weights"/> have another shape, or
    /// <paramref name="quantization_config"/> is given.
    /// </exception>
    public Embedding(
        int input_dim,
        int output_dim,
        Initializer? embeddings_initializer = null,
        Regularizer? embeddings_regularizer = null,
        Constraint? embeddings_constraint = null,
        bool mask_zero = false,
        NDArray? weights = null,
        int? lora_rank = null,
        double? lora_alpha = null,
        JsonObject? quantization_config = null,
        Regularizer? activity_regularizer = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : this(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            activity_regularizer,
            embeddings_constraint,
            mask_zero,
            quantization_config,
            lora_rank,
            lora_alpha,
            name,
            trainable,
            dtype
        )
    {
        if (weights is not null)
        {
            EnsureBuilt([]);
            SetWeights([weights]);
        }
    }

    // The configuration has no weights.
    [ConfigConstructor]
    private Embedding(
        int input_dim,
        int output_dim,
        Initializer? embeddings_initializer = null,
        Regularizer? embeddings_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? embeddings_constraint = null,
        bool mask_zero = false,
        JsonObject? quantization_config = null,
        int? lora_rank = null,
        double? lora_alpha = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype, activity_regularizer)
    {
        InputDim = Arguments.AtLeast(1, input_dim);
        OutputDim = Arguments.AtLeast(1, output_dim);
        EmbeddingsInitializer = embeddings_initializer ?? "uniform";
        EmbeddingsRegularizer = embeddings_regularizer;
        EmbeddingsConstraint = embeddings_constraint;
        MaskZero = mask_zero;
        RefuseQuantization(quantization_config);
        (LoraRank, LoraAlpha) = CheckedLora(lora_rank, lora_alpha, embeddings_constraint, ClassName, "embeddings");
    }

    /// <summary>The number of rows.</summary>
    public int InputDim { get; }

    /// <summary>The size of a row.</summary>
    public int OutputDim { get; }

    /// <summary>What makes the table.</summary>
    public Initializer EmbeddingsInitializer { get; }

    /// <summary>The penalty on the table.</summary>
    public Regularizer? EmbeddingsRegularizer { get; }

    /// <summary>What is applied to the table after each step.</summary>
    public Constraint? EmbeddingsConstraint { get; }

    /// <summary>Whether the index 0 is padding.</summary>
    public bool MaskZero { get; }

    /// <summary>The rank of what is trained in place of the table; <see langword="null"/> where the table is.</summary>
    public int? LoraRank { get; private set; }

    /// <summary>The factor of that, before it is divided by the rank.</summary>
    [WholeNumber]
    public double? LoraAlpha { get; private set; }

    /// <summary>Always <see langword="null"/>: there are no quantised layers.</summary>
    public JsonObject? QuantizationConfig { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => MaskZero;

    internal override bool MayMakeMasks => MaskZero;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank > 0
            ? new Shape([.. inputShape, OutputDim])
            : throw new ArgumentException($"Embedding '{Name}' takes an input with a batch axis, but its input has no axes.");
    }

    /// <summary>
    /// Trains two small matrices in place of the table, which stays as it is: embeddings + lora_alpha / rank * a · b, with a (input_dim,
    /// rank) and b (rank, output_dim) (LoRA). Where b is zero, as by default, the layer computes what it did.
    /// </summary>
    /// <remarks>
    /// A model that was compiled before is to be compiled again. A file holds the sum as the table; a model that is loaded from it begins
    /// with a new a, and with b zero.
    /// </remarks>
    /// <param name="rank">The rank of the product; positive.</param>
    /// <param name="lora_alpha">The factor of the product; the rank by default.</param>
    /// <param name="a_initializer">Makes a; <c>"he_uniform"</c> by default.</param>
    /// <param name="b_initializer">Makes b; <c>"zeros"</c> by default.</param>
    /// <exception cref="InvalidOperationException">
    /// The weights are not made yet, the table has a constraint, or it is adapted already.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void EnableLora(int rank, double? lora_alpha = null, Initializer? a_initializer = null, Initializer? b_initializer = null)
    {
        Variable embeddings = KernelToAdapt(_embeddings, EmbeddingsConstraint, "embeddings");
        Arguments.AtLeast(1, rank);
        double alpha = lora_alpha is double given ? Arguments.Finite(given, nameof(lora_alpha)) : rank;
        Adapt(embeddings, rank, alpha, a_initializer, b_initializer, EmbeddingsRegularizer);
        (LoraRank, LoraAlpha) = (rank, alpha);
    }

    /// <inheritdoc/>
    protected override void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        _embeddings = AddWeight(
            "embeddings",
            (InputDim, OutputDim),
            EmbeddingsInitializer,
            regularizer: EmbeddingsRegularizer,
            constraint: EmbeddingsConstraint
        );
        if (LoraRank is int rank)
        {
            Adapt(_embeddings, rank, LoraAlpha!.Value, null, null, EmbeddingsRegularizer);
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor indices = RowLookup.Indices(input, InputDim);
        Tensor rows = RowLookup.Of(this, _embeddings!.Value, indices, context.LeavesRowGradients);
        if (Lora is LoraKernel lora)
        {
            rows = RowLookup.Of(this, lora.A.Value, indices, context.LeavesRowGradients).matmul(lora.B.Value).Times(lora.Scale).Plus(rows);
        }

        return rows.to(Dtype.ComputeType).reshape([.. input.shape, OutputDim]).MoveToOuterDisposeScope();
    }

    /// <summary>What is not the index 0 counts, where <see cref="MaskZero"/> says so.</summary>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MaskZero ? [inputs.Tensors[0].IsNot(0)] : [];
    }

    // Indices are whole numbers, whatever the layer computes in.
    private protected override bool IsOfType(Tensor input) => true;

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) { }
}
