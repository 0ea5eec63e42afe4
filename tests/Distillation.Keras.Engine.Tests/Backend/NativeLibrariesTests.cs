using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

[Category("Smoke")]
public class NativeLibrariesTests
{
    [Test]
    public void Loading_twice_is_loading_once()
    {
        NativeLibraries.EnsureLoaded();
        NativeLoadReport report = NativeLibraryResolver.Report;
        NativeLibraries.EnsureLoaded();
        Assert.That(NativeLibraryResolver.Report, Is.SameAs(report));
        Assert.That(report.Kind, Is.Not.EqualTo(NativeLoadKind.Failed));
    }

    [TestCase("linux-x64", "TorchSharp-cuda-linux")]
    [TestCase("win-x64", "TorchSharp-cuda-windows")]
    [TestCase("win-arm64", "libtorch-cpu-win-arm64")]
    [TestCase("osx-arm64", "libtorch-cpu-osx-arm64")]
    public void Without_libtorch_the_message_names_the_packages_to_add(string platform, string package)
    {
        string message = NativeLibraries.Explain([], hasTorch: false, platform, []);
        Assert.That(message, Does.Contain("dotnet add package TorchSharp-cpu"));
        Assert.That(message, Does.Contain($"dotnet add package libtorch-cpu-{platform}"));
        Assert.That(message, Does.Contain(package));
        Assert.That(message, Does.Match(@"TorchSharp \d+\.\d+\.\d+"));
    }

    [Test]
    public void On_a_platform_without_packages_the_message_names_those_that_have_one()
    {
        string message = NativeLibraries.Explain([], hasTorch: false, "linux-arm64", []);
        Assert.That(message, Does.Contain("no native TorchSharp package for linux-arm64"));
        Assert.That(message, Does.Contain("linux-x64, osx-arm64, win-arm64, win-x64"));
    }

    [Test]
    public void With_libtorch_alone_the_message_names_what_else_is_missing()
    {
        string message = NativeLibraries.Explain([], hasTorch: true, "linux-x64", []);
        Assert.That(message, Does.Contain("LibTorchSharp").And.Contain("was not found"));
    }

    [Test]
    public void With_everything_there_the_message_says_what_the_loader_said()
    {
        string[] folders = [Path.GetDirectoryName(TorchSharpLibrary.Path)!];
        string message = NativeLibraries.Explain(folders, hasTorch: true, "linux-x64", ["no such version", "no space"]);
        Assert.That(message, Does.Contain("no such version | no space").And.Contain(TorchSharpLibrary.Path));
    }
}
