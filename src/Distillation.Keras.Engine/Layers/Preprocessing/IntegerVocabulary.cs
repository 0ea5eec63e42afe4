using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>The numbers that <see cref="IntegerLookup"/> is given: a list, or the path of a text file with one number a line.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from arrays and lists of integers, in C# also <c>[12, 36]</c>, and from a string:
/// the path. Configurations hold lists alone.
/// </remarks>
[CollectionBuilder(typeof(IntegerVocabulary), nameof(Create))]
public sealed class IntegerVocabulary : IConfigValue<IntegerVocabulary>
{
    private readonly long[] _numbers;

    /// <summary>Numbers in the order of their places.</summary>
    public IntegerVocabulary(IEnumerable<long> numbers) => _numbers = [.. numbers ?? throw new ArgumentNullException(nameof(numbers))];

    private IntegerVocabulary(string path, long[] numbers) => (Path, _numbers) = (path, numbers);

    /// <summary>The file that the numbers were read from; <see langword="null"/> where they were given as a list.</summary>
    public string? Path { get; }

    /// <summary>The numbers.</summary>
    public IReadOnlyList<long> Numbers => _numbers;

    /// <summary>The numbers of a text file in UTF-8, one a line.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static IntegerVocabulary FromFile(string path) => new(path, VocabularyFiles.ReadNumbers(path));

    /// <summary>What C# makes of <c>[12, 36]</c>.</summary>
    public static IntegerVocabulary Create(ReadOnlySpan<long> numbers) => new(numbers.ToArray());

    /// <summary>The numbers one by one.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)_numbers).GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. _numbers.Select(w => (JsonNode?)JsonValue.Create(w))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static IntegerVocabulary FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new IntegerVocabulary(VocabularyFiles.List(node).Select(ConfigPrimitives.Long));
    }

    /// <summary>Numbers in the order of their places.</summary>
    public static implicit operator IntegerVocabulary(long[] numbers) => new(numbers);

    /// <summary>Numbers in the order of their places.</summary>
    public static implicit operator IntegerVocabulary(List<long> numbers) => new(numbers);

    /// <summary>Numbers in the order of their places.</summary>
    public static implicit operator IntegerVocabulary(int[] numbers) =>
        new((numbers ?? throw new ArgumentNullException(nameof(numbers))).Select(n => (long)n));

    /// <summary>The numbers of a text file.</summary>
    public static implicit operator IntegerVocabulary(string path) => FromFile(path);
}
