using System.Runtime.InteropServices;
using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

public class NativeSearchTests
{
    [Test, Platform("Linux")]
    public void Folders_are_the_hosts_list_the_applications_folder_and_those_beside_the_assembly_without_repeats()
    {
        IReadOnlyList<string> folders = NativeSearch.Directories(
            "/packages/a/:/packages/b:",
            "/app/",
            "/packages/torchsharp/1.0/lib/net8.0/TorchSharp.dll",
            "linux-x64"
        );
        Assert.That(
            folders,
            Is.EqualTo(
                new[]
                {
                    "/packages/a",
                    "/packages/b",
                    "/app",
                    "/app/runtimes/linux-x64/native",
                    "/packages/torchsharp/1.0/lib/net8.0",
                    "/packages/torchsharp/1.0/lib/net8.0/runtimes/linux-x64/native",
                    "/packages/torchsharp/1.0/runtimes/linux-x64/native",
                }
            )
        );
        IReadOnlyList<string> single = NativeSearch.Directories("/app", "/app/", "", "linux-x64");
        Assert.That(single, Is.EqualTo(new[] { "/app", "/app/runtimes/linux-x64/native" }));
    }

    [Test]
    public void The_first_folder_that_has_the_file_wins()
    {
        using var folder = new TemporaryFolder();
        foreach (string? name in new[] { "b", "c" })
        {
            Directory.CreateDirectory(folder[name]);
            File.WriteAllText(folder[name, "libx.so"], "");
        }
        string[] folders = [folder["missing"], folder["b"], folder["c"]];
        Assert.That(NativeSearch.Find(folders, "libx.so"), Is.EqualTo(folder["b", "libx.so"]));
        Assert.That(NativeSearch.Find(folders, "liby.so"), Is.Null);
    }

    [TestCase("linux", Architecture.X64, "linux-x64")]
    [TestCase("osx", Architecture.Arm64, "osx-arm64")]
    [TestCase("win", Architecture.X64, "win-x64")]
    public void A_platform_has_NuGets_name(string system, Architecture architecture, string expected) =>
        Assert.That(NativePackages.PlatformOf(system, architecture), Is.EqualTo(expected));
}
