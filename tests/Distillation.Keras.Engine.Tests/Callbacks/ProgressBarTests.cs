using System.Text.RegularExpressions;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;

namespace Distillation.Keras.Engine.Tests.Callbacks;

/// <summary>The lines expected here are those of Keras' progbar.py for the same numbers.</summary>
public sealed partial class ProgressBarTests
{
    private readonly FakeTime _time = new();
    private readonly StringWriter _text = new() { NewLine = "\n" };

    private static string Full(int count) => $"\x1b[32m{new string('━', count)}\x1b[0m";

    private static string Empty(int count) => $"\x1b[37m{new string('━', count)}\x1b[0m";

    private string Text => _text.ToString().Replace(Environment.NewLine, "\n");

    [SetUp]
    public void Clear()
    {
        _text.GetStringBuilder().Clear();
        _time.Pass(1000);
    }

    private (ProgressBar Bar, CallbackList List) Make(int? steps, int epochs = 10, int verbose = 1, bool terminal = true, int width = 200)
    {
        var bar = new ProgressBar(new ProgressOutput(() => _text, terminal, () => width), _time);
        return (bar, new CallbackList("a fit", [bar], new FakeProgram(), new FitParameters(epochs, steps, verbose)));
    }

    private void Step(CallbackList list, int batch, double seconds, Logs? logs = null)
    {
        _time.Pass(seconds);
        list.TrainBatchEnd(batch, () => logs ?? FakeProgram.LogsOf(("accuracy", 0.8123), ("loss", 0.5432)));
    }

    [Test]
    public void An_epoch_is_drawn_in_place_as_Keras_draws_it()
    {
        (_, CallbackList list) = Make(steps: 250);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 1.0);
        for (int batch = 1; batch < 63; batch++)
        {
            Step(list, batch, 0.012);
        }

        string[] drawings = Text.Split('\r');
        Assert.That(drawings[0], Is.EqualTo("Epoch 1/10\n"));
        Assert.That(
            drawings[1],
            Is.EqualTo($"\x1b[1m  1/250\x1b[0m {Empty(20)} \x1b[1m4:09\x1b[0m 1s/step - accuracy: 0.8123 - loss: 0.5432\x1b[K")
        );
        Assert.That(
            drawings[^1],
            Is.EqualTo($"\x1b[1m 55/250\x1b[0m {Full(4)}{Empty(16)} \x1b[1m2s\x1b[0m 12ms/step - accuracy: 0.8123 - loss: 0.5432\x1b[K")
        );
        for (int batch = 63; batch < 250; batch++)
        {
            Step(list, batch, 0.012);
        }

        _text.GetStringBuilder().Clear();
        list.EpochEnd(0, FakeProgram.LogsOf(("accuracy", 0.9), ("loss", 0.00012345), ("val_accuracy", 1), ("val_loss", -2.5)));
        Assert.That(
            Text,
            Is.EqualTo(
                $"\r\x1b[1m250/250\x1b[0m {Full(20)}{Empty(0)} \x1b[1m4s\x1b[0m 12ms/step - accuracy: 0.9000 - loss: 1.2345e-04 - "
                    + "val_accuracy: 1.0000 - val_loss: -2.5000\x1b[K\n"
            )
        );
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_prediction_has_steps_without_values(int verbose)
    {
        var model = new Sequential(new Input(1), new Dense(1));
        using (ProgressBar bar = ProgressBar.OfSteps(verbose, new ProgressOutput(() => _text, IsTerminal: true, () => 200), _time))
        {
            bar.BeginSteps(model, 4);
            for (int step = 0; step < 4; step++)
            {
                _time.Pass(1);
                bar.EndStep(step);
            }

            bar.EndSteps();
        }

        Assert.That(
            Text.Split('\r')[^1],
            Is.EqualTo(verbose == 1 ? $"\x1b[1m4/4\x1b[0m {Full(20)}{Empty(0)} \x1b[1m4s\x1b[0m 1s/step\x1b[K\n" : "4/4 - 4s - 1s/step\n")
        );
        Assert.That(Text.Count(c => c == '\r'), Is.EqualTo(verbose == 1 ? 5 : 0));
    }

    [Test]
    public void Values_are_asked_for_at_most_every_tenth_of_a_second()
    {
        (_, CallbackList list) = Make(steps: 1000);
        list.TrainBegin();
        list.EpochBegin(0);
        int reads = 0;
        for (int batch = 0; batch < 1000; batch++)
        {
            _time.Pass(0.001);
            list.TrainBatchEnd(
                batch,
                () =>
                {
                    reads++;
                    return new Logs();
                }
            );
        }

        Assert.That(reads, Is.EqualTo(10));
    }

    [TestCase(1, false)]
    [TestCase(2, true)]
    [TestCase(2, false)]
    public void Without_a_terminal_or_with_verbose_2_there_is_one_plain_line_an_epoch(int verbose, bool terminal)
    {
        (_, CallbackList list) = Make(steps: 7, epochs: 2, verbose, terminal);
        list.TrainBegin();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            list.EpochBegin(epoch);
            for (int batch = 0; batch < 7; batch++)
            {
                _time.Pass(0.5);
                list.TrainBatchEnd(batch, () => throw new AssertionException("No values are needed."));
            }

            list.TestBegin();
            list.TestBatchEnd(0, () => throw new AssertionException("No values are needed."));
            list.TestEnd(FakeProgram.LogsOf(("loss", 9)));
            list.EpochEnd(epoch, FakeProgram.LogsOf(("loss", 0.25), ("val_loss", double.NaN)));
        }

        Assert.That(
            Text,
            Is.EqualTo(
                """
                Epoch 1/2
                7/7 - 4s - 500ms/step - loss: 0.2500 - val_loss: nan
                Epoch 2/2
                7/7 - 4s - 500ms/step - loss: 0.2500 - val_loss: nan

                """.ReplaceLineEndings("\n")
            )
        );
    }

    [Test]
    public void Verbose_0_writes_nothing()
    {
        (_, CallbackList list) = Make(steps: 1, verbose: 0);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 1);
        list.EpochEnd(0, new Logs());
        Assert.That(Text, Is.Empty);
    }

    [Test]
    public void A_single_epoch_has_no_heading()
    {
        (_, CallbackList list) = Make(steps: 1, epochs: 1, terminal: false);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 2);
        list.EpochEnd(0, FakeProgram.LogsOf(("loss", 1)));
        Assert.That(Text, Is.EqualTo("1/1 - 2s - 2s/step - loss: 1.0000\n"));
    }

    [Test]
    public void Groups_of_steps_count_no_more_steps_than_there_are()
    {
        (_, CallbackList list) = Make(steps: 7, epochs: 1);
        list.TrainBegin();
        list.EpochBegin(0);
        foreach (int batch in (int[])[2, 5, 8])
        {
            Step(list, batch, 3);
        }

        Assert.That(Regex.Matches(Plain(), @"\d/7").Select(m => m.Value), Is.EqualTo(["3/7", "6/7", "7/7"]));
    }

    [Test]
    public void An_epoch_that_was_stopped_shows_how_far_it_came()
    {
        (_, CallbackList list) = Make(steps: 10, epochs: 1, terminal: false);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 1);
        Step(list, 1, 1);
        list.EpochEnd(0, new Logs());
        Assert.That(Text, Is.EqualTo(" 2/10 - 2s - 1s/step\n"));
    }

    [Test]
    public void Unknown_steps_are_counted_and_known_in_the_end()
    {
        (_, CallbackList list) = Make(steps: null, epochs: 1);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 2);
        list.EpochEnd(0, FakeProgram.LogsOf(("loss", 1)));
        Assert.That(
            Text,
            Is.EqualTo(
                $"\r\x1b[1m      1/Unknown\x1b[0m \x1b[1m2s\x1b[0m 2s/step - accuracy: 0.8123 - loss: 0.5432\x1b[K"
                    + $"\r\x1b[1m1/1\x1b[0m {Full(20)}{Empty(0)} \x1b[1m2s\x1b[0m 2s/step - loss: 1.0000\x1b[K\n"
            )
        );
    }

    [Test]
    public void An_evaluation_is_drawn_too()
    {
        (_, CallbackList list) = Make(steps: 2, epochs: 1);
        list.TestBegin();
        _time.Pass(1);
        list.TestBatchEnd(0, () => FakeProgram.LogsOf(("loss", 3)));
        _time.Pass(1);
        list.TestBatchEnd(1, () => FakeProgram.LogsOf(("loss", 2)));
        list.TestEnd(FakeProgram.LogsOf(("loss", 2)));
        Assert.That(
            Plain().Split('\r'),
            Is.EqualTo(
                (string[])
                    [
                        "",
                        "1/2 ━━━━━━━━━━━━━━━━━━━━ 1s 1s/step - loss: 3.0000",
                        "2/2 ━━━━━━━━━━━━━━━━━━━━ 0s 1s/step - loss: 2.0000",
                        "2/2 ━━━━━━━━━━━━━━━━━━━━ 2s 1s/step - loss: 2.0000\n",
                    ]
            )
        );
    }

    [TestCase(80)]
    [TestCase(60)]
    public void No_drawing_is_wider_than_the_terminal_and_the_last_one_has_all_values(int width)
    {
        (_, CallbackList list) = Make(steps: 12000, epochs: 1, width: width);
        Logs logs = FakeProgram.LogsOf(("accuracy", 0.5), ("hard_loss", 1), ("loss", 2), ("soft_loss", 3), ("teacher_agreement", 0.5));
        list.TrainBegin();
        list.EpochBegin(0);
        for (int batch = 0; batch < 12000; batch++)
        {
            Step(list, batch, 0.012, logs);
        }

        list.EpochEnd(0, logs);
        string[] lines = Plain().Split('\r', '\n');
        Assert.That(lines.Select(l => l.Length), Has.All.LessThan(width));
        string last = string.Join('\n', Plain().Split('\r')[^1].Split('\n'));
        Assert.That(Regex.Matches(last, "[a-z_]+: ").Select(m => m.Value[..^2]), Is.EqualTo(logs.Keys));
    }

    [Test]
    public void An_exception_ends_the_line_that_is_open()
    {
        (_, CallbackList list) = Make(steps: 2, epochs: 1);
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 1);
        list.Interrupted();
        Assert.That(Text, Does.EndWith("\x1b[K\n"));
    }

    [Test]
    public void A_writer_without_the_bars_character_gets_plain_ones()
    {
        using var stream = new MemoryStream();
        using var writer = new StreamWriter(stream, System.Text.Encoding.ASCII);
        var bar = new ProgressBar(new ProgressOutput(() => writer, true, () => 80), _time);
        var list = new CallbackList("a fit", [bar], new FakeProgram(), new FitParameters(1, 2, 1));
        list.TrainBegin();
        list.EpochBegin(0);
        Step(list, 0, 1);
        Assert.That(
            System.Text.Encoding.ASCII.GetString(stream.ToArray()),
            Does.Contain("==========").And.Contain("..........").And.Not.Contain("?")
        );
    }

    private string Plain() => Escapes().Replace(Text, string.Empty);

    [GeneratedRegex("\x1b\\[[0-9]*[mK]")]
    private static partial Regex Escapes();
}
