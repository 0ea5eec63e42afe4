using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Distillation.Keras.Backend;

/// <summary>Keras' automatic names: <c>dense</c>, <c>dense_1</c>, ...</summary>
/// <remarks>Source: <c>keras/src/utils/naming.py</c>. Thread-safe.</remarks>
internal static partial class Naming
{
    private static readonly ConcurrentDictionary<string, int> Counters = new();

    /// <summary>The first name is <paramref name="prefix"/> itself, the next ones have numbers.</summary>
    public static string Unique(string prefix)
    {
        int count = Counters.AddOrUpdate(prefix, 1, static (_, n) => n + 1);
        return count == 1 ? prefix : Invariant($"{prefix}_{count - 1}");
    }

    /// <summary>The automatic name of an object of that class.</summary>
    public static string Automatic(string className) => Unique(ToSnakeCase(className));

    /// <summary><c>BatchNormalization</c> becomes <c>batch_normalization</c>, <c>RMSprop</c> becomes <c>rm_sprop</c>.</summary>
    public static string ToSnakeCase(string name)
    {
        string text = NonWord().Replace(name, string.Empty);
        text = CapitalBeforeWord().Replace(text, "$1_$2");
        return LowerBeforeCapital().Replace(text, "$1_$2").ToLowerInvariant();
    }

    /// <summary>
    /// A function's own name in snake_case, and <c>lambda</c> for one without. The compiler of C# writes a local function's as
    /// <c>&lt;Outer&gt;g__Name|0_0</c> and a lambda's as
    /// <c>&lt;Outer&gt;b__0</c>; that of F# makes each a method <c>Invoke</c>.
    /// </summary>
    public static string OfFunction(Delegate? function)
    {
        string name = function?.Method.Name ?? string.Empty;
        if (name == "Invoke")
        {
            return "lambda";
        }

        if (!name.Contains('>', StringComparison.Ordinal))
        {
            return ToSnakeCase(name);
        }

        int start = name.IndexOf(">g__", StringComparison.Ordinal);
        int end = name.LastIndexOf('|');
        return start >= 0 && end > start ? ToSnakeCase(name[(start + 4)..end]) : "lambda";
    }

    /// <summary>Starts counting anew.</summary>
    public static void Reset() => Counters.Clear();

    [GeneratedRegex(@"\W+")]
    private static partial Regex NonWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex CapitalBeforeWord();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerBeforeCapital();
}
