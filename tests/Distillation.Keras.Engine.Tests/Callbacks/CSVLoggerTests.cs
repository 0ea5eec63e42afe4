using System.Globalization;
using System.Runtime.Versioning;
using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Engine.Tests.Callbacks;

/// <summary>What Keras' CSVLogger writes: Python's csv module with <c>\r\n</c> and <c>repr</c> of each float.</summary>
public sealed class CSVLoggerTests
{
    private TemporaryFolder _folder = null!;

    private string Log => _folder["log.csv"];

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private static void Fit(CSVLogger logger, int firstEpoch, params Logs[] epochs)
    {
        logger.OnTrainBegin(new Logs());
        for (int i = 0; i < epochs.Length; i++)
        {
            logger.OnEpochEnd(firstEpoch + i, epochs[i]);
        }

        logger.OnTrainEnd(new Logs());
    }

    private static Logs Epoch(double loss, double accuracy) => FakeProgram.LogsOf(("loss", loss), ("accuracy", accuracy));

    [TestCase(".")]
    [TestCase(",")]
    public void Columns_are_sorted_and_numbers_are_Pythons_in_every_culture(string decimalSeparator)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = decimalSeparator } };
        try
        {
            Fit(
                new CSVLogger(Log),
                0,
                Epoch(0.9312499761581421, 1),
                Epoch(1e-5, double.NaN),
                Epoch(1e16, double.NegativeInfinity),
                Epoch(1.5e15, 0)
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.That(
            File.ReadAllText(Log),
            Is.EqualTo("epoch,accuracy,loss\r\n0,1.0,0.9312499761581421\r\n1,nan,1e-05\r\n2,-inf,1e+16\r\n3,0.0,1500000000000000.0\r\n")
        );
    }

    [Test]
    public void A_value_that_comes_later_gets_a_column_and_missing_ones_are_NA()
    {
        Logs withValidation = FakeProgram.LogsOf(("loss", 0.5), ("accuracy", 0.5), ("val_loss", 0.75));
        Fit(new CSVLogger(Log, separator: ";"), 0, Epoch(1, 0.25), withValidation, Epoch(0.25, 0.5));
        Assert.That(
            File.ReadAllText(Log),
            Is.EqualTo("epoch;accuracy;loss;val_loss\r\n0;0.25;1.0;NA\r\n1;0.5;0.5;0.75\r\n2;0.5;0.25;NA\r\n")
        );
        Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(1));
    }

    [Test]
    public void Append_adds_rows_below_one_header()
    {
        var logger = new CSVLogger(Log, append: true);
        Fit(logger, 0, Epoch(1, 0.5));
        Fit(logger, 1, Epoch(0.5, 0.5), FakeProgram.LogsOf(("loss", 0.125)));
        Assert.That(File.ReadAllText(Log), Is.EqualTo("epoch,accuracy,loss\r\n0,0.5,1.0\r\n1,0.5,0.5\r\n2,NA,0.125\r\n"));
    }

    [Test]
    public void Without_append_the_file_is_replaced_when_the_first_epoch_ends()
    {
        File.WriteAllText(Log, "old");
        var logger = new CSVLogger(Log);
        logger.OnTrainBegin(new Logs());
        Assert.That(File.ReadAllText(Log), Is.EqualTo("old"));
        logger.OnEpochEnd(0, Epoch(1, 0.5));
        Assert.That(File.ReadAllText(Log), Is.EqualTo("epoch,accuracy,loss\r\n0,0.5,1.0\r\n"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_link_is_written_through_and_permissions_stay([Values] bool append)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string target = _folder["target.csv"];
        File.WriteAllText(target, append ? "epoch,accuracy,loss\r\n" : "old");
        File.SetUnixFileMode(target, Private);
        File.CreateSymbolicLink(Log, target);
        Fit(new CSVLogger(Log, append: append), 0, Epoch(1, 0.5), Epoch(0.5, 0.5));
        Assert.That(File.ReadAllText(target), Is.EqualTo("epoch,accuracy,loss\r\n0,0.5,1.0\r\n1,0.5,0.5\r\n"));
        Assert.That(new FileInfo(Log).LinkTarget, Is.EqualTo(target));
        Assert.That(File.GetUnixFileMode(target), Is.EqualTo(Private));
        Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(2));
    }

    [Test]
    [Platform("Linux")]
    public void A_device_gets_the_rows_one_after_the_other([Values] bool append)
    {
        using var open = new FileStream(Log, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        open.Write("shell\r\n"u8);
        open.Flush();
        Fit(new CSVLogger($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}", append: append), 0, Epoch(1, 0.5), Epoch(0.5, 0.5));
        Assert.That(File.ReadAllText(Log), Is.EqualTo("shell\r\nepoch,accuracy,loss\r\n0,0.5,1.0\r\n1,0.5,0.5\r\n"));
    }

    [Test]
    public void A_name_with_a_separator_or_a_quote_is_quoted_and_read_back()
    {
        var logger = new CSVLogger(Log, append: true);
        Logs logs = FakeProgram.LogsOf(("a,b", 1), ("c\"d", 2));
        Fit(logger, 0, logs);
        Fit(logger, 1, logs);
        Assert.That(File.ReadAllText(Log), Is.EqualTo("epoch,\"a,b\",\"c\"\"d\"\r\n0,1.0,2.0\r\n1,1.0,2.0\r\n"));
    }

    [Test]
    public void What_cannot_be_written_is_refused()
    {
        Assert.That(() => new CSVLogger(Log, separator: ", "), Throws.ArgumentException.With.Message.Contains("one character"));
        Assert.That(() => Fit(new CSVLogger(_folder.Root), 0), Throws.InstanceOf<IOException>().With.Message.Contains("is a folder"));
        Assert.That(
            () => Fit(new CSVLogger(_folder["none", "log.csv"]), 0),
            Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("Create it first")
        );
        File.WriteAllText(Log, "something else\r\n");
        Assert.That(
            () => Fit(new CSVLogger(Log, append: true), 0),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("something else")
        );
        File.WriteAllText(Log, "epoch,loss\r\n");
        Assert.That(
            () => Fit(new CSVLogger(Log, append: true), 0, Epoch(1, 0.5)),
            Throws.InvalidOperationException.With.Message.Contains("accuracy")
        );
    }
}
