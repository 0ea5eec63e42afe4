namespace Distillation.Keras.Tests.Docs;

/// <summary>
/// What the README and the documents show as code is compiled and run: each block is, word for word, a piece of a test in
/// <c>Docs/Snippets</c> here or in the F# tests.
/// </summary>
public sealed class DocumentCodeTests
{
    [TestCaseSource(typeof(CodeOfDocuments), nameof(CodeOfDocuments.Blocks))]
    public void Every_block_of_code_is_a_snippet_of_a_test(object block)
    {
        var code = (CodeBlock)block;
        Assert.That(
            CodeOfDocuments.Snippets().Where(s => s.Language == code.Language).Select(s => s.Text),
            Does.Contain(code.Text),
            $"{code} is in no test. Put it into a test between '// <snippet NAME>' and '// </snippet>', or make both equal.");
    }

    [TestCaseSource(typeof(CodeOfDocuments), nameof(CodeOfDocuments.Snippets))]
    public void Every_snippet_is_run_by_the_test_of_its_name_and_shown_in_a_document(object snippet)
    {
        var code = (Snippet)snippet;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code.IsInTest, "no test has its name and holds it");
            Assert.That(CodeOfDocuments.Blocks().Where(b => b.Language == code.Language).Select(b => b.Text), Does.Contain(code.Text));
        }
    }

    [Test]
    public void There_is_code_of_both_languages_in_the_README() =>
        Assert.That(CodeOfDocuments.Blocks().Where(b => b.Document == "README.md").Select(b => b.Language).Distinct(), Is.EquivalentTo(["csharp", "fsharp"]));

    [Test]
    public void A_changed_block_is_no_snippet()
    {
        const string Source = "[Test]\npublic void Name()\n{\n    // <snippet Name>\n    int one = 1;\n      int two = 2;\n    // </snippet>\n}";
        Snippet snippet = Snippet.Read("a.cs", Source).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(snippet.IsInTest);
            Assert.That(CodeBlock.Read("a.md", "```csharp\nint one = 1;\n  int two = 2;\n```").Single().Text, Is.EqualTo(snippet.Text));
            Assert.That(CodeBlock.Read("a.md", "```csharp\nint one = 1;\n  int two = 3;\n```").Single().Text, Is.Not.EqualTo(snippet.Text));
            Assert.That(Snippet.Read("a.cs", Source.Replace("[Test]", "[Ignore]", StringComparison.Ordinal)).Single().IsInTest, Is.False);
            Assert.That(() => CodeBlock.Read("a.md", "```cs\nint one = 1;\n```"), Throws.TypeOf<InvalidDataException>());
        }
    }
}
