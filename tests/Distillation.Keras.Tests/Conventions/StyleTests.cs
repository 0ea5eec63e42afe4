using System.Text.RegularExpressions;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>What no analyzer looks at: the length of lines, and whether a class is sealed.</summary>
public sealed partial class StyleTests
{
    private const int Columns = 140;

    // As documents show them, and what programs write.
    private static readonly string[] Others = ["/bin/", "/obj/", "/Snippets/", "/Facade/", "/CSharpCalls.cs", "/FSharpCalls.fs"];

    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("examples")]
    public void No_line_is_longer_than_140_columns(string folder)
    {
        string[] sources =
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.?s", SearchOption.AllDirectories)
                .Select(f => f.Replace('\\', '/'))
                .Where(f => !Array.Exists(Others, f.Contains)),
        ];
        IEnumerable<string> tooLong = sources.SelectMany(f =>
            File.ReadLines(f)
                .Select((line, i) => (line, i))
                .Where(l => l.line.Length > Columns && !CannotBeBroken(l.line))
                .Select(l => $"{f}:{l.i + 1}")
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sources, Is.Not.Empty);
            Assert.That(tooLong, Is.Empty);
        }
    }

    // What it says follows from the name alone, or from nothing.
    [TestCase("<param name=\"objective\">What.</param>", true)]
    [TestCase("<param name=\"pairs\">Which.</param>", true)]
    [TestCase("<summary>Makes the layer.</summary>", true)]
    [TestCase("<param name=\"pairs\">Which of the pairs are looked at.</param>", false)]
    [TestCase("<summary>Makes the layer anew.</summary>", false)]
    public void Documentation_that_says_nothing_is_seen(string line, bool isEmpty) =>
        Assert.That(SaysNothing().IsMatch(line), Is.EqualTo(isEmpty));

    [Test]
    public void Documentation_says_something() =>
        Assert.That(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(f => !f.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(f =>
                    File.ReadLines(f).Select((line, i) => (line, i)).Where(l => SaysNothing().IsMatch(l.line)).Select(l => $"{f}:{l.i + 1}")
                ),
            Is.Empty
        );

    [Test]
    public void A_class_is_sealed_unless_it_is_made_to_be_derived_from()
    {
        Type[] all = [.. typeof(Model).Assembly.GetTypes(), .. typeof(Distiller).Assembly.GetTypes()];

        // As in Keras people derive from models, losses and optimizers; other classes are open where the library derives from them itself.
        HashSet<Type> bases =
        [
            .. all.Select(t => t.BaseType).OfType<Type>().Select(b => b.IsGenericType ? b.GetGenericTypeDefinition() : b),
        ];
        IEnumerable<string> open = all.Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false, IsVisible: true })
            .Where(t =>
                !t.IsAssignableTo(typeof(Model))
                && !t.IsAssignableTo(typeof(Loss))
                && !t.IsAssignableTo(typeof(Optimizer))
                && !bases.Contains(t)
            )
            .Select(t => t.FullName!);
        Assert.That(open, Is.Empty);
    }

    [GeneratedRegex(@">(?:What|Which|How|Where|Who|When|Makes (?:a|an|the|an empty) \w+)\.</")]
    private static partial Regex SaysNothing();

    // References of documentation, and patterns.
    private static bool CannotBeBroken(string line) =>
        line.TrimStart() is string text
        && (text.StartsWith("/// <inheritdoc cref", StringComparison.Ordinal) || text.StartsWith("@\"", StringComparison.Ordinal));
}
