using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distillation.Keras.Benchmarks.Measuring;
using TorchSharp;

namespace Distillation.Keras.Benchmarks;

/// <summary>The results as text (80 columns) and as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What the numbers were taken on.</summary>
    public static void WriteMachine(TextWriter output) =>
        output.WriteLine(
            $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {torch.get_num_threads()} threads, libtorch "
                + $"{torch.__version__}, {RuntimeInformation.FrameworkDescription}"
        );

    /// <summary>The head of the table of timings.</summary>
    public static void WriteHead(TextWriter output)
    {
        output.WriteLine("Milliseconds a step, medians; the ratio's spread is its least to its greatest.");
        output.WriteLine($"{"benchmark", -21}{"ours", 10}{"by hand", 10}{"ratio", 8}{"spread", 16}{"rounds", 8}");
    }

    /// <summary>A line of timings.</summary>
    public static void Write(TextWriter output, Measurement m)
    {
        string spread = $"{Text(m.Ratios.Min(), "0.000")}-{Text(m.Ratios.Max(), "0.000")}";
        output.WriteLine(
            $"{m.Name, -21}{Text(Statistics.Median(m.Ours), "0.0000"), 10}{Text(Statistics.Median(m.Theirs), "0.0000"), 10}"
                + $"{Text(Statistics.Median(m.Ratios), "0.000"), 8}{spread, 16}{m.Ours.Count, 8}"
        );
    }

    /// <summary>A line about the mathematics.</summary>
    public static void Write(TextWriter output, string name, Agreement a) =>
        output.WriteLine(
            $"  {name}: {a.What} apart by {Text(a.Largest, "0.0e-00")} at most, {Text(a.Relative, "0.0e-00")} of the "
                + $"norm{(a.Holds ? "" : $" (limit {Text(a.Limit, "0.0e-00")}): DIFFERENT")}"
        );

    /// <summary>The table of memory.</summary>
    public static void Write(TextWriter output, IReadOnlyList<MemoryUse> memory)
    {
        output.WriteLine();
        output.WriteLine($"{"memory", -21}{"steps", 7}{"tensors before", 16}{"after", 8}{"managed bytes a step", 22}");
        output.WriteLine($"{"", -21}{"", 7}{"", 16}{"", 8}{"ours", 11}{"by hand", 11}");
        foreach (MemoryUse m in memory)
        {
            output.WriteLine(
                $"{m.Name, -21}{m.Steps, 7}{m.LiveBefore, 16}{m.LiveAfter, 8}{Text(m.OursBytes, "0"), 11}{Text(m.TheirsBytes, "0"), 11}"
            );
        }
    }

    /// <summary>Writes the results as JSON, first beside the target and then in its place, so that no half file is ever seen.</summary>
    public static void WriteJson(string path, IReadOnlyList<Measurement> measurements, IReadOnlyList<MemoryUse> memory)
    {
        var json = new JsonObject
        {
            ["machine"] = new JsonObject
            {
                ["os"] = RuntimeInformation.OSDescription,
                ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
                ["cores"] = Environment.ProcessorCount,
                ["framework"] = RuntimeInformation.FrameworkDescription,
                ["libtorch"] = torch.__version__,
                ["torch_threads"] = torch.get_num_threads(),
            },
            ["benchmarks"] = new JsonArray([.. measurements.Select(Json)]),
            ["memory"] = new JsonArray([.. memory.Select(Json)]),
        };
        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(beside, json.ToJsonString(Readable) + "\n");
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static JsonObject Json(Measurement m) =>
        new()
        {
            ["name"] = m.Name,
            ["ours_ms"] = Statistics.Median(m.Ours),
            ["theirs_ms"] = Statistics.Median(m.Theirs),
            ["ratio"] = Statistics.Median(m.Ratios),
            ["ratio_min"] = m.Ratios.Min(),
            ["ratio_max"] = m.Ratios.Max(),
            ["ratio_quartile_1"] = Statistics.Quantile(m.Ratios, 0.25),
            ["ratio_quartile_3"] = Statistics.Quantile(m.Ratios, 0.75),
            ["rounds"] = m.Ours.Count,
            ["steps_per_block"] = m.Steps,
            ["difference"] = new JsonObject
            {
                ["what"] = m.Agreement.What,
                ["largest"] = m.Agreement.Largest,
                ["relative"] = m.Agreement.Relative,
                ["limit"] = m.Agreement.Limit,
            },
        };

    private static JsonObject Json(MemoryUse m) =>
        new()
        {
            ["name"] = m.Name,
            ["steps"] = m.Steps,
            ["tensors_before"] = m.LiveBefore,
            ["tensors_after"] = m.LiveAfter,
            ["ours_bytes_per_step"] = m.OursBytes,
            ["theirs_bytes_per_step"] = m.TheirsBytes,
        };

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
