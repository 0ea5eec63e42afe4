namespace Distillation.Keras.Tests.Docs;

/// <summary>
/// What the README and the documents show as code is compiled and run: each block is, word for word, a piece of a test in
/// <c>Docs/Snippets</c> here or in <c>Snippets</c> of the F# tests, in a file of its own that lends it nothing, so that it is a whole
/// program.
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
            $"{code} is in no test. Put it into a test between '// <snippet NAME>' and '// </snippet>', or make both equal."
        );
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

    [TestCaseSource(typeof(CodeOfDocuments), nameof(CodeOfDocuments.Blocks))]
    public void Every_block_of_code_begins_with_what_it_imports_and_can_be_the_top_of_a_program(object block) =>
        Assert.That(SnippetFrame.Problems((CodeBlock)block), Is.Empty);

    [TestCaseSource(typeof(CodeOfDocuments), nameof(CodeOfDocuments.SnippetFiles))]
    public void Every_snippet_stands_alone_in_a_file_of_its_own(string path) =>
        Assert.That(SnippetFrame.Problems(path, File.ReadAllText(Path.Combine(Repository.Root, path))), Is.Empty);

    [Test]
    public void There_is_code_of_both_languages_in_the_README() =>
        Assert.That(
            CodeOfDocuments.Blocks().Where(b => b.Document == "README.md").Select(b => b.Language).Distinct(),
            Is.EquivalentTo(["csharp", "fsharp"])
        );

    [Test]
    public void A_changed_block_is_no_snippet()
    {
        const string Source =
            "[Test]\npublic void Name()\n{\n    // <snippet Name>\n    int one = 1;\n      int two = 2;\n    // </snippet>\n}";
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

    [TestCase("namespace Snippets;", "using System.Text;\n\nnamespace Snippets;", "line 5: 'using System.Text;' is not in the snippet")]
    [TestCase(
        "namespace Snippets;",
        "global using System.Text;\n\nnamespace Snippets;",
        "line 5: 'global using System.Text;' is not in the snippet"
    )]
    [TestCase(
        "        // <snippet One>",
        "        int one = 1;\n        // <snippet One>",
        "line 13: 'int one = 1;' is not in the snippet"
    )]
    [TestCase(
        "public sealed class One",
        "public sealed class One : Helpers",
        "line 8: 'public sealed class One : Helpers' is not in the snippet"
    )]
    [TestCase(
        "    // <snippet One>\n    public",
        "    private const int Two = 2;\n\n    // <snippet One>\n    public",
        "line 19: 'private const int Two = 2;' is not in the snippet"
    )]
    [TestCase(
        "    [Test]",
        "    [SetUp]\n    public void SetUp() => Utils.SetRandomSeed(1);\n\n    [Test]",
        "line 10: '[SetUp]' is not in the snippet",
        "line 11: 'public void SetUp() => Utils.SetRandomSeed(1);' is not in the snippet"
    )]
    [TestCase(
        "    [Test]",
        "    // <snippet One>\n    public sealed class Late;\n    // </snippet>\n\n    [Test]",
        "line 10: a program has its types after its statements, so the test is the first in its class"
    )]
    [TestCase("    // <snippet One>\n    public", "    // <snippet Two>\n    public", "a file has one snippet, this one 2")]
    public void A_snippet_does_not_stand_alone_beside_what_it_could_take(string from, string to, params string[] problems)
    {
        const string Source = """
            // <snippet One>
            using System.Text;
            // </snippet>

            namespace Snippets;

            /// <summary>Code.</summary>
            public sealed class One
            {
                [Test]
                public void One()
                {
                    // <snippet One>
                    using var text = new Text();
                    // </snippet>
                    Assert.That(text.One, Is.EqualTo(1));
                }

                // <snippet One>
                public sealed class Text : IDisposable;
                // </snippet>
            }
            """;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SnippetFrame.Problems("a.cs", Source), Is.Empty);
            Assert.That(
                SnippetFrame.Problems("a.cs", Source.ReplaceLineEndings("\n").Replace(from, to, StringComparison.Ordinal)),
                Is.EqualTo(problems)
            );
        }
    }

    [TestCase("open NUnit.Framework", "open NUnit.Framework\nopen System", "line 4: 'open System' is not in the snippet")]
    [TestCase("    // <snippet One>", "    let one = 1\n    // <snippet One>", "line 11: 'let one = 1' is not in the snippet")]
    [TestCase("[<Test>]", "let private one = 1\n\n[<Test>]", "line 9: 'let private one = 1' is not in the snippet")]
    public void A_snippet_of_FSharp_does_not_stand_alone_either(string from, string to, string problem)
    {
        const string Source = """
            module Snippets.One

            open NUnit.Framework

            // <snippet One>
            open System.Text
            // </snippet>

            [<Test>]
            let ``One`` () =
                // <snippet One>
                let text = StringBuilder()
                // </snippet>
                Assert.That(text.Length, Is.EqualTo 0)
            """;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SnippetFrame.Problems("a.fs", Source), Is.Empty);
            Assert.That(
                SnippetFrame.Problems("a.fs", Source.ReplaceLineEndings("\n").Replace(from, to, StringComparison.Ordinal)),
                Is.EqualTo(new[] { problem })
            );
        }
    }

    [TestCase("```csharp\nint one = 1;\n```", "its first line is not 'using ...'")]
    [TestCase("```fsharp\nlet one = 1\n```", "its first line is not 'open ...'")]
    [TestCase("```fsharp\nopen System\nuse one = null\n```", "'use one = null' is for functions: 'let' at the top of a program")]
    public void A_block_of_code_that_is_no_program_is_seen(string block, string problem) =>
        Assert.That(SnippetFrame.Problems(CodeBlock.Read("a.md", block).Single()), Is.EqualTo(new[] { problem }));
}
