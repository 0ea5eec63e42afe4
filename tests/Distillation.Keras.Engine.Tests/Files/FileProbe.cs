using System.Diagnostics;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Starts the probe program, which reads or writes model files in a process of its own.</summary>
internal static class FileProbe
{
    /// <summary>Starts it.</summary>
    /// <param name="cache">Where it may keep what it corrects of TorchSharp's package.</param>
    /// <param name="arguments">The mode, and what belongs to it.</param>
    public static Process Start(string cache, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, Backend.NativeProbe.Program + ".dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["XDG_CACHE_HOME"] = cache;
        start.Environment["OMP_NUM_THREADS"] = "1";

        // 1 GiB for all objects of .NET, and no sockets, which a killed process would leave.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x40000000";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>The lines that it prints for those that it is given; it must end by itself and well.</summary>
    public static async Task<string[]> Lines(string cache, IReadOnlyList<string> input, params string[] arguments)
    {
        using Process process = Start(cache, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            foreach (string line in input)
            {
                await process.StandardInput.WriteLineAsync(line);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all; what it said tells why.
        }

        string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.That(
            process.ExitCode,
            Is.Zero,
            () => $"It ended at line {lines.Length}, '{input.ElementAtOrDefault(lines.Length)}'. {lines.LastOrDefault()}\n{error.Result}"
        );
        return lines;
    }
}
