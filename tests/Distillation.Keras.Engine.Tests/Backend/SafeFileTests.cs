using System.Runtime.Versioning;
using System.Text;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>What stands at a path stays what it is; only its content changes.</summary>
public sealed class SafeFileTests
{
    private TemporaryFolder _folder = null!;

    private string Path => _folder["file.txt"];

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private string[] Names() =>
        [.. Directory.GetFileSystemEntries(_folder.Root).Select(p => System.IO.Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

    [Test]
    public void A_new_file_is_written_and_an_old_one_gets_a_new_content_that_may_be_shorter()
    {
        SafeFile.Write(Path, "a long text");
        Assert.That(File.ReadAllBytes(Path), Is.EqualTo(Encoding.UTF8.GetBytes("a long text")));
        SafeFile.Write(Path, "é");
        Assert.That(File.ReadAllBytes(Path), Is.EqualTo(new byte[] { 0xC3, 0xA9 }));
        SafeFile.Append(Path, "!");
        Assert.That(File.ReadAllText(Path), Is.EqualTo("é!"));
        Assert.That(Names(), Is.EqualTo(new[] { "file.txt" }));
    }

    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [TestCase(
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite
    )]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void Permissions_stay(UnixFileMode mode)
    {
        File.WriteAllText(Path, "old");
        File.SetUnixFileMode(Path, mode);
        SafeFile.Write(Path, "new");
        SafeFile.Append(Path, "er");
        Assert.That(File.GetUnixFileMode(Path), Is.EqualTo(mode));
        Assert.That(File.ReadAllText(Path), Is.EqualTo("newer"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_link_stays_a_link_and_its_target_is_written([Values] bool exists, [Values] bool relative, [Values] bool append)
    {
        Directory.CreateDirectory(_folder["there"]);
        string target = _folder["there", "target.txt"];
        if (exists)
        {
            File.WriteAllText(target, "old");
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.CreateSymbolicLink(_folder["second"], relative ? "there/target.txt" : target);
        File.CreateSymbolicLink(Path, relative ? "second" : _folder["second"]);
        if (append)
        {
            SafeFile.Append(Path, "new");
        }
        else
        {
            SafeFile.Write(Path, "new");
        }

        Assert.That(new FileInfo(Path).LinkTarget, Is.Not.Null);
        Assert.That(new FileInfo(_folder["second"]).LinkTarget, Is.Not.Null);
        Assert.That(File.ReadAllText(target), Is.EqualTo(exists && append ? "oldnew" : "new"));
        Assert.That(Directory.GetFiles(_folder["there"]), Has.Length.EqualTo(1));
        Assert.That(!exists || File.GetUnixFileMode(target) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void Behind_a_folder_that_is_a_link_the_systems_own_way_is_gone()
    {
        // there/far/link -> ../target.txt, reached through near -> there/far.
        Directory.CreateDirectory(_folder["there", "far"]);
        File.CreateSymbolicLink(_folder["near"], _folder["there", "far"]);
        File.CreateSymbolicLink(_folder["there", "far", "link"], "../target.txt");
        SafeFile.Write(_folder["near", "link"], "new");
        Assert.That(File.ReadAllText(_folder["there", "target.txt"]), Is.EqualTo("new"));
        Assert.That(File.Exists(_folder["target.txt"]), Is.False);
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_link_to_itself_and_a_folder_are_refused_in_words()
    {
        File.CreateSymbolicLink(Path, Path);
        Assert.That(() => SafeFile.Write(Path, "new"), Throws.InstanceOf<IOException>().With.Message.Contains("without an end"));
        Assert.That(() => SafeFile.Write(_folder.Root, "new"), Throws.InstanceOf<IOException>().With.Message.Contains("is a folder"));
        Assert.That(() => SafeFile.RefuseUnwritable(_folder.Root), Throws.InstanceOf<IOException>().With.Message.Contains("is a folder"));
        Assert.That(() => SafeFile.RefuseUnwritable(_folder["nowhere", "file"]), Throws.InstanceOf<DirectoryNotFoundException>());
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_device_is_told_from_a_file_also_behind_links()
    {
        // Asked only: where the answer is wrong a test that writes would replace the machine's own device. That streams are written and not
        // replaced is tried with pipes below.
        Assert.That(SafeFile.IsStream("/dev/null"));
        Assert.That(SafeFile.IsStream("/dev/stdout"));
        File.CreateSymbolicLink(Path, "/dev/null");
        File.CreateSymbolicLink(_folder["second"], "file.txt");
        Assert.That(SafeFile.IsStream(_folder["second"]));
        File.WriteAllText(_folder["ordinary"], "text");
        Assert.That(SafeFile.IsStream(_folder["ordinary"]), Is.False);
        Assert.That(SafeFile.IsStream(_folder["none"]), Is.False);
    }

    [Test]
    [Platform("Linux")]
    public void What_the_shell_has_open_gets_the_text_behind_what_is_there()
    {
        // As /dev/stdout is, where a program's output goes into a file.
        using var open = new FileStream(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        open.Write("before;"u8);
        open.Flush();
        string device = $"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}";
        SafeFile.Write(device, "first;");
        SafeFile.Append(device, "second;");
        open.Seek(0, SeekOrigin.End);
        open.Write("after"u8);
        open.Flush();
        Assert.That(File.ReadAllText(Path), Is.EqualTo("before;first;second;after"));
        Assert.That(Names(), Is.EqualTo(new[] { "file.txt" }));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_pipe_gets_the_text()
    {
        using (var make = System.Diagnostics.Process.Start("mkfifo", Path))
        {
            make.WaitForExit();
        }

        // Asked first: a pipe has a reader, who would wait for ever if it were replaced.
        Assert.That(SafeFile.IsStream(Path));
        File.CreateSymbolicLink(_folder["link"], Path);
        foreach (string path in new[] { Path, _folder["link"] })
        {
            Task<string> reader = Task.Run(() => File.ReadAllText(Path));
            SafeFile.Write(path, "text");
            Assert.That(reader.Result, Is.EqualTo("text"));
        }

        Assert.That(SafeFile.IsStream(Path), "it is still a pipe");
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_of_two_names_keeps_both()
    {
        File.WriteAllText(Path, "a long old text");
        using (var link = System.Diagnostics.Process.Start("ln", [Path, _folder["other.txt"]]))
        {
            link.WaitForExit();
        }

        SafeFile.Write(Path, "new");
        Assert.That(File.ReadAllText(_folder["other.txt"]), Is.EqualTo("new"));
        Assert.That(Names(), Is.EqualTo(new[] { "file.txt", "other.txt" }));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_of_two_names_stays_as_it_was_where_its_content_cannot_be_made()
    {
        File.WriteAllText(Path, "old");
        using (var link = System.Diagnostics.Process.Start("ln", [Path, _folder["other.txt"]]))
        {
            link.WaitForExit();
        }

        Assert.That(
            () =>
                SafeFile.Write(
                    Path,
                    stream =>
                    {
                        stream.Write("half"u8);
                        throw new IOException("full");
                    }
                ),
            Throws.TypeOf<IOException>()
        );
        Assert.That(File.ReadAllText(Path), Is.EqualTo("old"));
    }

    [Test]
    public void A_write_that_throws_leaves_the_old_content_and_nothing_else()
    {
        File.WriteAllText(Path, "old");
        Assert.That(() => SafeFile.Write(Path, _ => throw new TimeoutException()), Throws.TypeOf<TimeoutException>());
        Assert.That(File.ReadAllText(Path), Is.EqualTo("old"));
        Assert.That(Names(), Is.EqualTo(new[] { "file.txt" }));
    }

    [Test]
    public void What_a_killed_process_left_is_cleared_away_and_what_another_writes_is_not()
    {
        string left = _folder[$".file.txt.{Guid.NewGuid():N}.unfinished"];
        string foreign = _folder[$".other.txt.{Guid.NewGuid():N}.unfinished"];
        File.WriteAllText(left, "half");
        File.WriteAllText(foreign, "half");
        string own = _folder[$".file.txt.{Guid.NewGuid():N}.unfinished"];
        using (new FileStream(own, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            SafeFile.Write(Path, "new");
            Assert.That(File.Exists(own));
        }

        Assert.That(File.Exists(left), Is.False);
        Assert.That(File.Exists(foreign));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "A file that is open cannot be replaced there.")]
    public void A_file_is_whole_and_may_be_read_from_the_moment_it_is_in_its_place()
    {
        using var stop = new CancellationTokenSource();
        File.WriteAllText(Path, new string('a', 20000));
        Task reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.That(File.ReadAllText(Path), Has.Length.EqualTo(20000));
            }
        });
        for (int round = 0; round < 200; round++)
        {
            SafeFile.Write(Path, new string('b', 20000));
        }

        stop.Cancel();
        Assert.That(() => reader.Wait(), Throws.Nothing);
    }

    [Test]
    public void A_trial_leaves_everything_as_it_is()
    {
        SafeFile.RefuseUnwritable(Path);
        Assert.That(Names(), Is.Empty);
        File.WriteAllText(Path, "old");
        SafeFile.RefuseUnwritable(Path);
        Assert.That(File.ReadAllText(Path), Is.EqualTo("old"));
    }

    [Test]
    public void A_finished_file_is_moved_into_place_and_through_links([Values] bool link)
    {
        Assume.That(!link || !OperatingSystem.IsWindows());
        string finished = _folder.Write([1, 2, 3], "finished");
        string target = _folder["target"];
        File.WriteAllText(target, "old and long");
        if (link)
        {
            File.CreateSymbolicLink(Path, target);
        }

        SafeFile.Move(finished, link ? Path : target);
        Assert.That(File.ReadAllBytes(target), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(File.Exists(finished), Is.False);
        Assert.That(new FileInfo(Path).LinkTarget, link ? Is.EqualTo(target) : Is.Null);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "A file that is open cannot be replaced there.")]
    public void A_file_that_somebody_has_locked_is_replaced()
    {
        File.WriteAllText(Path, "before");
        using (new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            SafeFile.RefuseUnwritable(Path);
            SafeFile.Write(Path, "after");
        }

        Assert.That(File.ReadAllText(Path), Is.EqualTo("after"));
    }

    [Test]
    public void Many_writers_of_one_file_leave_one_whole_content()
    {
        string[] contents = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 20000))];
        for (int round = 0; round < 100; round++)
        {
            Parallel.ForEach(contents, c => SafeFile.Write(Path, c));
            Assert.That(contents, Does.Contain(File.ReadAllText(Path)));
            Assert.That(Names(), Is.EqualTo(new[] { "file.txt" }));
        }
    }
}
