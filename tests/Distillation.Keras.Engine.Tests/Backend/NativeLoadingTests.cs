using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>
/// Whole processes that load the libraries. Where the C++ runtime is new enough nothing is corrected, and each test holds that instead.
/// </summary>
[Platform("Linux")]
public sealed class NativeLoadingTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task Ten_processes_at_once_make_one_copy_and_all_compute()
    {
        string cache = _folder["ten"];
        IReadOnlyDictionary<string, string>[] runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => NativeProbe.Run(cache)));

        Assert.That(runs.Select(run => run["sum"]), Has.All.EqualTo("12"));
        if (WorksAsItIs(runs[0], cache))
        {
            return;
        }

        Assert.That(runs.Select(run => run["kind"]), Has.All.EqualTo(nameof(NativeLoadKind.Corrected)));
        Assert.That(
            runs.Select(run => run["origin"]).Order(),
            Is.EqualTo(Enumerable.Repeat(nameof(CorrectedCopyOrigin.Reused), 9).Append(nameof(CorrectedCopyOrigin.Written)))
        );
        IOrderedEnumerable<string?> files = Directory.GetFiles(cache, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order();
        Assert.That(files, Is.EqualTo(new[] { ".lock", "libLibTorchSharp.so" }));
    }

    [Test]
    public async Task A_damaged_copy_in_the_cache_is_replaced_before_it_is_loaded()
    {
        string cache = _folder["damaged"];
        IReadOnlyDictionary<string, string> first = await NativeProbe.Run(cache);
        if (WorksAsItIs(first, cache))
        {
            return;
        }

        byte[] whole = File.ReadAllBytes(first["path"]);
        File.WriteAllBytes(first["path"], whole[..(whole.Length / 2)]);

        IReadOnlyDictionary<string, string> second = await NativeProbe.Run(cache);
        Assert.That(second["origin"], Is.EqualTo(nameof(CorrectedCopyOrigin.Replaced)));
        Assert.That(second["sum"], Is.EqualTo("12"));
        Assert.That(File.ReadAllBytes(first["path"]), Is.EqualTo(whole));
    }

    [Test]
    public async Task A_read_only_cache_falls_back_to_a_temporary_copy_which_is_deleted()
    {
        IReadOnlyDictionary<string, string> run = await NativeProbe.Run(ReadOnlyFolder.Make(_folder));
        Assert.That(run["sum"], Is.EqualTo("12"));
        if (run["kind"] != nameof(NativeLoadKind.Corrected))
        {
            return;
        }

        Assert.That(run["origin"], Is.EqualTo(nameof(CorrectedCopyOrigin.Temporary)));
        Assert.That(Path.GetDirectoryName(run["path"]), Does.Not.Exist);
    }

    [Test]
    public async Task TorchSharp_can_be_used_before_anything_of_this_library_is_called()
    {
        IReadOnlyDictionary<string, string> run = await NativeProbe.Run(_folder["torch"], "torch");
        Assert.That(run["sum"], Is.EqualTo("12"));
    }

    [Test]
    public async Task The_users_OpenMP_settings_decide_and_none_is_added()
    {
        string cache = _folder["openmp"];
        IReadOnlyDictionary<string, string> set = await NativeProbe.Run(
            cache,
            "engine",
            ("OMP_NUM_THREADS", "1"),
            ("OMP_WAIT_POLICY", "PASSIVE")
        );
        Assert.That(set["threads"], Is.EqualTo("1"));
        Assert.That(set["openmp"], Is.EqualTo("OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE"));

        IReadOnlyDictionary<string, string> plain = await NativeProbe.Run(
            cache,
            "engine",
            ("OMP_NUM_THREADS", null),
            ("OMP_WAIT_POLICY", null)
        );
        Assert.That(plain["openmp"], Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Without_a_native_package_the_error_names_the_package_to_add(bool withTorchSharpsOwn)
    {
        // The program without its list of dependencies, so that the host knows of no package folders, and without native files.
        string bare = _folder[$"bare-{withTorchSharpsOwn}"];
        Directory.CreateDirectory(bare);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(file, Path.Combine(bare, Path.GetFileName(file)));
        }

        string configuration = NativeProbe.Program + ".runtimeconfig.json";
        File.Copy(Path.Combine(AppContext.BaseDirectory, configuration), Path.Combine(bare, configuration));
        if (withTorchSharpsOwn)
        {
            File.Copy(TorchSharpLibrary.Path, Path.Combine(bare, Path.GetFileName(TorchSharpLibrary.Path)));
        }

        IReadOnlyDictionary<string, string> run = await NativeProbe.RunFrom(bare, _folder["bare-cache"], "engine");
        Assert.That(run["error"], Does.Contain("dotnet add package TorchSharp-cpu").And.Contain($"libtorch-cpu-{NativePackages.Platform}"));
        Assert.That(run["error"], Does.Contain(bare));
    }

    // True where the runtime's own load works. Then there must be no cache.
    private static bool WorksAsItIs(IReadOnlyDictionary<string, string> run, string cache)
    {
        if (run["kind"] == nameof(NativeLoadKind.Corrected))
        {
            return false;
        }

        Assert.That(cache, Does.Not.Exist);
        return true;
    }
}
