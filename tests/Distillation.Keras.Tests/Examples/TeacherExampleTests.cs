using TeacherFromPython;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The program of examples/TeacherFromPython.</summary>
public sealed class TeacherExampleTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("teacher-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_is_saved_computes_the_same_in_another_process()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = TeacherProgram.Run(["--samples", "200", "--epochs", "2", "--out", _folder], output, errors);
        string[] lines = output.ToString().Split(Environment.NewLine);
        string[] numbers = [.. lines.Take(6).Select(l => l[28..])];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, errors.ToString());
            Assert.That(numbers[0], Does.StartWith("4,848 parameters, ").And.EndsWith("of 50 digits right"));
            Assert.That(numbers[2], Is.EqualTo(numbers[1]), "the teacher from its file");
            Assert.That(numbers[4..], Has.All.EqualTo(numbers[3]), "the student from its files");
            Assert.That(lines, Has.All.Length.LessThanOrEqualTo(80));
            Assert.That(
                Directory.GetFiles(_folder).Select(Path.GetFileName),
                Is.EquivalentTo((string[])["teacher.keras", "student.keras", "student.h5"])
            );
        }
    }

    [Test]
    public void A_file_that_is_no_model_is_refused()
    {
        string file = Path.Combine(_folder, "a.keras");
        File.WriteAllText(file, "no model");
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.That(TeacherProgram.Run(["--samples", "40", "--load", file], output, errors), Is.EqualTo(1));
        Assert.That(errors.ToString(), Does.Contain("a.keras"));
    }
}
