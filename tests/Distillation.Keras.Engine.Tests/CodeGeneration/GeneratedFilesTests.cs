using Distillation.Keras.CodeGeneration;

namespace Distillation.Keras.Engine.Tests.CodeGeneration;

public sealed class GeneratedFilesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Write_all()
    {
        _folder = new TemporaryFolder();
        foreach (string path in GeneratedFile.All.Select(f => f.PathIn(_folder.Root)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        Assert.That(Run(), Is.EqualTo((0, string.Concat(GeneratedFile.All.Select(f => $"wrote {f.Path}{Environment.NewLine}")), "")));
    }

    [TearDown]
    public void Remove_all() => _folder.Dispose();

    [Test]
    public void The_generated_files_of_the_repository_follow_from_the_classes()
    {
        string problem = Generation.Check(Repository.Root);
        Assert.That(problem, Is.Empty);
    }

    [Test]
    public void What_was_written_passes_the_check_and_is_not_written_again()
    {
        Assert.That(Run("--check").Status, Is.Zero);
        Assert.That(Run(), Is.EqualTo((0, "", "")));
    }

    [Test]
    public void The_check_names_each_file_that_differs_and_the_command()
    {
        File.AppendAllText(_folder["src", "Distillation.Keras.Engine", "Facade", "LayersModule.cs"], " ");
        File.Delete(_folder["tests", "Distillation.Keras.FSharp.Tests", "FSharpCalls.fs"]);
        (int status, string output, string error) = Run("--check");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(output, Is.Empty);
        Assert.That(
            error.Split('\n', StringSplitOptions.TrimEntries)[1..^1],
            Is.EqualTo(
                new[]
                {
                    "src/Distillation.Keras.Engine/Facade/LayersModule.cs is not what would be written",
                    "tests/Distillation.Keras.FSharp.Tests/FSharpCalls.fs is missing",
                    "Write them anew: dotnet run --project tests/Distillation.Keras.CodeGeneration",
                }
            )
        );
        Assert.That(Run().Status, Is.Zero);
        Assert.That(Run("--check").Status, Is.Zero);
    }

    [Test]
    public void What_is_not_generated_any_more_goes_and_what_is_written_by_hand_stays()
    {
        string facade = _folder["src", "Distillation.Keras.Engine", "Facade"];
        File.Copy(Path.Combine(facade, "LayersModule.cs"), Path.Combine(facade, "FormerModule.cs"));
        File.WriteAllText(Path.Combine(facade, "OwnModule.cs"), "// By hand.\n");
        Assert.That(
            Run("--check").Error,
            Does.Contain("FormerModule.cs is generated, but is not written any more").And.Not.Contain("OwnModule")
        );
        Assert.That(Run().Output, Is.EqualTo($"deleted src/Distillation.Keras.Engine/Facade/FormerModule.cs{Environment.NewLine}"));
        Assert.That(File.Exists(Path.Combine(facade, "FormerModule.cs")), Is.False);
        Assert.That(File.Exists(Path.Combine(facade, "OwnModule.cs")), Is.True);
    }

    [Test]
    public void Another_command_line_is_refused()
    {
        (int status, string output, string error) = Run("--chek");
        Assert.That(status, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.StartWith("Not understood: --chek").And.Contain("-- --check"));
    }

    private (int Status, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = Generation.Run(args, _folder.Root, output, error);
        return (status, output.ToString(), error.ToString());
    }
}
