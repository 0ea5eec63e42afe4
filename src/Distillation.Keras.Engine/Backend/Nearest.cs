namespace Distillation.Keras.Backend;

/// <summary>Finds the names that somebody who wrote an unknown one probably meant.</summary>
internal static class Nearest
{
    private const int Shown = 3;

    /// <summary>
    /// The end of a message about an unknown name: <c> The nearest are 'accuracy', 'binary_accuracy', 'auc'.</c>, with all of them where
    /// there are few.
    /// </summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The names that there are.</param>
    public static string Sentence(string name, IEnumerable<string> known)
    {
        string[] all = [.. known.Distinct(StringComparer.Ordinal)];
        return all.Length switch
        {
            0 => " There are none.",
            <= Shown => $" There {(all.Length == 1 ? "is" : "are")} {Quoted(all)}.",
            _ => $" The nearest of {all.Length} are {Quoted(To(name, all))}.",
        };
    }

    /// <summary>The nearest names, the best first.</summary>
    /// <remarks>By the number of letters to change, without regard to case and underscores; then by what they begin with.</remarks>
    public static IEnumerable<string> To(string name, IReadOnlyCollection<string> known)
    {
        string plain = Plain(name);

        // 'ReLU' and 're_lu' are one name: it takes one place.
        return known
            .GroupBy(Plain, StringComparer.Ordinal)
            .Select(g =>
                (
                    g.Key,
                    Name: g.OrderBy(n => IsLower(n) != IsLower(name))
                        .ThenBy(n => Distance(n, name))
                        .ThenBy(n => n, StringComparer.Ordinal)
                        .First()
                )
            )
            .OrderBy(k => Contains(k.Key, plain) ? 1 : Distance(k.Key, plain))
            .ThenBy(k => Distance(k.Key, plain))
            .ThenBy(k => k.Name, StringComparer.Ordinal)
            .Take(Shown)
            .Select(k => k.Name);
    }

    private static bool IsLower(string name) => !name.Any(char.IsUpper);

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));

    private static string Plain(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    // Half a name ("crossentropy", "acc") is near to what has it whole.
    private static bool Contains(string known, string name) =>
        name.Length >= 3
        && known.Length > 0
        && (known.Contains(name, StringComparison.Ordinal) || (known.Length >= 4 && name.Contains(known, StringComparison.Ordinal)));

    // Levenshtein's: insertions, deletions and substitutions of letters. What is longer than a name counts by its beginning.
    private static int Distance(string a, string b)
    {
        a = a[..Math.Min(a.Length, 64)];
        b = b[..Math.Min(b.Length, 64)];
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
