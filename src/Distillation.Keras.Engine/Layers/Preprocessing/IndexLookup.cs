using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="StringLookup"/> and <see cref="IntegerLookup"/> have in common: tokens become the numbers of a vocabulary.
/// </summary>
/// <typeparam name="TToken">What the tokens are.</typeparam>
/// <remarks>
/// The numbers begin with 0 for the mask token, where there is one and the output is <c>"int"</c>; then come those for tokens that are not
/// in the vocabulary, then the vocabulary's. Source: <c>keras/src/layers/preprocessing/index_lookup.py</c>.
/// </remarks>
public abstract partial class IndexLookup<TToken> : Layer
    where TToken : notnull
{
    private readonly bool _isGiven;
    private TToken[] _tokens = [];
    private TokenTable _table = new([]);
    private Tensor? _inverse;
    private Variable? _idf;
    private int? _frozenSize;

    private protected IndexLookup(LookupArguments arguments, bool isGiven, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype)
    {
        MaxTokens = Arguments.AtLeast(2, arguments.MaxTokens, "max_tokens");
        NumOovIndices = Arguments.AtLeast(0, arguments.NumOovIndices, "num_oov_indices");
        Invert = arguments.Invert;
        OutputMode = CategoricalEncoding.Mode(
            arguments.OutputMode,
            CategoricalEncoding.Int,
            CategoricalEncoding.OneHot,
            CategoricalEncoding.MultiHot,
            CategoricalEncoding.Count,
            CategoricalEncoding.TfIdf
        );
        Sparse = CategoricalEncoding.NotSparse(arguments.Sparse, GetType().Name);
        PadToMaxTokens = arguments.PadToMaxTokens;
        IdfWeights = arguments.IdfWeights is null ? null : Array.ConvertAll(arguments.IdfWeights, w => Arguments.Finite(w, "idf_weights"));
        _isGiven = isGiven;
        if (PadToMaxTokens && MaxTokens is null)
        {
            throw new ArgumentException(
                $"{GetType().Name} pads to max_tokens, which is not given. Give it, or leave out pad_to_max_tokens."
            );
        }

        if (Invert && OutputMode != CategoricalEncoding.Int)
        {
            throw new ArgumentException(
                $"With invert=True {GetType().Name} gives tokens: output_mode is \"int\", but \"{OutputMode}\" was given."
            );
        }

        if (IdfWeights is not null && OutputMode != CategoricalEncoding.TfIdf)
        {
            throw new ArgumentException($"idf_weights are for output_mode \"tf_idf\", but {GetType().Name} was given \"{OutputMode}\".");
        }

        if (isGiven && OutputMode == CategoricalEncoding.TfIdf && IdfWeights is null)
        {
            throw new ArgumentException(
                $"With output_mode \"tf_idf\" a vocabulary comes with idf_weights, but {GetType().Name} was given none. Give them, or let "
                    + "Adapt learn both."
            );
        }
    }

    /// <summary>How many numbers there are at most, those for unknown tokens among them; <see langword="null"/>: any.</summary>
    public int? MaxTokens { get; }

    /// <summary>How many numbers tokens have that are not in the vocabulary.</summary>
    public int NumOovIndices { get; }

    /// <summary>Whether numbers become tokens instead.</summary>
    public bool Invert { get; }

    /// <summary>What the output holds.</summary>
    public string OutputMode { get; }

    /// <summary>Always <see langword="false"/>.</summary>
    public bool Sparse { get; }

    /// <summary>Whether rows are as wide as <see cref="MaxTokens"/>, whatever the vocabulary's size.</summary>
    public bool PadToMaxTokens { get; }

    /// <summary>The weights of the tokens that were given with the vocabulary.</summary>
    public IReadOnlyList<double>? IdfWeights { get; private protected set; }

    // How many numbers there are before the vocabulary's.
    private protected int OovStart => HasMask && OutputMode == CategoricalEncoding.Int ? 1 : 0;

    private protected int TokenStart => OovStart + NumOovIndices;

    private protected abstract bool HasMask { get; }

    private protected abstract TToken Mask { get; }

    private protected abstract TToken Oov { get; }

    /// <summary>The vocabulary where it is in the configuration; <see langword="null"/> where it is not.</summary>
    private protected abstract bool IsInConfig { get; }

    private int? Depth => PadToMaxTokens ? MaxTokens : _frozenSize;

    /// <summary>How many numbers there are, those for masked and unknown tokens among them.</summary>
    public int VocabularySize() => _tokens.Length + TokenStart;

    /// <summary>The vocabulary in the order of its numbers.</summary>
    /// <param name="include_special_tokens">
    /// Whether the tokens for what is masked and unknown come first, so that a token's place is its number.
    /// </param>
    /// <returns>A new array, which may also be the <c>vocabulary</c> of another layer, such as one with <c>invert</c>.</returns>
    public TToken[] GetVocabulary(bool include_special_tokens = true) =>
        include_special_tokens
            ? [.. Enumerable.Repeat(HasMask ? Mask : Oov, OovStart), .. Enumerable.Repeat(Oov, NumOovIndices), .. _tokens]
            : [.. _tokens];

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return CategoricalEncoding.OutputShape(inputShape, OutputMode, OutputMode == CategoricalEncoding.Int ? null : KnownDepth());
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        config["vocabulary_size"] = _frozenSize is int size ? JsonValue.Create(size) : null;
        return config;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireVocabulary();
        using DisposeScope scope = NewDisposeScope();
        if (Invert)
        {
            return Inverted(input.to(ScalarType.Int64)).MoveToOuterDisposeScope();
        }

        Tensor numbers = Numbers(input);
        if (OutputMode == CategoricalEncoding.Int)
        {
            return numbers.MoveToOuterDisposeScope();
        }

        bool weighs = OutputMode == CategoricalEncoding.TfIdf;
        Tensor rows = CategoricalEncoding.Encode(
            numbers,
            weighs ? CategoricalEncoding.Count : OutputMode,
            KnownDepth(),
            weighs ? ScalarType.Float32 : ScalarType.Int64
        );
        return (weighs ? rows.mul(_idf!.Value.to(rows.device)) : rows).MoveToOuterDisposeScope();
    }

    /// <summary>What is searched for a token, and what is compared.</summary>
    private protected abstract long[] KeyOf(TToken token);

    /// <summary>The same for the tokens of an input.</summary>
    private protected abstract Tensor[] KeysOf(Tensor input);

    /// <summary>Which of the numbers for unknown tokens each token of an input has.</summary>
    private protected abstract Tensor Buckets(Tensor input, Tensor[] keys);

    /// <summary>Tensors of the tokens that keys stand for, in rows.</summary>
    private protected abstract Tensor TokensOf(Tensor keys);

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) =>
        OutputMode == CategoricalEncoding.Int ? "int64" : Dtype.ComputeName;

    private protected override bool IsOfType(Tensor input) => true;

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) { }

    /// <summary>What Keras has for the layer in a file's weights beside its variables.</summary>
    internal override IReadOnlyList<(string Name, Variable Value)> NamedState => _idf is null ? [] : [("idf_weights", _idf)];

    internal override string? VocabularyText =>
        IsInConfig || _tokens.Length == 0 ? null : VocabularyFiles.Text([.. GetVocabulary().Select(Shown)], Name);

    internal override bool WantsVocabulary => !IsInConfig && _frozenSize > TokenStart;

    internal override bool LacksVocabulary => WantsVocabulary && _tokens.Length == 0;

    internal override void ReadVocabulary(string text)
    {
        TToken[] tokens = Array.ConvertAll(VocabularyFiles.Lines(text), Parsed);
        SetTokens(tokens, OutputMode == CategoricalEncoding.TfIdf ? IdfValues() : null);
    }

    internal override JsonObject? BuildConfig => [];

    internal override void ReleaseState()
    {
        base.ReleaseState();
        _table.Release();
        _inverse?.Dispose();
        _inverse = null;
    }

    private protected abstract string Shown(TToken token);

    private protected abstract TToken Parsed(string line);

    private protected override void TakeLearned(Layer source)
    {
        var other = (IndexLookup<TToken>)source;
        if (other._tokens.Length > 0)
        {
            SetTable([.. other._tokens]);
        }

        _frozenSize = other._frozenSize;
        if (other._idf is not null)
        {
            SetIdf(other.IdfValues());
        }
    }

    private void RequireVocabulary()
    {
        // One of special tokens alone was learned from nothing else.
        if (_tokens.Length > 0 || _frozenSize == TokenStart || ShapeTrial.IsRunning)
        {
            return;
        }

        string reason = _frozenSize is null ? string.Empty : ", as the configuration that it was made from does not hold it";
        throw new InvalidOperationException(
            $"'{Name}' has no vocabulary yet{reason}. Call Adapt(data) or SetVocabulary(...) first, or give it vocabulary."
        );
    }

    // Where the file has the vocabulary its size is known before, and weights need room.
    private protected void Freeze(int? size)
    {
        _frozenSize ??= size;
        if (OutputMode == CategoricalEncoding.TfIdf && _idf is null && Depth is int depth)
        {
            SetIdf(new double[depth]);
        }
    }

    private int KnownDepth() =>
        Depth
        ?? throw new InvalidOperationException(
            $"With output_mode \"{OutputMode}\" the output of '{Name}' is as wide as its vocabulary, which is not known yet. Call "
                + "Adapt(data) or SetVocabulary(...) first, or give it vocabulary or pad_to_max_tokens."
        );

    private Tensor Inverted(Tensor numbers)
    {
        if (_inverse is null || _inverse.device.ToString() != numbers.device.ToString())
        {
            _inverse?.Dispose();
            long[][] keys = [.. GetVocabulary().Append(Oov).Select(KeyOf)];
            _inverse = tensor([.. keys.SelectMany(k => k)], [keys.Length, keys[0].Length], ScalarType.Int64, numbers.device)
                .DetachFromDisposeScope();
        }

        // The last row is for all numbers that there are not.
        long last = _inverse.shape[0] - 1;
        Tensor known = numbers.IsAtLeast(0).logical_and(numbers.IsBelow(last));
        Tensor rows = numbers.Replaced(known.logical_not(), last).flatten();
        return TokensOf(_inverse.index_select(0, rows).reshape([.. numbers.shape, _inverse.shape[1]]));
    }

    private Tensor Numbers(Tensor input)
    {
        Tensor[] keys = KeysOf(input);
        (Tensor place, Tensor found) = _table.Find(keys);
        Tensor unknown = found.logical_not();
        Tensor numbers = place.Plus((long)TokenStart);
        Tensor? masked = null;
        if (HasMask)
        {
            long[] mask = KeyOf(Mask);
            masked = keys[0].eq(tensor(mask[0], device: input.device));
            for (int i = 1; i < mask.Length; i++)
            {
                masked = masked.logical_and(keys[i].eq(tensor(mask[i], device: input.device)));
            }

            unknown = unknown.logical_and(masked.logical_not());
        }

        if (NumOovIndices == 0)
        {
            RefuseUnknown(unknown);
        }
        else
        {
            numbers =
                NumOovIndices == 1
                    ? numbers.Replaced(unknown, OovStart)
                    : where(unknown, Buckets(input, keys).Plus((long)OovStart), numbers);
        }

        // With rows a masked token leaves no trace.
        return masked is null ? numbers : numbers.Replaced(masked, OutputMode == CategoricalEncoding.Int ? 0 : -1);
    }

    private void RefuseUnknown(Tensor unknown)
    {
        if (ShapeTrial.IsRunning)
        {
            return;
        }

        using Tensor count = unknown.sum();
        if (count.item<long>() > 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"With num_oov_indices=0 all tokens are in the vocabulary of '{Name}', but {count.item<long>()} of its input are not. "
                        + $"Give num_oov_indices=1, or leave them out."
                )
            );
        }
    }

    private double[] IdfValues()
    {
        using DisposeScope scope = NewDisposeScope();
        return _idf!.Value.to(ScalarType.Float64, CPU).data<double>().ToArray();
    }

    private protected void SetIdf(double[] weights)
    {
        using DisposeScope scope = NewDisposeScope();
        _idf?.Release();
        _idf = new Variable(tensor(weights, ScalarType.Float32, CPU), "idf_weights", trainable: false, device: Device);
    }
}
