using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;

namespace Distillation.Keras.NativeProbe;

/// <summary>
/// Prints one line, KEY=VALUE separated by tabs: what the engine did to load the native libraries, and what came of it.
/// </summary>
internal static class LibraryProbe
{
    /// <param name="mode">
    /// "engine" goes through EnsureLoaded; "torch" uses TorchSharp at once, as a user may who has called nothing of this library but a
    /// type.
    /// </param>
    public static void Run(string mode)
    {
        try
        {
            if (mode == "engine")
            {
                NativeLibraries.EnsureLoaded();
            }
            else
            {
                System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(typeof(NativeLibraries).Module.ModuleHandle);
            }

            using torch.Tensor ones = torch.ones(3, 4);
            using torch.Tensor sum = ones.sum();
            NativeLoadReport report = NativeLibraryResolver.Report;
            Print("kind", report.Kind.ToString());
            Print("origin", report.Copy?.Origin.ToString() ?? "");
            Print("path", report.Copy?.Path ?? "");
            Print("sum", sum.item<float>().ToString(CultureInfo.InvariantCulture));
            Print("threads", torch.get_num_threads().ToString(CultureInfo.InvariantCulture));
            Print("openmp", string.Join(' ', OpenMpSettings()));
        }
        catch (DllNotFoundException e)
        {
            Print("error", e.Message.ReplaceLineEndings(" "));
        }

        Console.WriteLine();
    }

    private static void Print(string key, string value) => Console.Write($"{key}={value}\t");

    private static IEnumerable<string> OpenMpSettings() =>
        from System.Collections.DictionaryEntry setting in Environment.GetEnvironmentVariables()
        let name = (string)setting.Key
        where name.StartsWith("OMP_", StringComparison.Ordinal) || name.StartsWith("GOMP_", StringComparison.Ordinal)
        orderby name
        select $"{name}={setting.Value}";
}
