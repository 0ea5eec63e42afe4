using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Examples;

/// <summary>What holds for each example, also for later ones: where it is, <c>--help</c>, <c>--smoke</c> and <c>--out</c>.</summary>
public sealed class ExampleProjectsTests
{
    private string _home = "";

    private static IEnumerable<string> Names => ExampleProjects.Names;

    [SetUp]
    public void MakeFolder() => _home = Directory.CreateTempSubdirectory("example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_home, recursive: true);

    [Test]
    public void Every_example_is_one_project_in_a_folder_of_its_name_and_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Distillation.Keras.sln"));
        Assert.That(ExampleProjects.Misplaced(ExampleProjects.Folder), Is.Empty);
        Assert.That(Names, Is.Not.Empty);
        Assert.That(
            Names.Where(n =>
                !solution.Contains($@"""examples\{n}\{n}.csproj""", StringComparison.Ordinal)
                && !solution.Contains($@"""examples\{n}\{n}.fsproj""", StringComparison.Ordinal)
            ),
            Is.Empty,
            "dotnet sln add"
        );
    }

    [TestCase(
        "Good/Good.csproj Fine/Fine.fsproj Good/Part/Code.cs Good/obj/x.csproj Gone/bin/x.dll Gone/obj/y.csproj Directory.Build.props",
        ""
    )]
    [TestCase("Alone.csproj", "Alone.csproj is in no folder of its own")]
    [TestCase("Cat/Dog.csproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: Dog.csproj")]
    [TestCase("Cat/cat.csproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: cat.csproj")]
    [TestCase("Cat/cat.fsproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: cat.fsproj")]
    [TestCase("Cat/Cat.csproj Cat/Cat.fsproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: Cat.csproj, Cat.fsproj")]
    [TestCase("Cat/Program.cs", "Cat has not one project, Cat.csproj or Cat.fsproj, but: none")]
    [TestCase("Cat/Cat.csproj Cat/Dog.csproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: Cat.csproj, Dog.csproj")]
    [TestCase("Cat/Cat.csproj Cat/Deep/Dog.csproj", "Cat has not one project, Cat.csproj or Cat.fsproj, but: Cat.csproj, Deep/Dog.csproj")]
    public void A_folder_of_another_form_is_seen(string files, string said)
    {
        foreach (string file in files.Split(' '))
        {
            string path = Path.Combine(_home, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        string found = string.Join('\n', ExampleProjects.Misplaced(_home));
        Assert.That(found.Replace(Path.DirectorySeparatorChar, '/'), Is.EqualTo(said));
    }

    [TestCaseSource(nameof(Names))]
    public void Help_tells_each_option_with_its_default_within_80_columns(string name)
    {
        ExampleRun run = ExampleProcess.RunIn(_home, name, "--help");
        string[] lines = run.Output.Split(Environment.NewLine);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(run.Errors, Is.Empty);
            Assert.That(lines, Has.All.Length.LessThanOrEqualTo(80));
            Assert.That(run.Output, Does.Contain($"dotnet run -c Release --project examples/{name} -- [options]"));
            Assert.That(lines, Has.One.StartsWith("  --smoke  "));
            Assert.That(lines, Has.One.StartsWith("  -h, --help  "));
            Assert.That(run.Output, Does.Contain("Exit code: 0 "));
            Assert.That(OptionsWithValues(run.Output), Is.Not.Empty.And.All.Contains("default"));
            Assert.That(run.Left, Is.Empty);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Smoke_runs_without_data_and_leaves_nothing(string name)
    {
        ExampleRun run = ExampleProcess.RunIn(_home, name, "--smoke");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(run.Errors, Is.Empty);
            Assert.That(run.Output, Is.Not.Empty);
            Assert.That(run.Left, Is.Empty);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Where_there_is_an_output_folder_it_writes_there_and_nowhere_else(string name)
    {
        bool writes = ExampleProcess.RunIn(_home, name, "--help").Output.Contains("  --out <FOLDER>  ", StringComparison.Ordinal);
        ExampleRun run = ExampleProcess.RunIn(_home, name, "--smoke", "--out", Path.Combine("new", "results"));
        using (Assert.EnterMultipleScope())
        {
            if (writes)
            {
                Assert.That(run.ExitCode, Is.Zero, run.Errors);
                Assert.That(run.Left, Is.Not.Empty.And.All.StartsWith(Path.Combine("work", "new", "results")));
            }
            else
            {
                Assert.That(run.ExitCode, Is.EqualTo(2));
                Assert.That(run.Errors, Does.Contain("There is no option --out."));
                Assert.That(run.Left, Is.Empty);
            }
        }
    }

    // Each from its own line to that of the next one.
    private static string[] OptionsWithValues(string help) =>
        [
            .. Regex
                .Split(help[help.IndexOf("Options:", StringComparison.Ordinal)..], @"\r?\n(?=  -)")
                .Where(o => o.StartsWith("  --", StringComparison.Ordinal) && o.Contains(" <", StringComparison.Ordinal)),
        ];
}
