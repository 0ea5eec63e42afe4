using System.Collections.Immutable;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;
using DropoutLayer = Distillation.Keras.Layers.Dropout;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the attention layers with several heads share: <see cref="MultiHeadAttention"/> and <see cref="GroupQueryAttention"/>.
/// </summary>
/// <remarks>
/// Called with a query (batch, T, d), a value (batch, S, d) and perhaps a key (batch, S, d); without one the value is the key, too. Masks
/// of the inputs, and by name: <c>query_mask</c>, <c>value_mask</c>, <c>key_mask</c>, <c>attention_mask</c> (batch, T, S), which says what
/// may be looked at, <c>use_causal_mask</c>, with which no position looks at a later one, and <c>return_attention_scores</c>, with which
/// the scores (batch, heads, T, S) are a second output. The layers in it are called <c>query</c>, <c>key</c>, <c>value</c>,
/// <c>attention_output</c> and, with <c>use_gate</c>, <c>gate</c>. A <c>query_mask</c> that is given counts; Keras 3.15 puts the mask of
/// the query in its place.
/// </remarks>
[ConfigUnwritten("flash_attention")]
public abstract partial class BaseMultiHeadAttention : Layer
{
    private static readonly ImmutableArray<string> Named =
    [
        "query_mask",
        "value_mask",
        "key_mask",
        "attention_mask",
        "return_attention_scores",
        "use_causal_mask",
    ];

    private AttentionProjection? _query;
    private AttentionProjection? _key;
    private AttentionProjection? _value;
    private AttentionProjection? _gate;
    private AttentionProjection? _output;
    private Softmax? _softmax;
    private DropoutLayer? _dropout;

    private protected BaseMultiHeadAttention(
        double dropout,
        bool use_bias,
        int? sliding_window,
        bool? flash_attention,
        Initializer? kernel_initializer,
        Initializer? bias_initializer,
        Regularizer? kernel_regularizer,
        Regularizer? bias_regularizer,
        Regularizer? activity_regularizer,
        Constraint? kernel_constraint,
        Constraint? bias_constraint,
        bool use_gate,
        int? seed,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(name, trainable, dtype, activity_regularizer)
    {
        Dropout = Arguments.Fraction(dropout);
        SlidingWindow = Arguments.AtLeast(1, sliding_window);
        if (flash_attention is true && dropout > 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"{ClassName}: flash attention computes no dropout, but flash_attention is true and dropout is {dropout}. "
                        + $"Set one of them to its default."
                ),
                nameof(flash_attention)
            );
        }

        UseBias = use_bias;
        FlashAttention = flash_attention;
        KernelInitializer = kernel_initializer ?? "glorot_uniform";
        BiasInitializer = bias_initializer ?? "zeros";
        KernelRegularizer = kernel_regularizer;
        BiasRegularizer = bias_regularizer;
        KernelConstraint = kernel_constraint;
        BiasConstraint = bias_constraint;
        UseGate = use_gate;
        Seed = seed;
    }

    /// <summary>The share of the scores that training sets to 0.</summary>
    public double Dropout { get; }

    /// <summary>Whether the projections have biases.</summary>
    public bool UseBias { get; }

    /// <summary>Positions less than this many steps apart see each other; <see langword="null"/>: all do.</summary>
    public int? SlidingWindow { get; }

    /// <summary>Whether what libtorch's fused attention does not compute is refused.</summary>
    public bool? FlashAttention { get; }

    /// <summary>What makes the kernels.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What makes the biases.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>The penalty on the kernels.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>The penalty on the biases.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is applied to the kernels after each step.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What is applied to the biases after each step.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>Whether what the heads give is multiplied by a sigmoid of the query.</summary>
    public bool UseGate { get; }

    /// <summary>What the random numbers of the dropout begin with, if it has its own.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> CallArguments => Named;

    internal override IReadOnlyList<string> InputNames => ["query", "value", "key"];

    internal override bool MayMakeMasks => false;

    internal override System.Text.Json.Nodes.JsonObject? BuildConfig =>
        BuildShapes.Count == 0
            ? null
            : new()
            {
                ["shapes_dict"] = new System.Text.Json.Nodes.JsonObject(
                    BuildShapes.Select(
                        (s, i) => KeyValuePair.Create($"{InputNames[i]}_shape", (System.Text.Json.Nodes.JsonNode?)s.ToJson())
                    )
                ),
            };

    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers
    {
        get
        {
            (string Name, Layer? Layer)[] layers =
            [
                ($"{AttributePrefix}query_dense", _query),
                ($"{AttributePrefix}key_dense", _key),
                ("_gate_dense", _gate),
                ($"{AttributePrefix}value_dense", _value),
                ("_softmax", _softmax),
                ("_dropout_layer", _dropout),
                ($"{AttributePrefix}output_dense", _output),
            ];
            return layers.Where(l => l.Layer is not null).Select(l => (l.Name, false, (IReadOnlyList<Layer>)[l.Layer!]));
        }
    }

    // The penalty is one on what each of the layers in it computes, as in Keras.
    private protected override bool PenaltyIsOfOutputs => false;

    /// <summary>What the names of the projections in a file begin with: those of Keras' attributes, of which some are private.</summary>
    private protected virtual string AttributePrefix => string.Empty;

    /// <summary>The heads of the queries.</summary>
    private protected abstract int QueryHeads { get; }

    /// <summary>The heads of the keys and values.</summary>
    private protected abstract int KeyHeads { get; }

    /// <summary>The size of a head of the queries and keys.</summary>
    private protected abstract int HeadWidth { get; }

    /// <summary>The size of a head of the values.</summary>
    private protected abstract int ValueWidth { get; }

    /// <summary>The last axes of the output for a query.</summary>
    private protected abstract Shape OutputSizes(Shape query);

    /// <summary>The axes of a query that attention goes over.</summary>
    private protected abstract int[] AxesOf(Shape query);

    /// <summary>Whether Keras computes it with its fused function where that can be.</summary>
    private protected virtual bool IsFused(int rank) => rank == 3;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        CheckShapes(inputShapes);
        Shape query = inputShapes[0];
        return [new Shape(query.Take(query.Rank - 1).Concat(OutputSizes(query)))];
    }

    internal override IReadOnlyList<Shape> OutputShapesFor<T>(LayerInputs<T> call, IReadOnlyList<Shape> inputShapes)
    {
        IReadOnlyList<Shape> shapes = ComputeOutputShapes(inputShapes);
        return WantsScores(call) ? [shapes[0], ScoresShape(inputShapes)] : shapes;
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
        CheckShapes(inputShapes);
        Shape query = inputShapes[0];
        Shape value = inputShapes[1];
        Shape key = inputShapes.Count > 2 ? inputShapes[2] : value;
        _query = Projection("query", query, 1, [QueryHeads, HeadWidth]);
        _key = Projection("key", key, 1, [KeyHeads, HeadWidth]);
        _gate = UseGate ? Projection("gate", query, 1, [QueryHeads, ValueWidth], "sigmoid") : null;
        _value = Projection("value", value, 1, [KeyHeads, ValueWidth]);
        _softmax = AddLayer(new Softmax(dtype: Dtype));
        _softmax.EnsureBuilt([query]);
        _dropout = AddLayer(new DropoutLayer(Dropout, seed: Seed, dtype: Dtype));
        _dropout.EnsureBuilt([query]);
        Shape heads = new([.. query.Take(query.Rank - 1), QueryHeads, ValueWidth]);
        _output = Projection("attention_output", heads, 2, [.. OutputSizes(query).Select(s => s!.Value)]);
    }

    private AttentionProjection Projection(string name, Shape input, int bound, int[] sizes, ActivationFunction? activation = null)
    {
        // Initializers are copied: one with a seed of its own gives each kernel the same values, and the others draw anew.
        var layer = new AttentionProjection(
            name,
            bound,
            sizes,
            activation ?? ActivationFunction.Linear,
            UseBias,
            (Initializer)KernelInitializer.Duplicate(),
            (Initializer)BiasInitializer.Duplicate(),
            KernelRegularizer,
            BiasRegularizer,
            ActivityRegularizer,
            KernelConstraint,
            BiasConstraint,
            Trainable,
            Dtype
        );
        AddLayer(layer).EnsureBuilt([input]);
        return layer;
    }

    private void CheckShapes(IReadOnlyList<Shape> shapes)
    {
        if (shapes.Count is not (2 or 3))
        {
            throw new ArgumentException(
                Invariant($"{ClassName} '{Name}' is called with a query, a value and perhaps a key, but got {shapes.Count} tensors.")
            );
        }

        Shape query = shapes[0];
        Shape value = shapes[1];
        if (shapes.Any(s => s.Rank < 3) || shapes.Any(s => s.Rank != query.Rank))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes a query, a value and a key of equally many axes, at least 3 (batch, steps, features), but "
                    + $"their shapes are {string.Join(", ", shapes)}."
            );
        }

        if (shapes.Count > 2 && !Fits(value, shapes[2], Enumerable.Range(0, query.Rank - 1)))
        {
            throw new ArgumentException(
                $"All axes of the value and the key of {ClassName} '{Name}' but the last are equal, but their shapes are {value} and "
                    + $"{shapes[2]}."
            );
        }

        int[] axes = AxesOf(query);
        if (!Fits(query, value, Enumerable.Range(0, query.Rank - 1).Except(axes)))
        {
            throw new ArgumentException(
                $"The query and the value of {ClassName} '{Name}' are equally long along the batch and the axes that attention does not "
                    + $"go over, but their shapes are {query} and {value}, and attention goes over the axes "
                    + $"[{string.Join(", ", axes)}]."
            );
        }

        (string Name, Shape Shape, AttentionProjection? Layer)[] built =
        [
            ("query", query, _query),
            ("key", shapes[^1], _key),
            ("value", value, _value),
        ];
        foreach ((string what, Shape shape, AttentionProjection? layer) in built)
        {
            if (layer?.InputWidth is int width && shape[-1] is int given && width != given)
            {
                throw new ArgumentException(
                    Invariant($"{ClassName} '{Name}' was built for a {what} of {width} features, but its shape is {shape}.")
                );
            }
        }
    }

    private Shape ScoresShape(IReadOnlyList<Shape> shapes)
    {
        Shape query = shapes[0];
        int[] axes = AxesOf(query);
        IEnumerable<int?> batch = Enumerable.Range(0, query.Rank - 1).Except(axes).Select(a => query[a]);
        return new Shape([.. batch, QueryHeads, .. axes.Select(a => query[a]), .. axes.Select(a => shapes[1][a])]);
    }

    private bool WantsScores<T>(LayerInputs<T> inputs)
        where T : class
    {
        bool wants = inputs.ValueOf("return_attention_scores", false);
        return wants && FlashAttention is true
            ? throw new ArgumentException(
                $"{ClassName} '{Name}' was made with flash_attention: true, which computes no scores, but return_attention_scores is "
                    + "true. Make the layer without flash_attention.",
                nameof(inputs)
            )
            : wants;
    }

    private static bool Fits(Shape a, Shape b, IEnumerable<int> axes) => axes.All(i => a[i] is null || b[i] is null || a[i] == b[i]);
}
