using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;
using DropoutLayer = Distillation.Keras.Layers.Dropout;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="Attention"/> and <see cref="AdditiveAttention"/> share: values weighed by scores of a query with keys.
/// </summary>
/// <remarks>
/// Called with a list: a query (batch, T, d), a value (batch, S, e) and perhaps a key (batch, S, d); without one the value is the key, too.
/// Output (batch, T, e). Masks of the query and the value; by name <c>use_causal_mask</c>, with which no position looks at a later one, and
/// <c>return_attention_scores</c>, with which the scores (batch, T, S) are a second output.
/// </remarks>
public abstract class BaseAttention : Layer
{
    private readonly DropoutLayer? _dropout;

    private protected BaseAttention(bool use_scale, double dropout, int? seed, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype)
    {
        UseScale = use_scale;
        Dropout = Arguments.Fraction(dropout);
        Seed = seed;
        _dropout = dropout > 0 ? AddLayer(new DropoutLayer(dropout, seed: seed, name: "dropout", dtype: Dtype)) : null;
    }

    /// <summary>Whether a factor of the scores is trained.</summary>
    public bool UseScale { get; }

    /// <summary>The share of the scores that training sets to 0.</summary>
    public double Dropout { get; }

    /// <summary>What the random numbers of the dropout begin with, if it has its own.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> CallArguments => ["return_attention_scores", "use_causal_mask"];

    internal override bool MayMakeMasks => false;

    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers => [];

    /// <summary>The factor of the scores, where it is trained.</summary>
    private protected Variable? Scale { get; set; }

    /// <summary>Whether the keys of a shape go with the queries of another one.</summary>
    private protected abstract bool Fit(int? query, int? key);

    /// <summary>The scores (batch, T, S).</summary>
    private protected abstract Tensor Scores(Tensor query, Tensor key);

    /// <summary>Adds the weights that score, for a query of this shape.</summary>
    private protected abstract void AddWeights(Shape query);

    /// <summary>The values weighed by the scores, in one function; <see langword="null"/> where there is none for it.</summary>
    private protected virtual Tensor? Attend(Tensor query, Tensor key, Tensor value, Tensor? bias, bool causal) => null;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count is not (2 or 3))
        {
            throw new ArgumentException(
                Invariant(
                    $"{ClassName} '{Name}' is called with a list of a query, a value and perhaps a key, but got {inputShapes.Count} "
                        + $"tensors."
                )
            );
        }

        Shape query = inputShapes[0];
        Shape value = inputShapes[1];
        Shape key = inputShapes[^1];
        bool fits =
            inputShapes.All(s => s.Rank >= 3 && s.Rank == query.Rank)
            && Fit(query[-1], key[-1])
            && Same(value[-2], key[-2])
            && Enumerable.Range(0, query.Rank - 2).All(a => Same(query[a], value[a]) && Same(query[a], key[a]));
        if (!fits)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes a query (batch, T, d), a value (batch, S, e) and a key (batch, S, d), the value by default, "
                    + $"but got {string.Join(", ", inputShapes)}."
            );
        }

        if (Scale is { Shape.Rank: 1 } scale && query[-1] is int width && width != scale.Shape[0])
        {
            throw new ArgumentException(
                Invariant($"{ClassName} '{Name}' was built for a query of {scale.Shape[0]} features, but its shape is {query}.")
            );
        }

        return [query.With(-1, value[-1])];
    }

    internal override IReadOnlyList<Shape> OutputShapesFor<T>(LayerInputs<T> call, IReadOnlyList<Shape> inputShapes)
    {
        IReadOnlyList<Shape> shapes = ComputeOutputShapes(inputShapes);
        return call.ValueOf("return_attention_scores", false) ? [shapes[0], inputShapes[0].With(-1, inputShapes[^1][-2])] : shapes;
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Mask(0) is Tensor mask ? [mask] : [];
    }

    /// <inheritdoc/>
    protected override void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        ComputeOutputShapes(inputShapes);
        AddWeights(inputShapes[0]);
        _dropout?.EnsureBuilt([inputShapes[0]]);
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        using DisposeScope scope = NewDisposeScope();
        Tensor query = inputs.Tensors[0];
        Tensor value = inputs.Tensors[1];
        Tensor key = inputs.Tensors[^1];
        bool wantsScores = inputs.ValueOf("return_attention_scores", false);
        bool drops = _dropout is not null && context.Training;
        bool causal = inputs.ValueOf("use_causal_mask", false);
        Tensor? padding = inputs.Mask(1) is Tensor own ? RowsOf(own, value, "value").logical_not().unsqueeze(-2) : null;
        Tensor? result = null;
        Tensor? weights = null;
        if (!wantsScores && !drops && query.dim() == 3 && (padding is null || !causal))
        {
            Tensor? bias = padding is null ? null : zeros_like(padding, query.dtype).Replaced(padding, -Excluded(query.dtype));
            result = Attend(query, key, value, bias, causal);
        }

        if (result is null)
        {
            Tensor scores = Scores(query, key);
            if (causal)
            {
                Tensor later = ones([1, query.size(-2), value.size(-2)], ScalarType.Bool, query.device).triu(1);
                padding = padding is null ? later : padding.logical_or(later);
            }

            weights = nn.functional.softmax(padding is null ? scores : where(padding, scores.Minus(Excluded(scores.dtype)), scores), -1);
            weights = drops ? _dropout!.Invoke([weights], context)[0] : weights;
            result = weights.matmul(value);
        }

        if (inputs.Mask(0) is Tensor counted)
        {
            result = result.Replaced(RowsOf(counted, query, "query").logical_not().unsqueeze(-1), 0);
        }

        result = result.MoveToOuterDisposeScope();
        return wantsScores ? [result, weights!.MoveToOuterDisposeScope()] : [result];
    }

    // As Keras: what a score loses where its value does not count.
    private static double Excluded(ScalarType type) => type == ScalarType.Float16 ? 65504 : 1e9;

    private static bool Same(int? a, int? b) => a is null || b is null || a == b;

    private Tensor RowsOf(Tensor mask, Tensor tensor, string what)
    {
        long[] sizes = mask.shape;
        long[] rows = tensor.shape[..^1];
        return sizes.Length == rows.Length && !sizes.Where((s, i) => s != 1 && s != rows[i]).Any()
            ? Masks.AsBool(mask)
            : throw new ArgumentException(
                $"The mask of the {what} of {ClassName} '{Name}' says of each step whether it counts, but the {what} has the shape "
                    + $"{Shape.FromSizes(tensor.shape)} and the mask {Shape.FromSizes(sizes)}."
            );
    }
}
