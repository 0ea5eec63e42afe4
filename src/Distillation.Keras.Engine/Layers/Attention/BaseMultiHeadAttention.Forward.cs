using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>The computation.</content>
public abstract partial class BaseMultiHeadAttention
{
    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        using DisposeScope scope = NewDisposeScope();
        Tensor query = inputs.Tensors[0];
        Tensor value = inputs.Tensors[1];
        Tensor key = inputs.Tensors.Count > 2 ? inputs.Tensors[2] : value;
        int rank = (int)query.dim();
        var axes = AttentionAxes.Of(AxesOf(Shape.FromSizes(query.shape)), rank);
        bool wantsScores = WantsScores(inputs);
        bool drops = Dropout > 0 && context.Training;
        bool causal = inputs.ValueOf("use_causal_mask", false);
        Tensor? mask = MaskOf(inputs, axes, ref causal, mayBeFlag: !wantsScores && !drops && rank == 3);
        Tensor q = axes.ToHeads(Project(_query!, query, context));
        Tensor k = Repeated(axes.ToHeads(Project(_key!, key, context)));
        Tensor v = Repeated(axes.ToHeads(Project(_value!, value, context)));
        Tensor? scores = null;
        Tensor heads;
        if (wantsScores || drops)
        {
            scores = AttentionKernel.Scores(q, k, mask);
            Tensor dropped = drops ? Run(_dropout!, scores, context) : scores;
            heads = dropped.matmul(v);
        }
        else
        {
            // Where a row may look at nothing, Keras' fused function gives the mean of the values, and the other way gives 0.
            heads = AttentionKernel.Attend(q, k, v, mask, causal, zeroRows: Dropout > 0 || !IsFused(rank));
        }

        Tensor joined = axes.FromHeads(heads, query);
        if (_gate is not null)
        {
            joined = joined.mul(Project(_gate, query, context));
        }

        Tensor output = Project(_output!, joined, context).MoveToOuterDisposeScope();
        return wantsScores ? [output, axes.ScoresOf(scores!, query, value).MoveToOuterDisposeScope()] : [output];
    }

    private protected override Tensor Cast(Tensor input) => input.dtype == ScalarType.Bool ? input : base.Cast(input);

    private protected override bool IsOfType(Tensor input) => input.dtype == ScalarType.Bool || base.IsOfType(input);

    private static Tensor Project(Layer layer, Tensor input, CallContext context) => Run(layer, input, context);

    private static Tensor Run(Layer layer, Tensor input, CallContext context) => layer.Invoke([input], context)[0];

    // A head of the keys is that of several queries in a row.
    private Tensor Repeated(Tensor heads)
    {
        if (KeyHeads == QueryHeads)
        {
            return heads;
        }

        long[] sizes = heads.shape;
        return heads
            .unsqueeze(2)
            .expand(sizes[0], sizes[1], QueryHeads / KeyHeads, sizes[2], sizes[3])
            .reshape(sizes[0], QueryHeads, sizes[2], sizes[3]);
    }

    /// <summary>What may be looked at, in booleans that broadcast against (batch, heads, T, S); none where all may.</summary>
    private Tensor? MaskOf(LayerInputs<Tensor> inputs, AttentionAxes axes, ref bool causal, bool mayBeFlag)
    {
        Tensor query = inputs.Tensors[0];
        Tensor value = inputs.Tensors[1];
        Tensor? mask = null;
        Join(ref mask, Given(inputs, "query_mask", 0)?.unsqueeze(-1));
        Join(ref mask, Given(inputs, "value_mask", 1)?.unsqueeze(-2));
        Join(
            ref mask,
            inputs.Tensors.Count > 2 || inputs.Arguments.ContainsKey("key_mask") ? Given(inputs, "key_mask", 2)?.unsqueeze(-2) : null
        );
        Tensor? own = inputs.TensorsOf("attention_mask") is [Tensor given] ? AsBool(given) : null;
        if (causal && (mask is not null || own is not null || SlidingWindow is not null || !mayBeFlag))
        {
            Join(ref mask, ones([1, query.size(1), value.size(1)], ScalarType.Bool, query.device).tril());
            causal = false;
        }

        if (SlidingWindow is int window)
        {
            Tensor band = ones([1, query.size(1), value.size(1)], ScalarType.Bool, query.device);
            Join(ref mask, band.tril(window - 1).triu(1 - window));
        }

        Join(ref mask, own);
        return mask is null ? null : axes.MaskOf(mask, query, value, QueryHeads, this);
    }

    private void Join(ref Tensor? mask, Tensor? other)
    {
        if (other is null || mask is null)
        {
            mask ??= other;
            return;
        }

        long[] a = mask.shape;
        long[] b = other.shape;
        for (int i = 1; i <= Math.Min(a.Length, b.Length); i++)
        {
            if (a[^i] != b[^i] && a[^i] != 1 && b[^i] != 1)
            {
                throw new ArgumentException(
                    $"The masks of {ClassName} '{Name}' say of each step of the query and of the value what counts, but their shapes "
                        + $"{Shape.FromSizes(a)} and {Shape.FromSizes(b)} (with the axis of the other one) do not go together."
                );
            }
        }

        mask = mask.logical_and(other);
    }

    private static Tensor? Given(LayerInputs<Tensor> inputs, string name, int index) =>
        inputs.TensorsOf(name) is [Tensor given] ? AsBool(given)
        : index < inputs.Tensors.Count && inputs.Mask(index) is Tensor own ? AsBool(own)
        : null;

    // As Keras casts: all but 0 counts.
    private static Tensor AsBool(Tensor mask) => mask.dtype == ScalarType.Bool ? mask : mask.to_type(ScalarType.Bool);
}
