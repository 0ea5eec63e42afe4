using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;

// Prints one line, KEY=VALUE separated by tabs: what the engine did to load the native libraries, and what came of it.
// "engine" goes through EnsureLoaded; "torch" uses TorchSharp at once, as a user may who has called nothing of this library but a type.
string mode = args.Length == 1 ? args[0] : throw new ArgumentException("Usage: NativeProbe engine|torch");
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

static void Print(string key, string value) => Console.Write($"{key}={value}\t");

static IEnumerable<string> OpenMpSettings() =>
    from System.Collections.DictionaryEntry setting in Environment.GetEnvironmentVariables()
    let name = (string)setting.Key
    where name.StartsWith("OMP_", StringComparison.Ordinal) || name.StartsWith("GOMP_", StringComparison.Ordinal)
    orderby name
    select $"{name}={setting.Value}";
