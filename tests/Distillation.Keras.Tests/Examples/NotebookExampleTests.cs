using System.Diagnostics;
using NotebookPort;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The program of examples/NotebookPort.</summary>
public sealed class NotebookExampleTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("notebook-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_runs_all_cells_on_the_data_of_a_folder_within_80_columns()
    {
        SmallMnist.Write(_folder);
        using Process program = ExampleProcess.Start(typeof(NotebookProgram), $"--data {_folder} --samples 40 --epochs 1 --batch-size 20");
        string output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();

        string[] lines = output.Split(Environment.NewLine);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(program.ExitCode, Is.Zero, output);
            Assert.That(lines[0], Is.EqualTo($"[1] {_folder}: 40 training images, 10 test images"));
            Assert.That(lines, Has.One.Matches(@"^teacher +1,199,882 +\d+\.\d\d ?% +\d+\.\d{4}$"));
            Assert.That(lines, Has.One.Matches(@"^student, the paper's loss \(Distiller\) +25,450 +\d+\.\d\d ?% +\d+\.\d{4}$"));
            Assert.That(
                lines[1..].Where(l => !l.StartsWith("2/2 - ", StringComparison.Ordinal)),
                Has.All.Length.LessThanOrEqualTo(80),
                "but for Keras' own lines of training"
            );
        }
    }

    [TestCase("--data no/such/folder", 2, "there is no folder 'no/such/folder'")]
    [TestCase("--samples 39", 2, "--samples takes a whole number from 40 on, not '39'")]
    [TestCase("--lambda -1", 2, "--lambda takes a number from 0 on, not '-1'")]
    [TestCase("--speed 1", 2, "There is no option --speed")]
    [TestCase("--data {0}", 1, "train-images-idx3-ubyte")]
    public void What_cannot_be_run_ends_with_a_code_and_says_why(string arguments, int expected, string message)
    {
        (int code, _, string errors) = Run(string.Format(null, arguments, _folder).Split(' '));
        Assert.That(code, Is.EqualTo(expected));
        Assert.That(errors, Does.Contain(message));
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = NotebookProgram.Run(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
