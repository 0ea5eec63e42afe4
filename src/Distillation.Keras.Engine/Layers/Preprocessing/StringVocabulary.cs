using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>The words that <see cref="StringLookup"/> is given: a list, or the path of a text file with one word a line.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from arrays and lists of strings, in C# also <c>["a", "b"]</c>, and from a string:
/// the path. Configurations hold lists alone.
/// </remarks>
[CollectionBuilder(typeof(StringVocabulary), nameof(Create))]
public sealed class StringVocabulary : IConfigValue<StringVocabulary>
{
    private readonly string[] _words;

    /// <summary>Words in the order of their numbers.</summary>
    /// <exception cref="ArgumentException">A word is <see langword="null"/>.</exception>
    public StringVocabulary(IEnumerable<string> words)
    {
        _words = [.. words ?? throw new ArgumentNullException(nameof(words))];
        if (Array.Exists(_words, w => w is null))
        {
            throw new ArgumentException("A word of a vocabulary is null.", nameof(words));
        }
    }

    private StringVocabulary(string path, string[] words) => (Path, _words) = (path, words);

    /// <summary>The file that the words were read from; <see langword="null"/> where they were given as a list.</summary>
    public string? Path { get; }

    /// <summary>The words.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The words of a text file in UTF-8, one a line.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static StringVocabulary FromFile(string path) => new(path, VocabularyFiles.Read(path));

    /// <summary>What C# makes of <c>["a", "b"]</c>.</summary>
    public static StringVocabulary Create(ReadOnlySpan<string> words) => new(words.ToArray());

    /// <summary>The words one by one.</summary>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_words).GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. _words.Select(w => (JsonNode?)JsonValue.Create(w))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static StringVocabulary FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new StringVocabulary(VocabularyFiles.List(node).Select(n => n!.GetValue<string>()));
    }

    /// <summary>Words in the order of their numbers.</summary>
    public static implicit operator StringVocabulary(string[] words) => new(words);

    /// <summary>Words in the order of their numbers.</summary>
    public static implicit operator StringVocabulary(List<string> words) => new(words);

    /// <summary>The words of a text file.</summary>
    public static implicit operator StringVocabulary(string path) => FromFile(path);
}
