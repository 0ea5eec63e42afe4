using System.Runtime.InteropServices;

namespace Distillation.Keras.Backend;

/// <summary>Which NuGet package brings the native libtorch of a platform.</summary>
internal static class NativePackages
{
    /// <summary>The platform that the process runs on, such as <c>linux-x64</c>.</summary>
    public static string Platform { get; } =
        PlatformOf(
            OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : OperatingSystem.IsLinux() ? "linux"
                : "other",
            RuntimeInformation.ProcessArchitecture
        );

    /// <summary>The platforms that TorchSharp has native packages for.</summary>
    public static IReadOnlyList<string> Supported { get; } = ["linux-x64", "osx-arm64", "win-arm64", "win-x64"];

    /// <summary>The name of a platform.</summary>
    /// <param name="system"><c>linux</c>, <c>osx</c> or <c>win</c>.</param>
    /// <param name="architecture">The processor's architecture.</param>
    public static string PlatformOf(string system, Architecture architecture) => $"{system}-{architecture.ToString().ToLowerInvariant()}";

    /// <summary>What a user can do to get the native libraries, as sentences for an error message.</summary>
    /// <param name="platform">The platform, such as <c>linux-x64</c>.</param>
    public static string Remedy(string platform)
    {
        if (!Supported.Contains(platform))
        {
            return $"There is no native TorchSharp package for {platform}; there are packages for {string.Join(", ", Supported)}. "
                + "Run on one of those platforms (a 64-bit process).";
        }
        string cuda = CudaPackage(platform) is { } package ? $"; for an NVIDIA GPU 'dotnet add package {package}' instead" : "";
        return "Add one to the application (not to a library): 'dotnet add package TorchSharp-cpu', or, smaller, since it brings only this "
            + $"platform, 'dotnet add package libtorch-cpu-{platform}'{cuda}. "
            + $"Take the version that belongs to TorchSharp {TorchSharpVersion}.";
    }

    /// <summary>What a user can do to compute on a GPU, as sentences for an error message.</summary>
    /// <param name="platform">The platform, such as <c>linux-x64</c>.</param>
    public static string CudaRemedy(string platform) =>
        CudaPackage(platform) is string package
            ? $"It takes an NVIDIA GPU with its driver, and libtorch for CUDA: 'dotnet add package {package}' in the application, of the "
                + $"version that belongs to TorchSharp {TorchSharpVersion}, in place of the package for the CPU."
            : $"It takes an NVIDIA GPU, for which there is no native TorchSharp package on {platform}.";

    private static string? CudaPackage(string platform) =>
        platform switch
        {
            "linux-x64" => "TorchSharp-cuda-linux",
            "win-x64" => "TorchSharp-cuda-windows",
            _ => null,
        };

    private static string TorchSharpVersion =>
        typeof(TorchSharp.torch).Assembly.GetName().Version is { } version ? version.ToString(3) : "as referenced";
}
