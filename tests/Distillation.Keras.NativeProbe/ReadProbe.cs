using System.Diagnostics;
using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.NativeProbe;

/// <summary>
/// Reads model files whose paths it is given, a line each, and prints a line for each: what came of it, how many milliseconds of the
/// processors it took, how many MiB of memory were in use at once beyond those before, and what was said.
/// </summary>
/// <remarks>
/// <c>model PATH</c> loads a model; <c>weights MODEL PATH [by_name] [skip_mismatch]</c> gives weights to one. The words are separated by
/// tabs.
/// </remarks>
internal static class ReadProbe
{
    public const string Loaded = "loaded";
    public const string Refused = "refused";

    // Ends what hangs.
    private const int MostSeconds = 60;
    private const long Mib = 1 << 20;

    public static void Run(TextReader input, TextWriter output)
    {
        NativeLibraries.EnsureLoaded();
        using (Tensor ones = torch.ones(3, 4))
        using (Tensor product = ones.matmul(ones.t()))
        {
            Trace.Assert(product.shape[0] == 3);
        }

        for (string? line; (line = input.ReadLine()) is not null; )
        {
            // So that what an earlier file left does not make room for a later one.
            if (GC.GetTotalMemory(forceFullCollection: false) > 64 * Mib)
            {
                GC.Collect();
            }

            string[] words = line.Split('\t');
            ForgetPeak();
            long memory = Status("VmRSS:");
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            SystemCalls.Limit(SystemCalls.ProcessorTime, (ulong)before.TotalSeconds + MostSeconds);
            long tensors = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            (string outcome, string said) = Read(words);
            TimeSpan spent = Process.GetCurrentProcess().TotalProcessorTime - before;
            long left = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - tensors;
            outcome =
                left == 0 || words[0] == "model"
                    ? outcome
                    : string.Create(CultureInfo.InvariantCulture, $"{outcome}, and {left} tensors are left");
            output.WriteLine(
                string.Join(
                    '\t',
                    outcome,
                    ((long)spent.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                    (Math.Max(0, Status("VmHWM:") - memory) / Mib).ToString(CultureInfo.InvariantCulture),
                    said.ReplaceLineEndings(" ").Replace('\t', ' ')
                )
            );
            output.Flush();
        }
    }

    private static (string Outcome, string Said) Read(string[] words)
    {
        try
        {
            if (words[0] == "model")
            {
                Model.Load(words[1]).Release();
                return (Loaded, string.Empty);
            }

            return Weights(words);
        }
        catch (ModelFormatException e)
        {
            return (Refused, e.Message);
        }
        catch (Exception e)
        {
            return (e.GetType().Name, e.ToString());
        }
    }

    // What is refused changes nothing: neither the weights nor the state of the optimizer.
    private static (string Outcome, string Said) Weights(string[] words)
    {
        var model = Model.Load(words[1]);
        try
        {
            Fill(model);
            byte[][] before = Values(model);
            try
            {
                model.LoadWeights(words[2], by_name: words.Contains("by_name"), skip_mismatch: words.Contains("skip_mismatch"));
                return (Loaded, string.Empty);
            }
            catch (ModelFormatException e)
            {
                byte[][] after = Values(model);
                bool isSame = before.Length == after.Length && before.Zip(after).All(v => v.First.AsSpan().SequenceEqual(v.Second));
                return (isSame ? Refused : "half loaded", e.Message);
            }
        }
        finally
        {
            model.Release();
        }
    }

    // What no file has, so that each weight that was read is seen.
    private static void Fill(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Variable variable in model.Weights.Concat(model.OptimizerOrNull?.Variables ?? []))
        {
            variable.Assign(ones_like(variable.Value));
        }
    }

    private static byte[][] Values(Model model) =>
        [.. model.Weights.Concat(model.OptimizerOrNull?.Variables ?? []).Select(v => v.Value.bytes.ToArray())];

    // Of the process itself; where the system does not let it, the peak stays that of the whole process, which is no less.
    private static void ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As said.
        }
    }

    private static long Status(string key)
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
