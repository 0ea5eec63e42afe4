using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files;

/// <summary>Reads JSON that comes from elsewhere.</summary>
internal static class JsonText
{
    // What a value takes in memory is many times its text.
    private const int MostValues = 500_000;

    /// <summary>How many bytes, or characters, a text may have.</summary>
    public const long Largest = 1L << 25;

    /// <summary>The object that a file holds.</summary>
    /// <exception cref="ModelFormatException">It holds something else, is too large, or is no text in UTF-8.</exception>
    public static JsonObject Read(Stream file)
    {
        if (file.Length > Largest)
        {
            throw new ModelFormatException(
                Invariant($"It is JSON of {file.Length} bytes, which no architecture and no index of weights has.")
            );
        }

        try
        {
            using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), true, 1024, leaveOpen: true);
            return Object(reader.ReadToEnd(), "the file");
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException("It begins as JSON, but is no text in UTF-8.", e);
        }
    }

    /// <summary>Reads an object, and refuses what is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for messages.</param>
    public static JsonObject Object(string text, string what)
    {
        if (text.Length > Largest || HasMoreValues(text))
        {
            throw new ModelFormatException(
                Invariant(
                    $"'{what}' is JSON of {text.Length} characters. An architecture has no more than {Largest}, and no more than "
                        + $"{MostValues} values."
                )
            );
        }

        try
        {
            JsonNode? node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = Nesting.JsonDepth });
            KerasSerializer.RefuseUnreadable(node);
            return node as JsonObject
                ?? throw new ModelFormatException($"'{what}' is an object in JSON, but found {KerasSerializer.Shorten(node)}.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException($"'{what}' is not JSON that can be read: {e.Message}", e);
        }
    }

    // Each begins the text, or stands behind one of these signs.
    private static bool HasMoreValues(string text)
    {
        int count = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length && count <= MostValues; i++)
        {
            switch (text[i])
            {
                case '\\' when isQuoted:
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' or '[' or ':' when !isQuoted:
                    count++;
                    break;
            }
        }

        return count > MostValues;
    }
}
