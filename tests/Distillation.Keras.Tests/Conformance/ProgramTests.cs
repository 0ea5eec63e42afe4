using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>The command line, the exit code and what is written.</summary>
public class ProgramTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("conformance").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("", "FOLDER is missing.", TestName = "No_folder_is_an_error")]
    [TestCase("FOLDER FOLDER", "' is one argument too many.", TestName = "Two_folders_are_an_error")]
    [TestCase("FOLDER --nope", "There is no option --nope.", TestName = "An_unknown_option_is_an_error")]
    [TestCase("FOLDER --only", "--only needs a value after it.", TestName = "An_option_without_its_value_is_an_error")]
    [TestCase("FOLDER --only nope", "there is no 'nope'. Known: ", TestName = "An_unknown_file_is_an_error")]
    [TestCase("FOLDER --only layers", "There is no layers.json in ", TestName = "A_file_that_the_folder_has_not_is_an_error")]
    [TestCase("FOLDER --only distillation/nope", "There is no case 'nope' in distillation.json.", TestName = "An_unknown_case_is_an_error")]
    [TestCase("/no/such/folder", "There is no folder '/no/such/folder'.", TestName = "A_missing_folder_is_an_error")]
    public void Wrong_arguments_end_with_2_and_say_why(string arguments, string said)
    {
        Write("distillation.json", """{"cases": [{"name": "kd"}]}""");

        (int code, string output, string errors) = Run(
            arguments.Replace("FOLDER", _folder, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(output, Is.Empty);
            Assert.That(errors, Does.Contain(said));
        }
    }

    [Test]
    public void A_folder_without_fixture_files_is_an_error()
    {
        Write("other.json", "{}");

        Assert.That(Run(_folder).Code, Is.EqualTo(2));
    }

    [Test]
    public void A_damaged_file_is_an_error()
    {
        Write("layers.json", "{");

        Assert.That(Run(_folder).Errors, Does.Contain("layers.json is not JSON"));
    }

    [Test]
    public void Help_is_not_an_error() =>
        Assert.That(Run("--help"), Has.Property("Code").EqualTo(0).And.Property("Output").Contains("Usage:"));

    [Test]
    public void A_file_for_later_is_unsupported_and_nothing_failed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "onnx"));
        Write("onnx/onnx.json", """{"models": [{"name": "cnn"}, {"name": "mlp"}]}""");
        string json = Path.Combine(_folder, "out.json");

        (int code, string output, _) = Run(_folder, "--json", json);
        JsonNode written = JsonNode.Parse(File.ReadAllText(json))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero);
            Assert.That(
                output,
                Does.Contain("unsupported: 2 cases of onnx").And.Contain("cnn, mlp").And.Contain("not in the folder: activations")
            );
            Assert.That(written["cases"]![1]!["state"]!.GetValue<string>(), Is.EqualTo("unsupported"));
            Assert.That(written["cases"]![1]!["case"]!.GetValue<string>(), Is.EqualTo("mlp"));
            Assert.That(
                written["cases"]![1]!.AsObject().Select(p => p.Key),
                Is.EqualTo((string[])["file", "case", "state", "worst", "where", "why"])
            );
        }
    }

    [Test]
    public void A_failed_case_ends_with_1_and_is_named()
    {
        Write("layers.json", """{"cases": [{"name": "dense_odd", "kind": "single"}]}""");

        Assert.That(Run(_folder), Has.Property("Code").EqualTo(1).And.Property("Output").Contains("failed: layers/dense_odd"));
    }

    [Test]
    public void Only_one_case_is_run_when_one_is_named()
    {
        Write("distillation.json", """{"cases": [{"name": "kd"}, {"name": "fitnets"}]}""");

        Assert.That(Run(_folder, "--only", "distillation/kd").Output, Does.Contain("distillation/kd").And.Not.Contain("fitnets"));
    }

    [Test]
    public void The_text_fits_80_columns()
    {
        Write(
            "distillation.json",
            $$"""{"cases": [{{string.Join(", ", Enumerable.Range(0, 40).Select(i => $$"""{"name": "case_{{i}}"}"""))}}]}"""
        );

        Assert.That(Run(_folder).Output.Split('\n').Max(l => l.Length), Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void An_output_that_cannot_be_written_is_an_error()
    {
        Write("distillation.json", """{"cases": [{"name": "kd"}]}""");

        Assert.That(Run(_folder, "--json", Path.Combine(_folder, "no", "such", "out.json")).Code, Is.EqualTo(2));
    }

    private static Ended Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = ConformanceProgram.Run(arguments, output, errors);
        return new Ended(code, output.ToString(), errors.ToString());
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private sealed record Ended(int Code, string Output, string Errors);
}
