using System.Security.Cryptography;
using MnistDistillation;
using NumSharp;
using NumSharp.IO;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The program of examples/MnistDistillation, on few images.</summary>
public sealed class MnistExampleTests
{
    private const string Small = "--samples 200 --epochs 1 --student-epochs 2";
    private static readonly string[] Rows = ["teacher", "student on labels", "distilled student"];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mnist-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_prints_the_data_and_a_table_of_three_rows_within_80_columns()
    {
        Run run = Run.Of(Small);
        string[] lines = run.Output.Split(Environment.NewLine);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(lines[0], Is.EqualTo("Data: the bundled digits"));
            Assert.That(lines[1], Does.Contain("200 images to train on, 50 to test on"));
            Assert.That(lines, Has.One.Matches("parameters +size +accuracy +errors +agreement +ms/image"));
            Assert.That(lines, Has.One.Matches(@"^teacher +1,199,882 +4\.80 MB +\d+\.\d\d% +\d+ +100\.00% +\d+\.\d{3}$"));
            Assert.That(lines, Has.One.Matches(@"^student on labels +25,450 +101\.8 kB +\d+\.\d\d% +\d+ +\d+\.\d\d% +\d+\.\d{3}$"));
            Assert.That(lines, Has.One.Matches(@"^distilled student +25,450 +101\.8 kB +\d+\.\d\d% +\d+ +\d+\.\d\d% +\d+\.\d{3}$"));
            Assert.That(lines, Has.All.Length.LessThanOrEqualTo(80));
        }
    }

    [Test]
    public void The_seed_fixes_all_numbers_but_times_and_another_one_gives_others()
    {
        string first = Numbers(Run.Of($"{Small} --out {_folder}/a"), $"{_folder}/a");
        string again = Numbers(Run.Of($"{Small} --seed 1 --out {_folder}/b"), $"{_folder}/b");
        string other = Numbers(Run.Of($"{Small} --seed 2 --out {_folder}/c"), $"{_folder}/c");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(other, Is.Not.EqualTo(first));
        }
    }

    [Test]
    public void It_writes_weights_histories_and_the_table_into_a_new_folder()
    {
        string folder = Path.Combine(_folder, "new", "folder");
        Run run = Run.Of($"{Small} --temperature 2.5 --hard-weight 0.3 --out {folder}");
        using NDArray teacher = Kernel(folder, "teacher", "conv_1.kernel");
        using NDArray labels = Kernel(folder, "student-on-labels", "hidden.kernel");
        using NDArray distilled = Kernel(folder, "distilled-student", "hidden.kernel");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(teacher.shape, Is.EqualTo(new long[] { 3, 3, 1, 32 }));
            Assert.That(labels.shape, Is.EqualTo(new long[] { 784, 32 }));
            Assert.That(distilled.shape, Is.EqualTo(new long[] { 784, 32 }));
            Assert.That(distilled.ToArray<float>(), Is.Not.EqualTo(labels.ToArray<float>()));
            Assert.That(File.ReadAllLines(Path.Combine(folder, "teacher-history.csv")), Has.Length.EqualTo(2));
            Assert.That(File.ReadAllLines(Path.Combine(folder, "distilled-student-history.csv"))[0], Is.EqualTo("epoch,accuracy,hard_loss,loss,soft_loss,teacher_agreement"));
            Assert.That(run.Output, Does.Contain(File.ReadAllText(Path.Combine(folder, "results.txt")).Trim()));
            Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(7), "a temporary file was left");
        }
    }

    [TestCase("--data")]
    [TestCase("--epochs")]
    [TestCase("--temperature")]
    [TestCase("--hard-weight")]
    [TestCase("--seed")]
    [TestCase("--out")]
    [TestCase("--samples")]
    [TestCase("--student-epochs")]
    public void Help_lists_the_option(string option)
    {
        Run run = Run.Of("--help");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Output, Does.Contain($"  {option} "));
            Assert.That(run.Output.Split('\n'), Has.All.Length.LessThanOrEqualTo(80));
        }
    }

    [TestCase("--nope", "There is no option --nope")]
    [TestCase("digits", "There is no option digits")]
    [TestCase("--epochs", "--epochs needs a value")]
    [TestCase("--epochs --seed 1", "--epochs needs a value")]
    [TestCase("--epochs 0", "--epochs takes a whole number from 1 on, not '0'")]
    [TestCase("--epochs 1.5", "--epochs takes a whole number from 1 on, not '1.5'")]
    [TestCase("--student-epochs none", "--student-epochs takes a whole number")]
    [TestCase("--temperature 0", "--temperature takes a number above 0, not '0'")]
    [TestCase("--temperature NaN", "--temperature takes a number above 0, not 'NaN'")]
    [TestCase("--temperature hot", "--temperature takes a number above 0, not 'hot'")]
    [TestCase("--hard-weight 1.1", "--hard-weight takes a number from 0 to 1, not '1.1'")]
    [TestCase("--hard-weight -1", "--hard-weight takes a number from 0 to 1, not '-1'")]
    [TestCase("--samples 3", "--samples takes a whole number from 40 on, not '3'")]
    [TestCase("--seed -1", "--seed takes a whole number from 0 on, not '-1'")]
    [TestCase("--seed 1 --seed 2", "--seed is given twice")]
    [TestCase("--data no/such/folder", "there is no folder 'no/such/folder'")]
    public void A_wrong_command_line_ends_with_2_and_says_why(string arguments, string message)
    {
        Run run = Run.Of(arguments);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Errors, Does.Contain(message));
            Assert.That(run.Output, Is.Empty);
        }
    }

    [Test]
    public void A_folder_without_the_data_ends_with_1_and_says_what_is_missing()
    {
        Run run = Run.Of($"--data {_folder}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Errors, Does.Contain("train-images-idx3-ubyte"));
        }
    }

    [Test]
    public void A_file_in_the_place_of_the_output_folder_is_refused_before_the_training()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Run run = Run.Of($"--out {file}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Errors, Does.Contain("is a file"));
        }
    }

    [Test]
    public void Cancelling_ends_with_130()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Run run = Run.Of(Small, cancelled.Token);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(130));
            Assert.That(run.Errors, Does.Contain("Cancelled"));
        }
    }

    // The last column is a time.
    private static string Numbers(Run run, string folder) =>
        string.Join('\n', run.Output.Split(Environment.NewLine).Where(l => Array.Exists(Rows, l.StartsWith)).Select(l => l[..l.LastIndexOf(' ')].TrimEnd()))
        + string.Concat(Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).Select(File.ReadAllText))
        + string.Concat(Rows.Select(r => Hash(Path.Combine(folder, r.Replace(' ', '-') + ".npz"))));

    // The archive has the time in it, so only its arrays are taken.
    private static string Hash(string path)
    {
        using var arrays = (NpzFile)np.load(path);
        return string.Concat(arrays.Keys.Select(k => $"\n{k} {Convert.ToHexString(SHA256.HashData(arrays.GetRawBytes(k)))}"));
    }

    private static NDArray Kernel(string folder, string name, string key)
    {
        using var arrays = (NpzFile)np.load(Path.Combine(folder, name + ".npz"));
        return arrays[key].copy();
    }

    private sealed record Run(int ExitCode, string Output, string Errors)
    {
        public static Run Of(string arguments, CancellationToken cancellationToken = default)
        {
            using var output = new StringWriter();
            using var errors = new StringWriter();
            int code = MnistProgram.Run(arguments.Split(' '), output, errors, cancellationToken);
            return new Run(code, output.ToString(), errors.ToString());
        }
    }
}
