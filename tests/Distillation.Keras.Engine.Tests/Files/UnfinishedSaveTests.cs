using System.Diagnostics;
using System.Runtime.Versioning;
using Distillation.Keras.NativeProbe;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>
/// Models that are saved over old ones by a process that is killed, by one that has no room for them, and by one that may not write: what
/// was there is there as a whole, old or new.
/// </summary>
[TestFixture]
[Platform("Linux")]
[SupportedOSPlatform("linux")]
public sealed class UnfinishedSaveTests
{
    private const int Kills = 20;
    private const string Index = "s.weights.json";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder["saved"]);

        // Another user may look into it.
        File.SetUnixFileMode(_folder.Root, (UnixFileMode)0x1ED);
    }

    [TearDown]
    public void TearDown()
    {
        File.SetUnixFileMode(Saved, (UnixFileMode)0x1ED);
        _folder.Dispose();
    }

    private string Saved => _folder["saved"];

    [Test]
    public async Task A_killed_process_leaves_the_old_file_or_the_new_one()
    {
        SaveAll(3);
        int unfinished = 0;

        // Where it is when it is killed is chance: there are more until one was killed while it wrote.
        for (int seed = 0; seed < Kills || (unfinished == 0 && seed < 10 * Kills); seed++)
        {
            await Kill(new Random(seed));
            string[] left = Unfinished();
            unfinished += left.Length > 0 ? 1 : 0;
            foreach (string name in SavedForms.Names)
            {
                // The old index goes before the first of its files, so that it never says what is not so.
                if (name != Index || File.Exists(Path.Combine(Saved, name)))
                {
                    Assert.That(SavedForms.Number(Saved, name), Is.AnyOf(1.0, 2.0, 3.0), $"{name}, seed {seed}");
                }
            }

            Assert.That(left.Select(Form).Distinct().Count(), Is.LessThan(2), "only what was being written is left");
        }

        // What the last ones left goes when the same is saved again.
        SaveAll(4);
        Assert.That(Unfinished(), Is.Empty);
        Assert.That(SavedForms.Names.Select(n => SavedForms.Number(Saved, n)), Has.All.EqualTo(4));
        Assert.That(unfinished, Is.GreaterThan(0), "some were killed while they wrote");
    }

    [TestCase("0")]
    [TestCase("0.1")]
    [TestCase("0.2")]
    [TestCase("0.5")]
    [TestCase("0.99")]
    public async Task A_full_disk_leaves_the_old_file(string share)
    {
        SaveAll(1);
        (string, string)[] before = Contents();
        string[] lines = await FileProbe.Lines(_folder["cache"], [], "save-limited", Saved, share);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Contents(), Is.EqualTo(before), "nothing is changed, and nothing is left");
            foreach ((string name, string line) in SavedForms.Names.Zip(lines))
            {
                Assert.That(line, Does.StartWith($"{name}\t{nameof(IOException)}\t").And.Contain(Path.Combine(Saved, name)));
                Assert.That(line, Does.Contain("Make room"), "it says what to do");
            }
        }
    }

    [Test]
    public async Task A_folder_and_files_that_may_not_be_written_stay_as_they_are()
    {
        SaveAll(1);
        Protect(files: (UnixFileMode)0x124);
        (string, string)[] before = Contents();
        string[] lines = await FileProbe.Lines(_folder["cache"], [], "save-as-nobody", Saved);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Contents(), Is.EqualTo(before));
            Assert.That(
                lines.Select(l => l.Split('\t')[..2]),
                Is.EqualTo(SavedForms.Names.Select(n => new[] { n, nameof(UnauthorizedAccessException) }))
            );
            Assert.That(lines, Has.All.Contains(Saved));
        }
    }

    /// <summary>Several files need a folder that takes new ones.</summary>
    [Test]
    public async Task Files_in_a_folder_that_takes_no_new_one_are_written_in_place()
    {
        SaveAll(1);
        Protect(files: (UnixFileMode)0x1B6);
        string[] lines = await FileProbe.Lines(_folder["cache"], [], "save-as-nobody", Saved);
        using (Assert.EnterMultipleScope())
        {
            foreach ((string name, string line) in SavedForms.Names.Zip(lines))
            {
                bool isIndex = name == Index;
                Assert.That(line, Does.StartWith($"{name}\t{(isIndex ? nameof(UnauthorizedAccessException) : "saved")}\t"));
                Assert.That(SavedForms.Number(Saved, name), Is.EqualTo(isIndex ? 1 : 2), name);
            }

            Assert.That(Unfinished(), Is.Empty);
        }
    }

    // Once it has written so many files, and a little later.
    private async Task Kill(Random random)
    {
        using Process process = FileProbe.Start(_folder["cache"], "save", Saved);
        for (int i = random.Next(3 * SavedForms.Names.Length); i >= 0; i--)
        {
            string? line = await process.StandardOutput.ReadLineAsync();
            Assert.That(line, Is.Not.Null, () => process.StandardError.ReadToEnd());
        }

        Thread.SpinWait(random.Next(200_000));
        process.Kill();
        await process.WaitForExitAsync();
    }

    private void SaveAll(double number)
    {
        Model model = SavedForms.Make(number);
        Array.ForEach(SavedForms.Names, n => SavedForms.Save(model, Saved, n));
        model.Release();
    }

    private void Protect(UnixFileMode files)
    {
        foreach (string file in Directory.GetFiles(Saved))
        {
            File.SetUnixFileMode(file, files);
        }

        File.SetUnixFileMode(Saved, (UnixFileMode)0x16D);
    }

    private (string, string)[] Contents() =>
        [.. Directory.GetFiles(Saved).Order(StringComparer.Ordinal).Select(f => (f, Convert.ToHexString(File.ReadAllBytes(f))))];

    private string[] Unfinished() =>
        [.. Directory.GetFiles(Saved).Select(f => Path.GetFileName(f)!).Where(f => f.EndsWith(".unfinished", StringComparison.Ordinal))];

    // The first letter tells the form, but two have one.
    private static string Form(string unfinished)
    {
        string name = unfinished[1..^(".unfinished".Length + 33)];
        return name.StartsWith('s') ? Index : name;
    }
}
