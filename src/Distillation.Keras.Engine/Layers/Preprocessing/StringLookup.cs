using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Strings become the numbers of a vocabulary, or numbers strings.</summary>
/// <remarks>
/// <para>
/// Input: strings of any shape, from an <c>Input</c> of the dtype <c>"string"</c>, or a tensor of <see cref="Strings.ToTensor"/>. Output:
/// int64 of the same shape, or rows as those of <see cref="CategoryEncoding"/>. The vocabulary is given, as a list or a file, or
/// learned by <see cref="IndexLookup{TToken}.Adapt"/>; without one it computes nothing. A list is kept in the
/// configuration, all else in the file of a <c>.keras</c>.
/// </para>
/// <para>
/// With <c>invert</c> the input is numbers and the output strings: <c>model.PredictStrings(x)</c>, or <see cref="ToStrings"/> of what
/// <c>Call</c> gives. Strings with several numbers for unknown ones are told apart by FarmHash, as in TensorFlow. Source:
/// <c>keras/src/layers/preprocessing/string_lookup.py</c>.
/// </para>
/// </remarks>
[ConfigValue("oov_method", "\"floormod\"")]
public sealed class StringLookup : IndexLookup<string>
{
    /// <inheritdoc cref="StringLookup" path="/summary"/>
    /// <param name="max_tokens">
    /// How many numbers there are at most, those of masked and unknown strings among them; above 1. By default any.
    /// </param>
    /// <param name="num_oov_indices">
    /// How many numbers unknown strings have, 1 by default; with 0 they are refused, with more their hash chooses.
    /// </param>
    /// <param name="mask_token">The string that is masked: its number is 0, and in rows it is left out; by default none.</param>
    /// <param name="oov_token">What unknown numbers become with <paramref name="invert"/>: <c>"[UNK]"</c> by default.</param>
    /// <param name="vocabulary">The strings, or the path of a text file with one a line; by default they are learned.</param>
    /// <param name="idf_weights">With <c>"tf_idf"</c> and a vocabulary: the weight of each string.</param>
    /// <param name="invert">Whether numbers become strings; with <c>"int"</c> alone.</param>
    /// <param name="output_mode">
    /// <c>"int"</c> (the default), <c>"one_hot"</c>, <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c>.
    /// </param>
    /// <param name="pad_to_max_tokens">Whether rows have <paramref name="max_tokens"/> entries, whatever the vocabulary's size.</param>
    /// <param name="sparse">Only <see langword="false"/>.</param>
    /// <param name="encoding">Only <c>"utf-8"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="salt">Only <see langword="null"/>: a keyed hash needs the strings themselves.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of rows in a model.</param>
    /// <exception cref="ArgumentException">
    /// An argument is out of its range or does not go with another one, or a string comes twice.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no file of the vocabulary.</exception>
    /// <exception cref="NotSupportedException">
    /// <paramref name="sparse"/>, <paramref name="encoding"/> or <paramref name="salt"/> is another one.
    /// </exception>
    public StringLookup(
        int? max_tokens = null,
        int num_oov_indices = 1,
        string? mask_token = null,
        string oov_token = "[UNK]",
        StringVocabulary? vocabulary = null,
        double[]? idf_weights = null,
        bool invert = false,
        string output_mode = CategoricalEncoding.Int,
        bool pad_to_max_tokens = false,
        bool sparse = false,
        string encoding = "utf-8",
        string? name = null,
        long[]? salt = null,
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
        ArgumentNullException.ThrowIfNull(oov_token);
        ArgumentNullException.ThrowIfNull(encoding);
        MaskToken = mask_token;
        OovToken = oov_token;
        Encoding = encoding.ToUpperInvariant() is "UTF-8" or "UTF8"
            ? encoding
            : throw new NotSupportedException($"StringLookup: strings are UTF-8, but the encoding \"{encoding}\" was given.");
        Salt = salt is null
            ? null
            : throw new NotSupportedException(
                "StringLookup: a salt is not supported. A keyed hash needs the strings themselves, and a tensor has two hashes of each."
            );
        if (vocabulary is not null)
        {
            SetTokens([.. vocabulary.Words], idf_weights);
            Vocabulary = vocabulary.Path is null ? vocabulary : null;
        }
    }

    /// <summary>The string that is masked.</summary>
    public string? MaskToken { get; }

    /// <summary>What unknown numbers become.</summary>
    public string OovToken { get; }

    /// <summary>
    /// The vocabulary as it is in the configuration: where it was given as a list; <see langword="null"/> otherwise. All of it gives
    /// <see cref="IndexLookup{TToken}.GetVocabulary"/>.
    /// </summary>
    public StringVocabulary? Vocabulary { get; private set; }

    /// <summary>Always <c>"utf-8"</c>.</summary>
    public string Encoding { get; }

    /// <summary>Always <see langword="null"/>.</summary>
    public IReadOnlyList<long>? Salt { get; }

    private protected override bool HasMask => MaskToken is not null;

    private protected override string Mask => MaskToken ?? string.Empty;

    private protected override string Oov => OovToken;

    private protected override bool IsInConfig => Vocabulary is not null;

    private protected override IComparer<string> Order => Utf8Order.Instance;

    /// <inheritdoc/>
    protected internal override bool TakesStrings => !Invert;

    /// <summary>Gives it a vocabulary, instead of that it has.</summary>
    /// <param name="vocabulary">The strings, or the path of a text file with one a line.</param>
    /// <param name="idf_weights">With <c>"tf_idf"</c>: the weight of each.</param>
    /// <exception cref="ArgumentException">A string comes twice, there are too many, or weights do not fit.</exception>
    /// <exception cref="InvalidOperationException">The layer gives rows, which would become wider or narrower.</exception>
    public void SetVocabulary(StringVocabulary vocabulary, double[]? idf_weights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        SetTokens([.. vocabulary.Words], idf_weights);
        IdfWeights = IdfWeights is null ? null : (double[])idf_weights!.Clone();
        Vocabulary = Vocabulary is null || vocabulary.Path is not null ? null : vocabulary;
    }

    /// <summary>The strings in a tensor that the layer gave with <see cref="IndexLookup{TToken}.Invert"/>.</summary>
    /// <param name="strings">The tensor.</param>
    /// <returns>An array of strings of the tensor's rank: <c>string[]</c>, <c>string[,]</c>.</returns>
    /// <exception cref="ArgumentException">The tensor holds no strings, or others than this layer's.</exception>
    public Array ToStrings(Tensor strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        return StringArrays.Of(strings, StringArrays.Words([this]));
    }

    internal static StringLookup FromConfig(JsonObject config)
    {
        (JsonObject arguments, int? size) = LookupConfig.Of(config);
        var layer = (StringLookup)ConfigReader.CreateByConstructor(typeof(StringLookup), nameof(StringLookup), arguments);
        layer.Freeze(size);
        return layer;
    }

    private protected override void CheckTypes(IReadOnlyList<KerasTensor> inputs) =>
        RefuseNumbers(inputs[0].DType == StringTensors.Name, inputs[0].DType);

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) =>
        RefuseNumbers(StringTensors.Are(inputs[0]), inputs[0].dtype.ToString().ToLowerInvariant());

    private void RefuseNumbers(bool areStrings, string found)
    {
        if (!areStrings && !Invert && !ShapeTrial.IsRunning)
        {
            throw new ArgumentException(
                $"StringLookup '{Name}' takes strings, but its input is {found}. Give it an Input(dtype: \"string\"), or a tensor of "
                    + "Strings.ToTensor; integers are for IntegerLookup."
            );
        }
    }

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) =>
        Invert ? StringTensors.Name : base.OutputDType(inputs);

    private protected override long[] KeyOf(string token)
    {
        (long hash, long check) = StringTensors.KeyOf(token);
        return [hash, check];
    }

    private protected override Tensor[] KeysOf(Tensor input)
    {
        // While shapes are tried there are zeros.
        if (!StringTensors.Are(input))
        {
            Tensor none = zeros(input.shape, ScalarType.Int64, input.device);
            return [none, none];
        }

        (Tensor hash, Tensor check) = StringTensors.Keys(input);
        return [hash, check];
    }

    // The remainder of an unsigned number, of which libtorch has none: without its last bit it is not negative.
    private protected override Tensor Buckets(Tensor input, Tensor[] keys)
    {
        Tensor modulus = tensor((long)NumOovIndices, device: input.device);
        Tensor one = tensor(1L, device: input.device);
        Tensor half = keys[0].bitwise_right_shift(one).bitwise_and(tensor(long.MaxValue, device: input.device));
        return half.remainder(modulus).Plus(half.remainder(modulus)).Plus(keys[0].bitwise_and(one)).remainder(modulus);
    }

    private protected override Tensor TokensOf(Tensor keys) => StringTensors.FromKeys(keys);

    private protected override string Shown(string token) => token;

    private protected override string Parsed(string line) => line;

    private protected override (string[] Tokens, long[] Sizes) Read(object item) =>
        item is Array array && StringTensors.Are(array)
            ? StringTensors.Flat(array, "data")
            : throw new ArgumentException(
                $"'{Name}' learns from arrays of strings, but found {item.GetType().Name}. Give the strings themselves (string[], "
                    + "string[,])."
            );

    private sealed class Utf8Order : IComparer<string>
    {
        public static Utf8Order Instance { get; } = new();

        public int Compare(string? x, string? y) =>
            UTF8Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(UTF8Encoding.UTF8.GetBytes(y!));
    }
}
