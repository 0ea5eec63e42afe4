using System.Diagnostics;

namespace Distillation.Keras.Tests.Examples;

/// <summary>An example as a process of its own, as a user runs it.</summary>
internal static class ExampleProcess
{
    /// <summary>Starts the program that a type lies in.</summary>
    public static Process Start(Type type, string arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = $"exec {type.Assembly.Location} {arguments}";

        // What a shell has in the background ignores SIGINT, and so do all programs that it starts in turn.
        var start = InterruptsAreIgnored
            ? new ProcessStartInfo("env", $"--default-signal=INT {host} {program}")
            : new ProcessStartInfo(host, program);
        start.RedirectStandardOutput = true;
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    // The second lowest bit of a mask in hexadecimal digits.
    private static bool InterruptsAreIgnored =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is string mask
        && (Convert.ToInt64(mask["SigIgn:".Length..].Trim(), 16) & 2) != 0;

    /// <summary>Sends it a signal, by its name without SIG.</summary>
    public static void Signal(Process program, string signal)
    {
        using var kill = Process.Start("kill", $"-{signal} {program.Id}");
        kill.WaitForExit();
    }

    /// <summary>Runs it where no file may be longer than 1,000 blocks of 512 or 1,024 bytes, which stands for a disk with less room than it needs.</summary>
    /// <returns>The exit code, and what it wrote to both outputs.</returns>
    public static (int ExitCode, string Output, string Errors) RunWithoutRoom(Type type, string arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"trap '' XFSZ; ulimit -f 1000; exec '{host}' exec '{type.Assembly.Location}' {arguments}");

        // The runtime's own memory for code is a file to the system, and long.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        return (program.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
