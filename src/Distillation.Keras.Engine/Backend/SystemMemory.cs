using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Whether there is memory for a tensor, asked before it is made.</summary>
/// <remarks>
/// A system that promises more memory than it has (Linux by default) gives any amount, and ends the process when it is written to. So what
/// is free is looked up: on Linux that of the machine and of the control groups that the process is in, swap included; elsewhere all memory
/// that the runtime sees. Thread-safe.
/// </remarks>
internal static class SystemMemory
{
    // A look costs tens of microseconds, more than what is smaller takes to be filled.
    private const double Unasked = 1 << 20;

    // What is free is an estimate, and the process needs some for itself.
    private const double Share = 0.95;

    private static readonly MemoryGrant Grant = new(static () => Environment.TickCount64);

    [ThreadStatic]
    private static double? _pretended;

    /// <summary>Refuses a tensor that there is no memory for.</summary>
    /// <param name="what">What is to be made, for the message: <c>Dense 'dense': its weight 'kernel'</c>.</param>
    /// <param name="shape">Its shape, fully known.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="copies">How many tensors of that size are there at a time.</param>
    /// <param name="beside">
    /// A tensor that is where it will be: of the memory of other devices than the host nothing is known here. By default it will be on the
    /// host.
    /// </param>
    /// <exception cref="InsufficientMemoryException">There is not enough; the message says how much is needed.</exception>
    public static void Require(string what, IReadOnlyList<int?> shape, ScalarType type, int copies = 1, Tensor? beside = null)
    {
        double bytes = SizeOf(type) * copies;
        foreach (int? size in shape)
        {
            bytes *= size ?? 0;
        }

        if (bytes > Unasked && beside?.device_type is null or DeviceType.CPU)
        {
            Require($"{what} of shape {shape} ({type})", bytes);
        }
    }

    /// <summary>Refuses an amount that there is no memory for.</summary>
    /// <param name="what">What is to be made, for the message.</param>
    /// <param name="bytes">How much it takes.</param>
    /// <exception cref="InsufficientMemoryException">There is not enough; the message says how much is needed.</exception>
    public static void Require(string what, double bytes)
    {
        if (_pretended is null && Grant.Takes(bytes))
        {
            return;
        }

        double available = _pretended ?? Available();
        if (bytes > Share * available)
        {
            throw new InsufficientMemoryException(
                $"{what} needs {Text(bytes)} of memory, but {Text(available)} are free here. Make the model, or the batch, smaller."
            );
        }

        if (_pretended is null)
        {
            Grant.Renew(available);
        }
    }

    /// <summary>
    /// Lets this thread believe, until it is disposed, that so many bytes are free: for tests, which should not need to have or to lack
    /// any.
    /// </summary>
    public static IDisposable Pretend(double bytes)
    {
        _pretended = bytes;
        return new Pretence();
    }

    /// <summary>How many bytes are free.</summary>
    /// <param name="root">Where the system's files are.</param>
    public static double Available(string root = "/")
    {
        double free = double.PositiveInfinity;
        double swap = 0;
        foreach (string line in Lines(Path.Combine(root, "proc", "meminfo")))
        {
            string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["MemAvailable", ..] && Number(words[1]) is double available)
            {
                free = available * 1024;
            }
            else if (words is ["SwapFree", ..] && Number(words[1]) is double swapped)
            {
                swap = swapped * 1024;
            }
        }

        free = Math.Min(free, InControlGroups(root)) + swap;
        return double.IsInfinity(free) ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : free;
    }

    // Version 2 has one tree of groups, version 1 one for each resource. A limit holds for all groups below it; in a container the path may
    // be the host's.
    private static double InControlGroups(string root)
    {
        string groups = Path.Combine(root, "sys", "fs", "cgroup");
        double free = double.PositiveInfinity;
        foreach (string line in Lines(Path.Combine(root, "proc", "self", "cgroup")))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3 || !(parts[1].Length == 0 || parts[1].Split(',').Contains("memory")))
            {
                continue;
            }

            bool second = parts[1].Length == 0;
            string tree = second ? groups : Path.Combine(groups, "memory");
            for (string path = parts[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? string.Empty)
            {
                free = Math.Min(free, InGroup(Path.Combine(tree, path), second));
                if (path.Length == 0)
                {
                    break;
                }
            }
        }

        return free;
    }

    // What files of the disk take is given back when it is needed.
    private static double InGroup(string folder, bool second)
    {
        double? limit = First(Path.Combine(folder, second ? "memory.max" : "memory.limit_in_bytes"));
        double? used = First(Path.Combine(folder, second ? "memory.current" : "memory.usage_in_bytes"));
        if (limit is null || used is null)
        {
            return double.PositiveInfinity;
        }

        string[] cached = second ? ["inactive_file", "active_file"] : ["total_inactive_file", "total_active_file"];
        double files = Lines(Path.Combine(folder, "memory.stat"))
            .Select(l => l.Split(' '))
            .Where(w => w.Length == 2 && cached.Contains(w[0]))
            .Sum(w => Number(w[1]) ?? 0);
        return Math.Max(0, limit.Value - Math.Max(0, used.Value - files));
    }

    private static double? First(string file) => Lines(file) is [string line, ..] ? Number(line) : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>How many bytes an element has.</summary>
    public static double SizeOf(ScalarType type) =>
        type switch
        {
            ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
            ScalarType.ComplexFloat64 => 16,
            _ => 4,
        };

    private static string Text(double bytes) =>
        bytes switch
        {
            < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0.#} MiB"),
            < 1L << 50 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):N1} GiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.#E+0} GiB"),
        };

    private sealed class Pretence : IDisposable
    {
        public void Dispose() => _pretended = null;
    }
}
