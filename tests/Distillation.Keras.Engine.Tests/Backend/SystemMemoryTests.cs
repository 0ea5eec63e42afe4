using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>What is free is read from the system's own files, here written for the test.</summary>
public sealed class SystemMemoryTests
{
    private const string Machine = "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable: 8000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n";

    private static double Available(params (string Path, string Text)[] files)
    {
        using var folder = new TemporaryFolder();
        foreach ((string path, string text) in files)
        {
            string file = Path.Combine(folder.Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        return SystemMemory.Available(folder.Root);
    }

    [Test]
    public void A_machine_without_limits_has_what_it_says_is_available_and_its_swap()
    {
        Assert.That(Available(("proc/meminfo", Machine)), Is.EqualTo(8000 * 1024));
        Assert.That(
            Available(("proc/meminfo", Machine.Replace("SwapFree: 0", "SwapFree: 500", StringComparison.Ordinal))),
            Is.EqualTo(8500 * 1024)
        );
    }

    [Test]
    public void A_container_has_what_its_limit_leaves_and_gives_back_what_files_take() =>
        Assert.That(
            Available(
                ("proc/meminfo", Machine),
                ("proc/self/cgroup", "0::/\n"),
                ("sys/fs/cgroup/memory.max", "1000000\n"),
                ("sys/fs/cgroup/memory.current", "700000\n"),
                ("sys/fs/cgroup/memory.stat", "anon 400000\ninactive_file 200000\nactive_file 100000\n")
            ),
            Is.EqualTo(600000)
        );

    [Test]
    public void The_limit_of_a_group_above_counts_too() =>
        Assert.That(
            Available(
                ("proc/meminfo", Machine),
                ("proc/self/cgroup", "0::/a/b\n"),
                ("sys/fs/cgroup/a/b/memory.max", "max\n"),
                ("sys/fs/cgroup/a/b/memory.current", "5\n"),
                ("sys/fs/cgroup/a/memory.max", "3000\n"),
                ("sys/fs/cgroup/a/memory.current", "1000\n")
            ),
            Is.EqualTo(2000)
        );

    [Test]
    public void The_older_form_of_groups_is_read() =>
        Assert.That(
            Available(
                ("proc/meminfo", Machine),
                ("proc/self/cgroup", "8:pids:/\n4:cpu,memory:/of/the/host\n0::/\n"),
                ("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n"),
                ("sys/fs/cgroup/memory/memory.usage_in_bytes", "4000\n"),
                ("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 200\ntotal_active_file 100\n")
            ),
            Is.EqualTo(1300)
        );

    [Test]
    public void A_limit_above_the_machines_memory_is_none() =>
        Assert.That(
            Available(
                ("proc/meminfo", Machine),
                ("proc/self/cgroup", "0::/\n"),
                ("sys/fs/cgroup/memory.max", "9223372036854771712\n"),
                ("sys/fs/cgroup/memory.current", "0\n")
            ),
            Is.EqualTo(8000 * 1024)
        );

    [Test]
    public void Without_such_files_it_is_what_the_runtime_sees() =>
        Assert.That(Available(), Is.EqualTo(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes).And.GreaterThan(0));

    [Test]
    public void A_tensor_is_refused_by_what_it_takes_and_not_by_its_shape()
    {
        Assert.That(() => SystemMemory.Require("It", new Shape(int.MaxValue, 0), ScalarType.Float32), Throws.Nothing);
        Assert.That(() => SystemMemory.Require("It", new Shape(1000, 1000), ScalarType.Float32), Throws.Nothing);
        Assert.That(
            () => SystemMemory.Require("It", new Shape(int.MaxValue, int.MaxValue, int.MaxValue), ScalarType.Float32),
            Throws.InstanceOf<InsufficientMemoryException>().With.Message.Contains("E+19 GiB")
        );
        Assert.That(
            () => SystemMemory.Require("It", new Shape(1 << 20, 1 << 20), ScalarType.Float64),
            Throws
                .InstanceOf<InsufficientMemoryException>()
                .With.Message.Contains("It of shape (1048576, 1048576) (Float64) needs 8,192.0 GiB")
        );
    }
}
