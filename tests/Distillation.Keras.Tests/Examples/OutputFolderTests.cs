using System.Runtime.Versioning;
using Examples.Common;

namespace Distillation.Keras.Tests.Examples;

/// <summary>How the examples write.</summary>
public sealed class OutputFolderTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("output-folder").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_a_killed_run_left_unfinished_is_removed_and_what_is_of_others_is_not()
    {
        using var folder = new OutputFolder(_folder, bytes: 1);
        string[] left =
        [
            folder.PathOf($".results.txt.{Guid.NewGuid():N}.unfinished"),
            folder.PathOf($"..distillation-keras.trial.{Guid.NewGuid():N}.unfinished"),
            folder.PathOf(".distillation-keras.trial"),
        ];
        string foreign = folder.PathOf(".mine.unfinished");
        foreach (string file in left.Append(foreign))
        {
            File.WriteAllText(file, "");
        }

        using var again = new OutputFolder(_folder, bytes: 1000);
        again.RefuseUnwritable("results.txt");

        Assert.That(Directory.GetFiles(_folder), Is.EquivalentTo([foreign]));
    }

    [Test]
    public void A_temporary_folder_is_removed_and_another_one_is_not()
    {
        string path;
        using (OutputFolder temporary = OutputFolder.Temporary(bytes: 1))
        {
            temporary.Put("results.txt", "text");
            path = temporary.PathOf("results.txt");
            Assert.That(File.Exists(path));
            Assert.That(temporary.IsTemporary);
        }

        using (var folder = new OutputFolder(_folder, bytes: 1))
        {
            Assert.That(folder.IsTemporary, Is.False);
        }

        Assert.That(Directory.Exists(Path.GetDirectoryName(path)), Is.False);
        Assert.That(Directory.Exists(_folder));
    }

    [Test]
    public void A_folder_in_the_place_of_a_file_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "results.txt"));
        Assert.That(
            () => new OutputFolder(_folder, bytes: 1).RefuseUnwritable("results.txt"),
            Throws.TypeOf<IOException>().With.Message.Contains("is a folder")
        );
    }

    [Test]
    public void To_try_a_file_does_not_change_it()
    {
        using var folder = new OutputFolder(_folder, bytes: 1);
        File.WriteAllText(folder.PathOf("results.txt"), "old");
        folder.RefuseUnwritable("results.txt");
        folder.RefuseUnwritable("new.txt");
        Assert.That(File.ReadAllText(folder.PathOf("results.txt")), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_file_is_there_as_a_whole_or_not_at_all()
    {
        using var folder = new OutputFolder(_folder, bytes: 1);
        folder.Put("results.txt", "old");
        Assert.That(
            () =>
                folder.Put(
                    "results.txt",
                    stream =>
                    {
                        stream.WriteByte(1);
                        throw new InvalidOperationException();
                    }
                ),
            Throws.InvalidOperationException
        );
        Assert.That(File.ReadAllText(folder.PathOf("results.txt")), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no such permissions, and links need rights there.")]
    [UnsupportedOSPlatform("windows")]
    public void A_link_stays_a_link_and_a_file_keeps_its_permissions()
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var folder = new OutputFolder(_folder, bytes: 1);
        string elsewhere = Path.Combine(Directory.CreateDirectory(folder.PathOf("elsewhere")).FullName, "target.txt");
        File.WriteAllText(elsewhere, "old");
        File.SetUnixFileMode(elsewhere, Own);
        File.CreateSymbolicLink(folder.PathOf("results.txt"), elsewhere);

        folder.Put("results.txt", "new");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(elsewhere), Is.EqualTo("new"));
            Assert.That(File.GetUnixFileMode(elsewhere), Is.EqualTo(Own));
            Assert.That(new FileInfo(folder.PathOf("results.txt")).LinkTarget, Is.EqualTo(elsewhere));
        }
    }
}
