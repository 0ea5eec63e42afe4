using System.Globalization;
using System.Text.RegularExpressions;
using Distillation.Keras.Layers;
using KerasPorts;
using NumSharp;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The programs of examples/KerasPorts and examples/KerasPorts.FSharp.</summary>
public sealed class KerasPortsExampleTests
{
    private const string CSharp = "KerasPorts";
    private const string FSharp = "KerasPorts.FSharp";

    private string _home = "";

    [SetUp]
    public void MakeFolder() => _home = Directory.CreateTempSubdirectory("ports-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_home, recursive: true);

    [TestCase(CSharp, "convnet 34,826,residual 27,194,lstm 31,409,transformer 18,718,structured 624")]
    [TestCase(FSharp, "convnet 34,826,structured 624")]
    public void It_ends_with_a_row_for_each_port_within_80_columns(string name, string rows)
    {
        ExampleRun run = ExampleProcess.RunIn(_home, name, "--smoke");
        string[] lines = run.Output.Split(Environment.NewLine);
        string[] found = [.. lines.SkipWhile(l => !l.StartsWith("port ", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.Length > 0)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                found.Select(r => Regex.Match(r, "^[a-z]+ +[0-9,]+").Value).Select(r => Regex.Replace(r, " +", " ")),
                Is.EqualTo(Regex.Split(rows, ",(?=[a-z])"))
            );
            Assert.That(found, Has.All.Match(@" 80     20 +\d+\.\d %( +\d+\.\d %){2} +\d+\.\d$"));
            Assert.That(lines.Where(l => !IsOfTraining(l)), Has.All.Length.LessThanOrEqualTo(80), "but for Keras' own lines of training");
        }
    }

    // Far from chance, and from what is reached by all epochs.
    [TestCase(CSharp, "lstm", 1, 0.52, 0.80)]
    [TestCase(CSharp, "transformer", 1, 0.52, 0.85)]
    [TestCase(CSharp, "structured", 4, 0.63, 0.84)]
    public void One_alone_learns(string name, string port, int epochs, double chance, double accuracy)
    {
        ExampleRun run = ExampleProcess.RunIn(_home, name, "--only", port, "--epochs", epochs.ToString(CultureInfo.InvariantCulture));
        Match row = Regex.Match(run.Output, $@"^{port} .* (\d+\.\d) % +(\d+\.\d) % +\d+\.\d % ", RegexOptions.Multiline);
        Assert.That(row.Success, run.Output + run.Errors);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Share(row.Groups[1].Value), Is.AtLeast(accuracy));
            Assert.That(Share(row.Groups[2].Value), Is.AtMost(chance));
            Assert.That(Regex.Count(run.Output, "^Model: ", RegexOptions.Multiline), Is.EqualTo(1), "no other port");
        }
    }

    [TestCase("convnet")]
    [TestCase("structured")]
    public void Both_languages_compute_the_same(string port)
    {
        string[] options = ["--only", port, "--samples", "400", "--epochs", "2", "--seed", "3"];
        ExampleRun csharp = ExampleProcess.RunIn(_home, CSharp, options);
        ExampleRun fsharp = ExampleProcess.RunIn(_home, FSharp, options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Numbers(csharp), Has.Length.EqualTo(4));
            Assert.That(Numbers(fsharp), Is.EqualTo(Numbers(csharp)));
            Assert.That(Shapes(csharp), Is.EqualTo(port == "convnet" ? "x_train shape: (400, 28, 28, 1)" : ""));
            Assert.That(Shapes(fsharp), Is.EqualTo(Shapes(csharp)));
        }
    }

    [TestCase(CSharp, "--only nope", "--only does not take 'nope', but one of\nconvnet, residual, lstm, transformer, structured.")]
    [TestCase(FSharp, "--only lstm", "--only does not take 'lstm', but one of\nconvnet, structured.")]
    [TestCase(CSharp, "--samples 39", "--samples takes a whole number from 40 on, not '39'.")]
    [TestCase(FSharp, "--samples 39", "--samples takes a whole number from 40 on, not '39'.")]
    [TestCase(CSharp, "--epochs 0", "--epochs takes a whole number from 1 on, not '0'.")]
    [TestCase(FSharp, "--epochs 0", "--epochs takes a whole number from 1 on, not '0'.")]
    [TestCase(CSharp, "--speed 1", "There is no option --speed.")]
    [TestCase(FSharp, "--only", "--only needs a value after it.")]
    public void A_wrong_command_line_is_refused(string name, string arguments, string message)
    {
        ExampleRun run = ExampleProcess.RunIn(_home, name, arguments.Split(' '));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Errors, Does.Contain(message));
            Assert.That(run.Errors.Split('\n'), Has.All.Length.LessThanOrEqualTo(80));
            Assert.That(run.Output, Is.Empty);
        }
    }

    [Test]
    public void Layers_of_the_transformer_are_cloned_with_their_arguments()
    {
        Utils.SetRandomSeed(1);
        var inputs = new Input(6);
        KerasTensor x = new TokenAndPositionEmbedding(6, 20, 8).Apply(inputs);
        var model = new Model(inputs, new TransformerBlock(8, 2, 5, rate: 0.3).Apply(x));
        Model clone = model.Clone();
        clone.SetWeights(model.GetWeights());
        var block = (TransformerBlock)clone.Layers[2];
        int[,] tokens =
        {
            { 0, 3, 19, 4, 4, 1 },
        };
        using NDArray expected = model.Predict(tokens);
        using NDArray actual = clone.Predict(tokens);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((block.EmbedDim, block.NumHeads, block.FfDim, block.Rate), Is.EqualTo((8, 2, 5, 0.3)));
            Assert.That(actual.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
            Assert.That(expected.shape, Is.EqualTo((long[])[1, 6, 8]));
        }
    }

    private static bool IsOfTraining(string line) => Regex.IsMatch(line, @"^\d+/\d+ - ");

    // The losses and accuracies of training and of the test.
    private static string[] Numbers(ExampleRun run) =>
        [
            .. run
                .Output.Split(Environment.NewLine)
                .Where(l => IsOfTraining(l) || l.StartsWith("Test ", StringComparison.Ordinal))
                .Select(l => Regex.Replace(l, " - .*/step", "")),
        ];

    private static string Shapes(ExampleRun run) => Regex.Match(run.Output, "^x_train shape: .*?(?=\r?$)", RegexOptions.Multiline).Value;

    private static double Share(string percent) => double.Parse(percent, CultureInfo.InvariantCulture) / 100;
}
