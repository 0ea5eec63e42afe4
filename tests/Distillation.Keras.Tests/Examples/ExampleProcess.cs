using System.Diagnostics;

namespace Distillation.Keras.Tests.Examples;

/// <summary>An example as a process of its own, as a user runs it.</summary>
internal static class ExampleProcess
{
    /// <summary>Starts the program that a type lies in.</summary>
    public static Process Start(Type type, string arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, $"exec {type.Assembly.Location} {arguments}") { RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
