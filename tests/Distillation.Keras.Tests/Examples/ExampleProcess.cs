using System.Diagnostics;

namespace Distillation.Keras.Tests.Examples;

/// <summary>An example as a process of its own, as a user runs it.</summary>
internal static class ExampleProcess
{
    // Against a program that never ends; the slowest takes a hundredth of it.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>
    /// Runs an example, which is built beside the tests, where nothing but an empty home folder is to be seen: no data, no cache.
    /// </summary>
    /// <param name="home">The folder for all that it may write: its working folder <c>work</c>, temporary files, caches.</param>
    /// <param name="name">The example's name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ExampleRun RunIn(string home, string name, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        var start = new ProcessStartInfo(Host, ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Directory.CreateDirectory(Path.Combine(home, "work")).FullName,
        };
        string temporary = Directory.CreateDirectory(Path.Combine(home, "tmp")).FullName;
        foreach (string variable in (string[])["TMPDIR", "TMP", "TEMP"])
        {
            start.Environment[variable] = temporary;
        }

        foreach (string variable in (string[])["HOME", "USERPROFILE", "XDG_CACHE_HOME", "KERAS_HOME", "DISTILLATION_KERAS_DATA"])
        {
            start.Environment[variable] = home;
        }

        // The runtime's own sockets for debuggers.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new AssertionException($"{name} {string.Join(' ', arguments)} has not ended.");
        }

        string[] left =
        [
            .. Directory
                .EnumerateFiles(home, "*", SearchOption.AllDirectories)
                .Concat(EmptyFolders(home))
                .Select(f => Path.GetRelativePath(home, f)),
        ];
        return new ExampleRun(
            process.ExitCode,
            output.GetAwaiter().GetResult(),
            WithoutNoticesOfHardware(errors.GetAwaiter().GetResult()),
            [.. left.Except(["work", "tmp"])]
        );
    }

    // libtorch's own, of each convolution where a virtual machine hides the caches of its processor.
    private static string WithoutNoticesOfHardware(string errors) =>
        string.Join('\n', errors.Split('\n').Where(l => !l.Contains("Could not initialize NNPACK!", StringComparison.Ordinal)));

    /// <summary>Starts the program that a type lies in.</summary>
    public static Process Start(Type type, string arguments)
    {
        string program = $"exec {type.Assembly.Location} {arguments}";

        // What a shell has in the background ignores SIGINT, and so do all programs that it starts in turn.
        ProcessStartInfo start = InterruptsAreIgnored
            ? new ProcessStartInfo("env", $"--default-signal=INT {Host} {program}")
            : new ProcessStartInfo(Host, program);
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

    /// <summary>
    /// Runs it where no file may be longer than 1,000 blocks of 512 or 1,024 bytes, which stands for a disk with less room than it needs.
    /// </summary>
    /// <returns>The exit code, and what it wrote to both outputs.</returns>
    public static (int ExitCode, string Output, string Errors) RunWithoutRoom(Type type, string arguments)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"trap '' XFSZ; ulimit -f 1000; exec '{Host}' exec '{type.Assembly.Location}' {arguments}");

        // The runtime's own memory for code is a file to the system, and long.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        return (program.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static IEnumerable<string> EmptyFolders(string folder) =>
        Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Where(f => !Directory.EnumerateFileSystemEntries(f).Any());
}
