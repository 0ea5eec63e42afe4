using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>One attempted call as the fixtures record it: accepted with a value, or refused with an error.</summary>
public static class Attempt
{
    /// <summary>Makes the call and compares what comes of it.</summary>
    /// <param name="check">
    /// Where differences go; a call that one of the two refuses and the other does not is a difference at <c>call</c>.
    /// </param>
    /// <param name="entry">The record: <c>outcome</c> and <c>value</c>, or <c>error</c>.</param>
    /// <param name="call">The call, giving the value in the record's form.</param>
    /// <param name="relative">The tolerance for numbers in the value, relative to the largest in their list.</param>
    public static void Make(Check check, JsonObject entry, Func<JsonNode?> call, double relative = 1e-6)
    {
        bool refused = entry["outcome"] is JsonNode outcome
            ? outcome.Text() switch
            {
                "refused" => true,
                "accepted" => false,
                string other => throw new FixtureException($"An outcome is 'accepted' or 'refused', but the fixture has '{other}'."),
            }
            : entry.ContainsKey("error");
        JsonNode? value;
        try
        {
            value = call();
        }
        catch (Exception e) when (e is not (UnsupportedException or FixtureException or OutOfMemoryException))
        {
            if (!IsFitting(e))
            {
                check.Differ("call", $"{e.GetType().Name} is no exception that tells the user what to do: {e.Message}");
            }
            else if (!refused)
            {
                check.Differ("call", $"refused ({e.GetType().Name}: {e.Message}), but Keras accepts it and gives {Show(entry["value"])}");
            }

            check.Compared();
            return;
        }

        check.Compared();
        if (refused)
        {
            check.Differ("call", $"accepted, giving {Show(value)}, but Keras refuses it: {entry["error"]}: {entry["message"]}");
            return;
        }

        Compare(check, "value", value, entry["value"], relative);
    }

    /// <summary>Compares JSON values with a tolerance for numbers: lists of numbers are held to the largest magnitude among them.</summary>
    public static void Compare(Check check, string where, JsonNode? actual, JsonNode? expected, double relative)
    {
        if (actual is JsonArray a && expected is JsonArray e && a.Count == e.Count)
        {
            if (e.Count > 0 && e.All(n => JsonNumbers.TryNumber(n, out _)) && a.All(n => JsonNumbers.TryNumber(n, out _)))
            {
                check.CloseList(where, a.Numbers(), e.Numbers(), relative);
                return;
            }

            for (int i = 0; i < e.Count; i++)
            {
                Compare(check, $"{where}[{i}]", a[i], e[i], relative);
            }
        }
        else if (actual is JsonObject x && expected is JsonObject y && y.All(p => x.ContainsKey(p.Key)) && x.Count == y.Count)
        {
            foreach ((string key, JsonNode? value) in y)
            {
                Compare(check, $"{where}/{key}", x[key], value, relative);
            }
        }
        else if (JsonNumbers.TryNumber(actual, out double left) && JsonNumbers.TryNumber(expected, out double right))
        {
            check.Close(where, left, right, relative);
        }
        else
        {
            check.Json(where, actual, expected);
        }
    }

    /// <summary>Whether an exception is of a type that a library throws on purpose.</summary>
    public static bool IsFitting(Exception e) =>
        e
            is ArgumentException
                or InvalidOperationException
                or NotSupportedException
                or FormatException
                or IOException
                or KeyNotFoundException
                or OverflowException
        && e is not ObjectDisposedException;

    private static string Show(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 120 ? text : text[..117] + "...";
    }
}
