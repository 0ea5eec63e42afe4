using System.Globalization;
using System.Text.RegularExpressions;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Cultures.Tests;

/// <summary>Everything that the library writes or reads is the same in every culture.</summary>
public sealed partial class CultureTests
{
    private static string[] Names => WorldCultures.Names;

    private static IEnumerable<string> TextNames => Texts.All.Keys;

    [OneTimeSetUp]
    public void Load() => NativeLibraries.EnsureLoaded();

    [Test]
    public void The_cultures_of_this_host_write_numbers_in_their_own_ways()
    {
        Assert.That(
            Names.Select(n => WorldCultures.In(WorldCultures.Get(n), () => $"{-1234.5:N1} {-7}")),
            Is.EqualTo((string[])["-1.234,5 -7", "-1.234,5 -7", "\u200e\u22121\u066c234\u066b5 \u200e\u22127"])
        );
    }

    [Test]
    public void Where_there_is_ICU_Turkish_has_its_own_i()
    {
        // Without ICU every culture has English letters, and there is nothing to go wrong.
        bool hasIcu = CultureInfo.GetCultureInfo("de-DE").NumberFormat.NumberDecimalSeparator == ",";
        Assert.That("i".ToUpper(WorldCultures.Get("tr-TR")), Is.EqualTo(hasIcu ? "İ" : "I"));
    }

    [Test]
    public void A_text_is_the_same_in_every_culture(
        [ValueSource(nameof(TextNames))] string text,
        [ValueSource(nameof(Names))] string culture
    )
    {
        string[] expected = [.. WorldCultures.In(CultureInfo.InvariantCulture, Texts.All[text]).Select(Uncounted)];
        string[] found = [.. WorldCultures.In(WorldCultures.Get(culture), Texts.All[text]).Select(Uncounted)];
        Assert.That(expected, Is.Not.Empty);
        Assert.That(found.Zip(expected).Where(p => p.First != p.Second).Select(p => $"{p.First}\n{p.Second}\n"), Is.Empty);
        Assert.That(found, Has.Length.EqualTo(expected.Length));
    }

    // Automatic names count on from one call to the next, and memory is taken and freed beside. The framework's own words for an argument
    // out of range hold its value in the reader's culture.
    private static string Uncounted(string line) => Varying().Replace(line, "");

    [GeneratedRegex(@"(?<=[a-z])_\d+\b|Actual value was .*|(?<=\w )\('[^']*'\)(?= must be )|(?<=, but )[0-9,]+\.[0-9](?= GiB are free)")]
    private static partial Regex Varying();
}
