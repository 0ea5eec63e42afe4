using System.Diagnostics;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>Starts the probe program in a process of its own and reads what it printed.</summary>
internal static class NativeProbe
{
    public const string Program = "Distillation.Keras.NativeProbe";

    public static Task<IReadOnlyDictionary<string, string>> Run(
        string cacheHome,
        string mode = "engine",
        params (string Name, string? Value)[] environment
    ) => RunFrom(AppContext.BaseDirectory, cacheHome, mode, environment);

    public static async Task<IReadOnlyDictionary<string, string>> RunFrom(
        string folder,
        string cacheHome,
        string mode,
        params (string Name, string? Value)[] environment
    )
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(folder, Program + ".dll"));
        start.ArgumentList.Add(mode);
        start.Environment["XDG_CACHE_HOME"] = cacheHome;
        foreach ((string? name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{output}\n{await error}");
        return output
            .TrimEnd('\n')
            .Split('\t', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
