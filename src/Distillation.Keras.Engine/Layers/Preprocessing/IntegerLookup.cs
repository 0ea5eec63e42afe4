using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Integers become the numbers of a vocabulary, or the other way.</summary>
/// <remarks>
/// Input: integers of any shape. Output: int64 of the same shape, or rows as those of <see cref="CategoryEncoding"/>. The vocabulary is
/// given, as a list or a file, or learned by <see cref="IndexLookup{TToken}.Adapt"/>; without one it computes nothing. A list
/// is kept in the configuration, all else in the file of a <c>.keras</c>. Source: <c>keras/src/layers/preprocessing/integer_lookup.py</c>.
/// </remarks>
public sealed class IntegerLookup : IndexLookup<long>
{
    /// <inheritdoc cref="IntegerLookup" path="/summary"/>
    /// <param name="max_tokens">
    /// How many numbers there are at most, those of masked and unknown integers among them; above 1. By default any.
    /// </param>
    /// <param name="num_oov_indices">How many numbers unknown integers have, 1 by default; with 0 they are refused.</param>
    /// <param name="mask_token">The integer that is masked: its number is 0, and in rows it is left out; by default none.</param>
    /// <param name="oov_token">What unknown numbers become with <paramref name="invert"/>: -1 by default.</param>
    /// <param name="vocabulary">The integers, or the path of a text file with one a line; by default they are learned.</param>
    /// <param name="vocabulary_dtype">Only <c>"int64"</c>.</param>
    /// <param name="idf_weights">With <c>"tf_idf"</c> and a vocabulary: the weight of each integer.</param>
    /// <param name="invert">Whether numbers become integers of the vocabulary; with <c>"int"</c> alone.</param>
    /// <param name="output_mode">
    /// <c>"int"</c> (the default), <c>"one_hot"</c>, <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c>.
    /// </param>
    /// <param name="sparse">Only <see langword="false"/>.</param>
    /// <param name="pad_to_max_tokens">Whether rows have <paramref name="max_tokens"/> entries, whatever the vocabulary's size.</param>
    /// <param name="oov_method">
    /// By what an unknown integer gets one of several numbers: <c>"floormod"</c> (the default), its remainder, or <c>"farmhash"</c>.
    /// </param>
    /// <param name="salt">Only <see langword="null"/>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of rows in a model.</param>
    /// <exception cref="ArgumentException">
    /// An argument is out of its range or does not go with another one, or an integer comes twice.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no file of the vocabulary.</exception>
    /// <exception cref="NotSupportedException"><paramref name="sparse"/> is true, or there is a <paramref name="salt"/>.</exception>
    public IntegerLookup(
        int? max_tokens = null,
        int num_oov_indices = 1,
        long? mask_token = null,
        long oov_token = -1,
        IntegerVocabulary? vocabulary = null,
        string vocabulary_dtype = "int64",
        double[]? idf_weights = null,
        bool invert = false,
        string output_mode = CategoricalEncoding.Int,
        bool sparse = false,
        bool pad_to_max_tokens = false,
        string oov_method = FloorMod,
        long[]? salt = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new LookupArguments(max_tokens, num_oov_indices, idf_weights, invert, output_mode, sparse, pad_to_max_tokens),
            vocabulary is not null,
            name,
            trainable,
            dtype
        )
    {
        MaskToken = mask_token;
        OovToken = oov_token;
        VocabularyDtype =
            vocabulary_dtype == "int64"
                ? vocabulary_dtype
                : throw new ArgumentException(
                    $"IntegerLookup: the vocabulary is int64, but \"{vocabulary_dtype}\" was given.",
                    nameof(vocabulary_dtype)
                );
        OovMethod = oov_method is FloorMod or FarmHash
            ? oov_method
            : throw new ArgumentException(
                $"'oov_method' is \"{FloorMod}\" or \"{FarmHash}\", but \"{oov_method}\" was given.",
                nameof(oov_method)
            );
        Salt = salt is null ? null : throw new NotSupportedException("IntegerLookup: a salt is not supported.");
        if (vocabulary is not null)
        {
            SetTokens([.. vocabulary.Numbers], idf_weights);
            Vocabulary = vocabulary.Path is null ? vocabulary : null;
        }
    }

    private const string FloorMod = "floormod";
    private const string FarmHash = "farmhash";

    /// <summary>The integer that is masked.</summary>
    public long? MaskToken { get; }

    /// <summary>What unknown numbers become.</summary>
    public long OovToken { get; }

    /// <summary>
    /// The vocabulary as it is in the configuration: where it was given as a list; <see langword="null"/> otherwise. All of it gives
    /// <see cref="IndexLookup{TToken}.GetVocabulary"/>.
    /// </summary>
    public IntegerVocabulary? Vocabulary { get; private set; }

    /// <summary>Always <c>"int64"</c>.</summary>
    public string VocabularyDtype { get; }

    /// <summary>By what an unknown integer gets one of several numbers.</summary>
    public string OovMethod { get; }

    /// <summary>Always <see langword="null"/>.</summary>
    public IReadOnlyList<long>? Salt { get; }

    private protected override bool HasMask => MaskToken is not null;

    private protected override long Mask => MaskToken ?? 0;

    private protected override long Oov => OovToken;

    private protected override bool IsInConfig => Vocabulary is not null;

    private protected override IComparer<long> Order => Comparer<long>.Default;

    /// <summary>Gives it a vocabulary, instead of that it has.</summary>
    /// <param name="vocabulary">The integers, or the path of a text file with one a line.</param>
    /// <param name="idf_weights">With <c>"tf_idf"</c>: the weight of each.</param>
    /// <exception cref="ArgumentException">An integer comes twice, there are too many, or weights do not fit.</exception>
    /// <exception cref="InvalidOperationException">The layer gives rows, which would become wider or narrower.</exception>
    public void SetVocabulary(IntegerVocabulary vocabulary, double[]? idf_weights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        SetTokens([.. vocabulary.Numbers], idf_weights);
        IdfWeights = IdfWeights is null ? null : (double[])idf_weights!.Clone();
        Vocabulary = Vocabulary is null || vocabulary.Path is not null ? null : vocabulary;
    }

    internal static IntegerLookup FromConfig(JsonObject config)
    {
        (JsonObject arguments, int? size) = LookupConfig.Of(config);
        var layer = (IntegerLookup)ConfigReader.CreateByConstructor(typeof(IntegerLookup), nameof(IntegerLookup), arguments);
        layer.Freeze(size);
        return layer;
    }

    private protected override long[] KeyOf(long token) => [token];

    private protected override Tensor[] KeysOf(Tensor input) => [input.to(ScalarType.Int64).contiguous()];

    private protected override Tensor Buckets(Tensor input, Tensor[] keys)
    {
        if (OovMethod == FloorMod)
        {
            return keys[0].remainder(tensor((long)NumOovIndices, device: input.device));
        }

        // Keras hashes the digits.
        long[] buckets = Array.ConvertAll(
            keys[0].cpu().data<long>().ToArray(),
            n => (long)(FarmHash64.Of(Encoding.ASCII.GetBytes(n.ToString(CultureInfo.InvariantCulture))) % (ulong)NumOovIndices)
        );
        return tensor(buckets, input.shape, ScalarType.Int64, input.device);
    }

    private protected override Tensor TokensOf(Tensor keys) => keys.squeeze(-1);

    private protected override string Shown(long token) => token.ToString(CultureInfo.InvariantCulture);

    private protected override long Parsed(string line) => VocabularyFiles.Number(line);

    private protected override (long[] Tokens, long[] Sizes) Read(object item)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tensor = (item as ArrayLike ?? ArrayLike.FromObject(item, "data")).ToTensors("data")[0];
        ValueChecks.Fit(tensor, ScalarType.Int64, "data", $"'{Name}' learns", "Round or leave out what is no integer.");
        return (tensor.to(ScalarType.Int64).contiguous().data<long>().ToArray(), tensor.shape);
    }
}
