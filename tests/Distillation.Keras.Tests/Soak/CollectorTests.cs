using Distillation.Keras.Soak;
using Distillation.Keras.Soak.Collector;

namespace Distillation.Keras.Tests.Soak;

/// <summary>The short form of <c>Soak collector</c>, and what that program says.</summary>
public sealed class CollectorTests
{
    [Test]
    public void Fits_distillations_and_predictions_are_the_same_while_garbage_is_collected()
    {
        using var output = new StringWriter();
        long failed = CollectorCommand.Run(Jobs.All, collections => collections < 500, output, out string summary);
        Assert.That(failed, Is.Zero, output + summary);
    }

    [Test]
    public void Another_result_and_an_exception_count_as_failures()
    {
        int calls = 0;
        Job[] jobs =
        [
            new("same", () => [1, double.NaN]),
            new("other", () => [1, calls++]),
            new("shorter", () => calls++ == 1 ? [1, 2] : [1]),
            new("thrown", () => calls++ == 2 ? [1] : throw new InvalidOperationException("freed\nmore")),
        ];
        using var output = new StringWriter();
        long failed = CollectorCommand.Run(jobs, _ => false, output, out string summary);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed, Is.EqualTo(3));
            Assert.That(output.ToString().Split('\n')[..^1], Has.Length.EqualTo(3));
            Assert.That(
                output.ToString(),
                Does.Contain("other results, 1 of 2 numbers").And.Contain("InvalidOperationException: freed").And.Not.Contain("same,")
            );
            Assert.That(summary, Does.StartWith("4 runs of 4 jobs").And.EndWith("3 failed"));
        }
    }

    [TestCase(new string[0], 0, "collector")]
    [TestCase(new[] { "--help" }, 0, "--times <N>")]
    public void Without_a_command_it_says_what_there_is(string[] args, int code, string said)
    {
        using var output = new StringWriter();
        Assert.That(SoakProgram.Run(args, output, TextWriter.Null), Is.EqualTo(code));
        Assert.That(output.ToString(), Does.Contain(said));
    }

    [TestCase("unknown", "There is no command 'unknown'. Known: collector, fuzz-keras.")]
    [TestCase("--times 5", "COMMAND is missing.")]
    [TestCase("collector --times", "--times needs a value after it.")]
    [TestCase("collector --times 0", "--times takes a whole number from 1 on, not '0'.")]
    [TestCase("collector --times many", "--times takes a whole number from 1 on, not 'many'.")]
    [TestCase("collector 5", "'5' is one argument too many.")]
    public void A_command_line_that_makes_no_sense_is_refused(string line, string said)
    {
        using var errors = new StringWriter();
        Assert.That(SoakProgram.Run(line.Split(' '), TextWriter.Null, errors), Is.EqualTo(2));
        Assert.That(errors.ToString(), Does.StartWith(said));
    }

    [Test]
    public void The_command_runs_as_often_as_it_is_told()
    {
        using var output = new StringWriter();
        Assert.That(SoakProgram.Run(["collector", "--times", "1"], output, TextWriter.Null), Is.Zero, output.ToString());
        Assert.That(output.ToString(), Does.Contain($"runs of {Jobs.All.Count} jobs").And.Contain("nothing failed"));
    }
}
