using System.Security.Cryptography;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

public sealed class CorrectedCopyCacheTests
{
    private const string Name = "libExample.so";
    private static readonly byte[] Original = Content(1);
    private static readonly byte[] Corrected = Content(2);

    private readonly TemporaryFolder _folder = new();

    private string Root => _folder["cache", "native"];

    private string Cached => Path.Combine(Root, Convert.ToHexString(SHA256.HashData(Original)), Name);

    [TearDown]
    public void Clear() => Directory.CreateDirectory(Root).Delete(recursive: true);

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void The_copy_is_made_once_and_then_reused()
    {
        CorrectedCopy first = GetOrAdd();
        DateTime written = File.GetLastWriteTimeUtc(first.Path);
        CorrectedCopy second = GetOrAdd();

        Assert.That(first, Is.EqualTo(new CorrectedCopy(Cached, CorrectedCopyOrigin.Written)));
        Assert.That(second, Is.EqualTo(new CorrectedCopy(Cached, CorrectedCopyOrigin.Reused)));
        Assert.That(File.GetLastWriteTimeUtc(second.Path), Is.EqualTo(written));
        Assert.That(File.ReadAllBytes(second.Path), Is.EqualTo(Corrected));
    }

    [Test]
    public void Another_original_has_a_copy_of_its_own()
    {
        CorrectedCopy one = GetOrAdd();
        CorrectedCopy other = new CorrectedCopyCache(Root).GetOrAdd(Name, Content(3), Content(4));
        Assert.That(other.Origin, Is.EqualTo(CorrectedCopyOrigin.Written));
        Assert.That(other.Path, Is.Not.EqualTo(one.Path));
        Assert.That(File.ReadAllBytes(one.Path), Is.EqualTo(Corrected));
    }

    [TestCase("cut")]
    [TestCase("one bit")]
    [TestCase("foreign")]
    [TestCase("empty")]
    public void A_file_with_other_content_is_noticed_and_replaced(string damage)
    {
        GetOrAdd();
        byte[] content = (byte[])Corrected.Clone();
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(
            Cached,
            damage switch
            {
                "cut" => Corrected[..^1],
                "one bit" => content,
                "foreign" => "something else"u8.ToArray(),
                _ => [],
            }
        );

        Assert.That(GetOrAdd(), Is.EqualTo(new CorrectedCopy(Cached, CorrectedCopyOrigin.Replaced)));
        Assert.That(File.ReadAllBytes(Cached), Is.EqualTo(Corrected));
        Assert.That(GetOrAdd().Origin, Is.EqualTo(CorrectedCopyOrigin.Reused));
    }

    [Test]
    public void Whoever_has_the_replaced_file_open_keeps_the_old_content()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Cached)!);
        File.WriteAllBytes(Cached, "foreign"u8.ToArray());
        using var open = new FileStream(Cached, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        GetOrAdd();
        Assert.That(new StreamReader(open).ReadToEnd(), Is.EqualTo("foreign"));
    }

    [Test]
    public void What_a_killed_process_left_unfinished_is_cleared()
    {
        string left = Cached + ".0123.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(Cached)!);
        File.WriteAllBytes(left, [1, 2, 3]);
        GetOrAdd();
        Assert.That(left, Does.Not.Exist);
    }

    [Test]
    public void Of_many_at_once_one_writes_and_all_get_the_whole_file()
    {
        var copies = new CorrectedCopy[16];
        bool[] seen = new bool[copies.Length];
        using var start = new Barrier(copies.Length);
        var threads = Enumerable
            .Range(0, copies.Length)
            .Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                copies[i] = GetOrAdd();
                seen[i] = File.ReadAllBytes(copies[i].Path).AsSpan().SequenceEqual(Corrected);
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(copies.Count(copy => copy.Origin == CorrectedCopyOrigin.Written), Is.EqualTo(1));
        Assert.That(copies.Count(copy => copy.Origin == CorrectedCopyOrigin.Reused), Is.EqualTo(copies.Length - 1));
        Assert.That(seen, Has.All.True);
    }

    [Test]
    public void A_file_in_the_place_of_the_cache_leads_to_a_temporary_copy()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root)!);
        File.WriteAllText(Root, "");
        try
        {
            AssertTemporary(GetOrAdd());
        }
        finally
        {
            File.Delete(Root);
        }
    }

    [Test]
    public void A_folder_in_the_place_of_the_copy_leads_to_a_temporary_copy()
    {
        Directory.CreateDirectory(Cached);
        AssertTemporary(GetOrAdd());
    }

    [Test]
    public void A_writer_that_never_ends_leads_to_a_temporary_copy()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Cached)!);
        string path = Path.Combine(Path.GetDirectoryName(Cached)!, ".lock");
        using var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        AssertTemporary(new CorrectedCopyCache(Root, TimeSpan.FromMilliseconds(50)).GetOrAdd(Name, Original, Corrected));
    }

    [Test, Platform("Linux")]
    public void A_read_only_cache_leads_to_a_temporary_copy_that_only_the_user_can_enter()
    {
        string readOnly = ReadOnlyFolder.Make(_folder);
        CorrectedCopy copy = new CorrectedCopyCache(readOnly).GetOrAdd(Name, Original, Corrected);
        UnixFileMode mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.GetDirectoryName(copy.Path)!);
        AssertTemporary(copy);
        Assert.That(mode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test, Platform("Linux")]
    public void The_cache_is_under_XDG_CACHE_HOME_and_a_relative_one_is_ignored()
    {
        string? before = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        try
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "/somewhere");
            Assert.That(CorrectedCopyCache.DefaultRoot(), Is.EqualTo("/somewhere/distillation-keras/native"));
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "somewhere");
            Assert.That(CorrectedCopyCache.DefaultRoot(), Does.EndWith("/.cache/distillation-keras/native").Or.Null);
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", before);
        }
    }

    private static byte[] Content(int seed)
    {
        byte[] content = new byte[300_000];
        new Random(seed).NextBytes(content);
        return content;
    }

    private CorrectedCopy GetOrAdd() => new CorrectedCopyCache(Root).GetOrAdd(Name, Original, Corrected);

    private void AssertTemporary(CorrectedCopy copy)
    {
        try
        {
            Assert.That(copy.Origin, Is.EqualTo(CorrectedCopyOrigin.Temporary));
            Assert.That(copy.Detail, Is.Not.Empty);
            Assert.That(copy.Path, Does.Not.StartWith(_folder.Root));
            Assert.That(File.ReadAllBytes(copy.Path), Is.EqualTo(Corrected));
        }
        finally
        {
            CorrectedCopyCache.DeleteTemporary(copy);
        }
        Assert.That(Path.GetDirectoryName(copy.Path), Does.Not.Exist);
    }
}
