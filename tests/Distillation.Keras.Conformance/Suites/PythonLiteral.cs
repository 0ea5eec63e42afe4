using System.Globalization;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>
/// Reads the literals with which Python's <c>repr</c> shows default values: None, booleans, numbers, strings, tuples and lists.
/// </summary>
public static class PythonLiteral
{
    /// <summary>The literal as JSON (None is null, a tuple is a list).</summary>
    /// <exception cref="FormatException">It is no such literal.</exception>
    public static JsonNode? Parse(string text)
    {
        int at = 0;
        JsonNode? value = Value(text, ref at);
        SkipSpace(text, ref at);
        return at == text.Length ? value : throw new FormatException($"'{text}' is not a literal.");
    }

    private static JsonNode? Value(string text, ref int at)
    {
        SkipSpace(text, ref at);
        if (at == text.Length)
        {
            throw new FormatException($"'{text}' ends too early.");
        }

        switch (text[at])
        {
            case '(' or '[':
                return List(text, ref at, text[at] == '(' ? ')' : ']');
            case '\'' or '"':
                int end = text.IndexOf(text[at], at + 1);
                if (end < 0)
                {
                    throw new FormatException($"'{text}' has a string without an end.");
                }

                string content = text[(at + 1)..end];
                at = end + 1;
                return JsonValue.Create(content);
            default:
                int start = at;
                while (at < text.Length && text[at] is not (',' or ')' or ']' or ' '))
                {
                    at++;
                }

                return Word(text[start..at]);
        }
    }

    private static JsonValue? Word(string word) =>
        word switch
        {
            "None" => null,
            "True" => JsonValue.Create(true),
            "False" => JsonValue.Create(false),
            _ when long.TryParse(word, CultureInfo.InvariantCulture, out long l) => JsonValue.Create(l),
            _ when double.TryParse(word, CultureInfo.InvariantCulture, out double d) => JsonValue.Create(d),
            _ => throw new FormatException($"'{word}' is not a literal."),
        };

    private static JsonArray List(string text, ref int at, char close)
    {
        var list = new JsonArray();
        at++;
        while (true)
        {
            SkipSpace(text, ref at);
            if (at < text.Length && text[at] == close)
            {
                at++;
                return list;
            }

            list.Add(Value(text, ref at));
            SkipSpace(text, ref at);
            if (at < text.Length && text[at] == ',')
            {
                at++;
            }
            else if (at == text.Length || text[at] != close)
            {
                throw new FormatException($"'{text}' has a list without an end.");
            }
        }
    }

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }
}
