using System.Diagnostics;
using System.Security.Cryptography;
using MnistDistillation;
using NumSharp;
using NumSharp.IO;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The program of examples/MnistDistillation, on few images.</summary>
public sealed class MnistExampleTests
{
    private const string Small = "--samples 200 --epochs 1 --student-epochs 2 --seeds 2";
    private static readonly string[] Rows =
    [
        "teacher, 200 labels",
        "student, 12 labels",
        "student, 12 labels + teacher",
        "student, 200 labels",
        "student, 200 labels + teacher",
    ];
    private static readonly string[] Files =
    [
        "teacher-200-labels-seed-1",
        "student-12-labels-seed-1",
        "student-12-labels-and-teacher-seed-2",
        "student-200-labels-seed-1",
        "student-200-labels-and-teacher-seed-2",
    ];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mnist-example").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_prints_the_data_a_table_and_what_is_significant_within_80_columns()
    {
        Run run = Run.Of(Small);
        string[] lines = run.Output.Split(Environment.NewLine);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(lines[0], Is.EqualTo("Data: the bundled digits"));
            Assert.That(lines[1], Does.Contain("200 images to train on, 50 to test on"));
            Assert.That(lines, Has.One.Matches("^ +parameters +accuracy, % +errors +agreement, %$"));
            Assert.That(lines, Has.One.Matches(@"^teacher, 200 labels +1,199,882 +\d+\.\d\d +\d+$"));
            foreach (string row in Rows[1..])
            {
                Assert.That(
                    lines,
                    Has.One.Matches($@"^{row.Replace("+", @"\+")} +7,018 +\d+\.\d\d ± \d+\.\d\d +\d+ +\d+\.\d\d ± \d+\.\d\d$")
                );
            }

            Assert.That(run.Output, Does.Contain("The teacher was trained on all 200 labels"));
            Assert.That(lines, Has.One.Matches(@"^12 labels \+ teacher against 12 labels: \d+ errors instead of \d+,$"));
            Assert.That(lines, Has.One.Matches(@"^12 labels \+ teacher against 200 labels: \d+ errors instead of \d+,$"));
            Assert.That(lines, Has.One.Matches(@"^200 labels \+ teacher against 200 labels: \d+ errors instead of \d+,$"));
            Assert.That(
                lines,
                Has.Exactly(3)
                    .Matches(
                        @"^  significant with (no seed|1 of 2 seeds|each of 2 seeds)(, the other way round with \d)? \(McNemar's test, p .*\)\.$"
                    )
            );
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
        using NDArray teacher = Kernel(folder, Files[0], "conv_1.kernel");
        using NDArray labels = Kernel(folder, Files[3], "probabilities.kernel");
        using NDArray distilled = Kernel(folder, Files[4], "probabilities.kernel");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(teacher.shape, Is.EqualTo(new long[] { 3, 3, 1, 32 }));
            Assert.That(labels.shape, Is.EqualTo(new long[] { 576, 10 }));
            Assert.That(distilled.ToArray<float>(), Is.Not.EqualTo(labels.ToArray<float>()));
            Assert.That(File.ReadAllLines(Path.Combine(folder, Files[0] + "-history.csv")), Has.Length.EqualTo(2));
            Assert.That(
                File.ReadAllLines(Path.Combine(folder, Files[4] + "-history.csv"))[0],
                Does.StartWith("epoch,accuracy,").And.Contain("hard_loss").And.Contain("teacher_agreement")
            );
            Assert.That(run.Output, Does.Contain(File.ReadAllText(Path.Combine(folder, "results.txt")).Trim()));
            Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(1 + (2 * 9) + 5), "a temporary file was left");
        }
    }

    [Test]
    public void A_teacher_from_a_file_is_distilled_and_a_student_is_tried()
    {
        Run.Of($"{Small} --out {_folder}");
        string teacher = Path.Combine(_folder, Files[0] + ".keras");
        string student = Path.Combine(_folder, Files[3] + ".keras");
        Run distilled = Run.Of($"{Small} --teacher {teacher}");
        Run tried = Run.Of($"{Small} --load {student}");
        Run other = Run.Of($"{Small} --load {Path.Combine(_folder, "results.txt")}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(distilled.ExitCode, Is.Zero, distilled.Errors);
            Assert.That(distilled.Output, Does.Contain("teacher, from a file").And.Contain("1,199,882 parameters"));
            Assert.That(tried.ExitCode, Is.Zero, tried.Errors);
            Assert.That(tried.Output, Does.Contain("7,018 parameters").And.Contain("% of the 50 test images right"));
            Assert.That(other.ExitCode, Is.EqualTo(1));
            Assert.That(other.Errors, Does.Contain("results.txt"));
        }
    }

    [Test]
    public void What_is_finished_is_kept_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var output = new CancellingWriter(cancellation, "student, 12 labels + teacher");
        using var errors = new StringWriter();
        int code = MnistProgram.Run($"{Small} --out {_folder}".Split(' '), output, errors, cancellation.Token);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(130));
            Assert.That(errors.ToString(), Does.Contain("Cancelled"));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1 + (2 * 3) + 3));
            Assert.That(
                File.ReadAllText(Path.Combine(_folder, "results.txt")),
                Does.Contain("12 labels + teacher against 12 labels").And.Not.Contain("against 200 labels")
            );
            Assert.That(output.ToString(), Does.Contain("accuracy, %").And.Contain(_folder));
        }
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no signals of processes.")]
    [TestCase("TERM", 143)]
    [TestCase("INT", 130)]
    public void A_signal_ends_the_program_with_what_is_finished(string signal, int expected)
    {
        using Process program = ExampleProcess.Start(
            typeof(MnistProgram),
            $"--samples 200 --epochs 1 --student-epochs 200 --labels 40 --out {_folder}"
        );
        string output = program.StandardOutput.ReadLine() + "";
        while (
            !output.Contains("seed 1  student, 40 labels  ", StringComparison.Ordinal) && program.StandardOutput.ReadLine() is string line
        )
        {
            output += line + "\n";
        }

        ExampleProcess.Signal(program, signal);

        output += program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(program.ExitCode, Is.EqualTo(expected), output);
            Assert.That(File.ReadAllText(Path.Combine(_folder, "results.txt")), Does.Contain("student, 40 labels"));
            Assert.That(File.Exists(Path.Combine(_folder, "student-40-labels-seed-1.npz")));
        }
    }

    [Test]
    [Platform("Linux", Reason = "Limits of files are not everywhere what they are there.")]
    public void A_folder_without_room_is_refused_before_the_training()
    {
        (int code, string output, string errors) = ExampleProcess.RunWithoutRoom(typeof(MnistProgram), $"{Small} --out {_folder}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(1), errors);
            Assert.That(output, Is.Empty, "nothing is trained");
            Assert.That(errors, Does.StartWith($"The results cannot be written to '{_folder}': "));
            Assert.That(Directory.GetFiles(_folder), Is.Empty);
        }
    }

    [Test]
    public void A_folder_that_cannot_be_made_is_refused_before_the_training()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Run run = Run.Of($"{Small} --out {Path.Combine(file, "below")}");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Is.Empty, "nothing is trained");
        Assert.That(run.Errors, Does.Contain("file"));
    }

    [Test]
    public void What_is_in_the_way_of_a_file_is_refused_before_the_training()
    {
        Directory.CreateDirectory(Path.Combine(_folder, Files[4] + ".npz"));
        Run run = Run.Of($"{Small} --out {_folder}");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Is.Empty, "nothing is trained");
        Assert.That(run.Errors, Does.Contain(Files[4]).And.Contain("is a folder"));
    }

    [Test]
    public void More_labels_than_images_are_refused()
    {
        Run run = Run.Of($"{Small} --labels 200");
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Errors, Does.Contain("--labels").And.Contain("below 200"));
    }

    [Test]
    public void Smoke_goes_through_all_parts_and_what_is_given_beside_it_counts()
    {
        Run run = Run.Of($"--smoke --samples 200 --seeds 2 --out {_folder}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero, run.Errors);
            Assert.That(
                run.Output,
                Does.Contain("200 images to train on, 50 to test on")
                    .And.Contain("seed 2  student, 200 labels + teacher")
                    .And.Contain("McNemar's test")
                    .And.Contain("(median)")
            );
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1 + (2 * 9) + 5));
        }
    }

    [Test]
    public void Smoke_without_a_folder_says_of_none()
    {
        Run run = Run.Of("--smoke");
        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(run.Output, Does.Contain("100 images to train on, 25 to test on").And.Not.Contain(Path.GetTempPath()));
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
    [TestCase("--labels 0", "--labels takes a whole number from 1 on, not '0'")]
    [TestCase("--seeds 0", "--seeds takes a whole number from 1 on, not '0'")]
    [TestCase("--seed 2147483647", "--seed and --seeds together are at most 2147483647")]
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
    public void It_takes_the_data_of_a_folder()
    {
        SmallMnist.Write(_folder);
        Run run = Run.Of($"--data {_folder} --epochs 1 --student-epochs 1 --seeds 1 --labels 20");
        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(run.Output, Does.Contain("60 images to train on, 30 to test on").And.Contain("student, 20 labels + teacher"));
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

    private static string Numbers(Run run, string folder) =>
        string.Join('\n', run.Output.Split(Environment.NewLine).Where(l => Array.Exists(Rows, l.StartsWith)))
        + string.Concat(Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).Select(File.ReadAllText))
        + string.Concat(Directory.GetFiles(folder, "*.npz").Order(StringComparer.Ordinal).Select(Hash));

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

    /// <summary>Cancels when a line with the text comes.</summary>
    private sealed class CancellingWriter(CancellationTokenSource cancellation, string text) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) ?? false)
            {
                cancellation.Cancel();
            }
        }
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
