using System.Diagnostics;
using System.Text.RegularExpressions;
using Distillation.Keras.Objectives;
using Examples.Common;
using Methods;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The program of examples/Methods, on few images.</summary>
public sealed class MethodsExampleTests
{
    private const string Markers = "before\n<!-- table digits -->\nold\n<!-- end of table digits -->\nafter\n";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("methods-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_prints_a_table_within_80_columns_and_puts_it_between_the_markers()
    {
        string document = Path.Combine(_folder, "methods.md");
        File.WriteAllText(document, Markers);

        (int code, string output, string errors) = Run(
            "--samples",
            "40",
            "--epochs",
            "1",
            "--seeds",
            "2",
            "--only",
            "labels only,soft targets (KD),attention (AT)",
            "--docs",
            document,
            "--out",
            _folder
        );

        string[] lines = output.Split(Environment.NewLine);
        string written = File.ReadAllText(document);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, errors);
            Assert.That(lines, Has.One.Matches(@"^ +accuracy +agreement +ms +plain$"));
            Assert.That(
                lines,
                Has.One.Matches(@"^attention \(AT\) +\d+\.\d\d ± \d+\.\d\d +\d+\.\d\d ± \d+\.\d\d( +(\d+\.\d|\d{3,4}|>9k)){3}x$")
            );
            Assert.That(lines.Where(l => !l.Contains(_folder, StringComparison.Ordinal)), Has.All.Length.LessThanOrEqualTo(80));
            Assert.That(
                written,
                Does.StartWith("before\n<!-- table digits -->\n| method |")
                    .And.EndsWith("|\n<!-- end of table digits -->\nafter\n")
                    .And.Not.Contain("old")
            );
            Assert.That(Regex.Count(written, "^\\| (labels only|soft targets|attention)", RegexOptions.Multiline), Is.EqualTo(3));
            Assert.That(written, Does.Contain("[1612.03928](https://arxiv.org/abs/1612.03928)"));
        }
    }

    [Test]
    public void A_second_run_goes_on_from_what_is_finished_and_gives_the_same_numbers()
    {
        string[] arguments = ["--samples", "40", "--epochs", "1", "--seeds", "1", "--only", "labels only,DIST", "--out", _folder];
        string first = Run(arguments).Output;
        string file = Directory.GetFiles(_folder).Single();
        string kept = File.ReadAllText(file);

        string second = Run(arguments).Output;
        File.Delete(file);
        string anew = Run(arguments).Output;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Regex.Count(second, @"\(kept\)"), Is.EqualTo(2));
            Assert.That(first, Does.Not.Contain("(kept)"));
            Assert.That(Numbers(second), Is.EqualTo(Numbers(first)));
            Assert.That(Numbers(anew), Is.EqualTo(Numbers(first)), "one seed, one student");
            Assert.That(kept, Does.Contain("\"Method\": \"DIST\""));
        }
    }

    [Test]
    public void A_cancelled_run_says_so()
    {
        using var errors = new StringWriter();
        int code = MethodsProgram.Run(["--samples", "40", "--out", _folder], TextWriter.Null, errors, new CancellationToken(true));

        Assert.That(code, Is.EqualTo(130));
        Assert.That(errors.ToString(), Does.Contain("goes on from here"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no signals of processes.")]
    public void A_signal_ends_the_program_with_what_is_finished()
    {
        using Process program = ExampleProcess.Start(typeof(MethodsProgram), $"--samples 40 --epochs 1 --seeds 100000 --out {_folder}");
        string? line;
        do
        {
            line = program.StandardOutput.ReadLine();
        } while (line is not null && !line.Contains("seed 1:", StringComparison.Ordinal));

        ExampleProcess.Signal(program, "TERM");
        string rest = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.That(program.ExitCode, Is.EqualTo(143), rest);
        Assert.That(File.ReadAllText(Directory.GetFiles(_folder).Single()), Does.Contain("\"Method\": \"labels only\""));
    }

    [TestCase("--only no_such_method", "--list")]
    [TestCase("--full --samples 100", "one of them")]
    [TestCase("--docs no/such/file", "a document that there is")]
    [TestCase("--only ,", "there is no ','")]
    [TestCase("--full --smoke", "one of them")]
    [TestCase("--seeds 0", "from 1 on")]
    [TestCase("--seeds", "needs a value")]
    [TestCase("--seeds 1 --seeds 2", "twice")]
    [TestCase("--speed 1", "no option --speed")]
    [TestCase("--data no-such-data", "folder")]
    public void A_wrong_command_line_ends_with_2_and_says_why(string line, string says)
    {
        (int code, _, string errors) = Run(line.Split(' '));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors, Does.Contain(says).And.Contain("--help"));
    }

    [Test]
    public void A_document_without_markers_and_a_damaged_store_are_refused()
    {
        string document = Path.Combine(_folder, "methods.md");
        File.WriteAllText(document, "nothing");
        string[] arguments = ["--samples", "40", "--epochs", "1", "--seeds", "1", "--only", "labels only", "--out", _folder];

        (int code, _, string errors) = Run([.. arguments, "--docs", document]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("<!-- table digits -->"));
        Assert.That(Directory.GetFiles(_folder, "*.json"), Is.Empty, "nothing is trained for a document that cannot be written");

        Run(arguments);
        File.WriteAllText(Directory.GetFiles(_folder, "*.json").Single(), "{");
        (_, string output, errors) = Run(arguments);
        Assert.That(errors, Does.Contain("Remove it"));
        Assert.That(output, Does.Not.Contain("Teacher:"), "before the teacher is trained");
    }

    [TestCase("[null]")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("""[{"Method": "labels only", "Seed": 1}]""")]
    [TestCase("""[{"Method": "labels only", "Seed": 1, "Accuracy": 7, "Agreement": 1, "StepMilliseconds": 1, "PlainMilliseconds": 1}]""")]
    [TestCase(
        """[{"Method": "labels only", "Seed": 1, "Accuracy": 1, "Agreement": 1, "StepMilliseconds": 1, "PlainMilliseconds": 1e999}]"""
    )]
    [TestCase(
        """
            [{"Method": "DIST", "Seed": 1, "Accuracy": 1, "Agreement": 1, "StepMilliseconds": 1, "PlainMilliseconds": 1},
             {"Method": "DIST", "Seed": 1, "Accuracy": 1, "Agreement": 1, "StepMilliseconds": 1, "PlainMilliseconds": 1}]
            """
    )]
    [TestCase("""[{"Method": null, "Seed": 1, "Accuracy": 1, "Agreement": 1, "StepMilliseconds": 1, "PlainMilliseconds": 1}]""")]
    public void Finished_fits_that_are_none_are_refused(string content)
    {
        using var folder = new OutputFolder(_folder, bytes: 1);
        File.WriteAllText(folder.PathOf("store.json"), content);
        Assert.That(
            () => new TrialStore(folder, "store"),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("Remove it to begin anew")
        );
    }

    [Test]
    public void A_folder_in_the_place_of_the_finished_fits_is_refused_before_a_fit()
    {
        using var folder = new OutputFolder(_folder, bytes: 1);
        Directory.CreateDirectory(folder.PathOf("store.json"));
        Assert.That(() => new TrialStore(folder, "store"), Throws.TypeOf<IOException>().With.Message.Contains("is a folder"));
    }

    [Test]
    public void Columns_stay_apart_on_the_slowest_machine()
    {
        Method method = MethodList.All[0];
        Trial[] trials = [.. new[] { 1, 2, 3 }.Select(seed => new Trial(method.Name, seed, 1, 1, 123456.7, 1.23))];
        string row = ResultsTable.Text([method], trials).Split(Environment.NewLine)[1];
        Assert.That(row, Has.Length.EqualTo(80).And.EndsWith("   >9k   1.2  >9kx"));
    }

    [Test]
    public void The_list_needs_no_data() =>
        Assert.That(Run("--list").Output.Split(Environment.NewLine), Does.Contain("contrastive (CRD)").And.Contain("labels only"));

    [Test]
    public void Smoke_tries_an_objective_of_each_kind_and_the_document_and_what_is_given_beside_it_counts()
    {
        string document = Path.Combine(_folder, "methods.md");
        File.WriteAllText(document, Markers);
        (int code, string output, string errors) = Run("--smoke", "--docs", document);
        (_, string other, _) = Run("--smoke", "--seeds", "2", "--only", "DIST");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, errors);
            Assert.That(
                output,
                Does.Contain("40 images to train on").And.Contain("1 epochs, 3 methods, 1 seeds").And.Contain("attention (AT)")
            );
            Assert.That(File.ReadAllText(document), Does.Contain("| soft targets (KD) |"));
            Assert.That(other, Does.Contain("1 epochs, 1 methods, 2 seeds").And.Contain("DIST"));
        }
    }

    [Test]
    public void Every_objective_of_the_library_is_in_the_document_and_all_but_those_of_labels_in_the_example()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "methods.md"));
        string example = File.ReadAllText(Path.Combine(Repository.Root, "examples", "Methods", "MethodList.cs"));
        IEnumerable<string> names = typeof(DistillationObjective)
            .Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(DistillationObjective)))
            .Select(t => t.Name);

        using (Assert.EnterMultipleScope())
        {
            foreach (string name in names)
            {
                Assert.That(document, Does.Contain($"`{name}`"));
                Assert.That(
                    example,
                    name is "MultiLabelSoftTargets" or "SoftTargets"
                        ? Does.Not.Contain("new " + name)
                        : Does.Contain("new " + name + "(").Or.Contain(name + " Attention")
                );
            }
        }
    }

    private static string Numbers(string output) =>
        string.Join('\n', Regex.Matches(output, @"seed 1: .*?%  agrees .*?%").Select(m => m.Value));

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = MethodsProgram.Run(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
