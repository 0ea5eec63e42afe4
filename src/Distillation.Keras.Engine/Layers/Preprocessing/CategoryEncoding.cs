using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Rows with an entry for each category, from the categories' numbers.</summary>
/// <remarks>
/// <para>
/// Input: numbers from 0 to below <c>num_tokens</c>; a number outside leaves no trace, as in Keras. <c>one_hot</c>: each number is a row,
/// (batch, 1) becomes (batch, tokens), other shapes get an axis behind. <c>multi_hot</c> and <c>count</c>: the numbers along axis 1 are
/// together one row, (batch, n) becomes (batch, tokens); a tensor with one axis alone is one row.
/// </para>
/// <para>
/// The argument <c>count_weights</c> of the call, in the shape of the input, says with <c>count</c> what each number counts:
/// <c>layer.CallAll(new LayerInputs&lt;Tensor&gt;(x).With("count_weights", weights))</c>. Source:
/// <c>keras/src/layers/preprocessing/category_encoding.py</c>.
/// </para>
/// </remarks>
public sealed class CategoryEncoding : Layer
{
    private const string Weights_ = "count_weights";

    /// <inheritdoc cref="CategoryEncoding" path="/summary"/>
    /// <param name="num_tokens">The number of categories, at least 1.</param>
    /// <param name="output_mode"><c>"multi_hot"</c> (the default), <c>"one_hot"</c> or <c>"count"</c>.</param>
    /// <param name="sparse">Only <see langword="false"/>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the rows.</param>
    /// <exception cref="ArgumentException">There is no number of tokens, or it is below 1, or the mode is another one.</exception>
    /// <exception cref="NotSupportedException"><paramref name="sparse"/> is true.</exception>
    public CategoryEncoding(
        int? num_tokens = null,
        string output_mode = "multi_hot",
        bool sparse = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(output_mode);
        NumTokens =
            Arguments.AtLeast(1, num_tokens)
            ?? throw new ArgumentNullException(
                nameof(num_tokens),
                "CategoryEncoding needs the number of categories, num_tokens. Where it is not known give the layer IntegerLookup instead."
            );
        OutputMode = CategoricalEncoding.Mode(
            output_mode,
            CategoricalEncoding.Count,
            CategoricalEncoding.OneHot,
            CategoricalEncoding.MultiHot
        );
        Sparse = CategoricalEncoding.NotSparse(sparse, nameof(CategoryEncoding));
    }

    /// <summary>The number of categories.</summary>
    public int? NumTokens { get; }

    /// <summary>What the rows hold.</summary>
    public string OutputMode { get; }

    /// <summary>Always <see langword="false"/>.</summary>
    public bool Sparse { get; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> CallArguments => [Weights_];

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return CategoricalEncoding.OutputShape(inputShape, OutputMode, NumTokens);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        config.Remove("sparse");
        return config;
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor input = inputs.Tensors[0];
        Tensor? weights = inputs.TensorsOf(Weights_) is [Tensor given, ..] ? given : null;
        if (weights is not null && OutputMode != CategoricalEncoding.Count)
        {
            throw new ArgumentException($"'{Name}' weighs what it counts, but its output_mode is \"{OutputMode}\". Leave out {Weights_}.");
        }

        if (weights is not null && !weights.shape.AsSpan().SequenceEqual(input.shape))
        {
            throw new ArgumentException(
                $"The {Weights_} of '{Name}' have the shape of its input, {Shape.FromSizes(input.shape)}, but theirs is "
                    + $"{Shape.FromSizes(weights.shape)}."
            );
        }

        using Tensor? numbers = input.dtype == ScalarType.Int64 ? null : input.to(ScalarType.Int64);
        return [CategoricalEncoding.Encode(numbers ?? input, OutputMode, NumTokens!.Value, Dtype.ComputeType, weights)];
    }

    private protected override bool IsOfType(Tensor input) => true;

    private protected override Tensor Cast(Tensor input) => input;

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) { }
}
