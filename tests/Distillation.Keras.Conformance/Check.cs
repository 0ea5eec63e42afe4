using System.Globalization;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>Collects what differs in one case. A case passes when nothing was recorded.</summary>
public sealed class Check
{
    private readonly List<Difference> _differences = [];

    /// <summary>What differs, in the order in which it was found.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>The largest error among all comparisons, relative to the largest magnitude expected there; null before any.</summary>
    public double? Worst { get; private set; }

    /// <summary>Where the largest error is.</summary>
    public string Where { get; private set; } = "";

    /// <summary>How many comparisons there were. A case without any has shown nothing.</summary>
    public int Comparisons { get; private set; }

    /// <summary>The reason given with <see cref="Known"/>.</summary>
    public string? KnownReason { get; private set; }

    /// <summary>Two arrays: |actual - expected| within <paramref name="relative"/> times the largest finite |expected|, plus
    /// <paramref name="absolute"/>. Shapes and the places of what is not finite must agree.</summary>
    /// <param name="where">What is compared.</param>
    /// <param name="actual">The library's.</param>
    /// <param name="expected">Keras'.</param>
    /// <param name="relative">What is allowed, in units of the largest expected magnitude.</param>
    /// <param name="absolute">What is allowed beyond it.</param>
    /// <param name="rounding">
    /// What float32 itself may make wrong in each entry, whoever computes it: an error up to it does not count. In the shape of
    /// <paramref name="expected"/>, or <see langword="null"/>.
    /// </param>
    public void Close(string where, Tensor actual, Tensor expected, double relative, double absolute = 0, Tensor? rounding = null)
    {
        Comparisons++;
        if (!actual.shape.SequenceEqual(expected.shape))
        {
            Differ(where, $"the shape is ({string.Join(", ", actual.shape)}), expected ({string.Join(", ", expected.shape)})");
            return;
        }

        if (expected.numel() == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor a = actual.detach().cpu().to_type(ScalarType.Float64).flatten();
        Tensor e = expected.detach().cpu().to_type(ScalarType.Float64).flatten();
        Tensor finite = e.isfinite();
        Tensor misplaced = (finite != a.isfinite()).logical_or(e.isnan() != a.isnan()).logical_or(e.isinf().logical_and(e != a));
        if (misplaced.any().ToBoolean())
        {
            long at = misplaced.to_type(ScalarType.Int64).argmax().ToInt64();
            Differ(
                where,
                $"{misplaced.sum().ToInt64()} of {e.numel()} entries are not finite in one of the two only: at {At(expected, at)} "
                    + $"{a[at].ToDouble()}, expected {e[at].ToDouble()}"
            );
            return;
        }

        Tensor zero = zeros_like(e);
        Tensor error = (a - e).abs().where(finite, zero);
        if (rounding is not null)
        {
            error = (error - rounding.detach().to_type(ScalarType.Float64).flatten()).relu();
        }

        double scale = e.abs().where(finite, zero).max().ToDouble();
        double worst = error.max().ToDouble();
        double allowed = (relative * scale) + absolute;
        Measure(where, worst, relative, allowed);
        if (!(worst <= allowed))
        {
            long at = error.argmax().ToInt64();
            Differ(
                where,
                Text(
                    $"{a[at].ToDouble():g9} at {At(expected, at)}, expected {e[at].ToDouble():g9}: off by {worst:g3}, allowed {allowed:g3}"
                )
            );
        }
    }

    /// <summary>
    /// Two numbers: |actual - expected| within <paramref name="relative"/> times |expected|, plus <paramref name="absolute"/>.
    /// </summary>
    public void Close(string where, double actual, double expected, double relative, double absolute = 0)
    {
        Comparisons++;
        if (!double.IsFinite(expected) || !double.IsFinite(actual))
        {
            if (!actual.Equals(expected))
            {
                Differ(where, Text($"{actual:g9}, expected {expected:g9}"));
            }

            return;
        }

        double error = Math.Abs(actual - expected);
        double allowed = (relative * Math.Abs(expected)) + absolute;
        Measure(where, error, relative, allowed);
        if (!(error <= allowed))
        {
            Differ(where, Text($"{actual:g9}, expected {expected:g9}: off by {error:g3}, allowed {allowed:g3}"));
        }
    }

    /// <summary>Two lists of numbers, held to the largest magnitude of the whole list.</summary>
    public void CloseList(string where, IReadOnlyList<double> actual, IReadOnlyList<double> expected, double relative, double absolute = 0)
    {
        using DisposeScope scope = NewDisposeScope();
        Close(where, tensor(actual.ToArray(), float64), tensor(expected.ToArray(), float64), relative, absolute);
    }

    /// <summary>Two values that must be equal.</summary>
    public void Equal<T>(string where, T actual, T expected)
    {
        Comparisons++;
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
        {
            Differ(where, $"{Show(actual)}, expected {Show(expected)}");
        }
    }

    /// <summary>Two lists that must be equal, element by element.</summary>
    public void EqualList<T>(string where, IEnumerable<T> actual, IEnumerable<T> expected)
    {
        Comparisons++;
        List<T> a = [.. actual];
        List<T> e = [.. expected];
        if (!a.SequenceEqual(e))
        {
            Differ(where, $"[{string.Join(", ", a)}], expected [{string.Join(", ", e)}]");
        }
    }

    /// <summary>Two configurations: the same keys and values; numbers are equal when their float32 values are.</summary>
    public void Json(string where, JsonNode? actual, JsonNode? expected)
    {
        Comparisons++;
        if (JsonDifference.Find(actual, expected) is string difference)
        {
            Differ(where, difference);
        }
    }

    /// <summary>Records a difference found by the suite itself.</summary>
    public void Differ(string where, string what) => _differences.Add(new Difference(where, what));

    /// <summary>Counts a comparison that a suite made itself and found equal.</summary>
    public void Compared() => Comparisons++;

    /// <summary>The case differs on purpose. The program's list of known differences must have it too.</summary>
    public void Known(string reason) => KnownReason = reason;

    private static string Show<T>(T value) =>
        value is null ? "null"
        : value is string s ? $"'{s}'"
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string At(Tensor array, long flat)
    {
        long[] shape = array.shape;
        long[] index = new long[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            index[axis] = flat % shape[axis];
            flat /= shape[axis];
        }

        return $"[{string.Join(", ", index)}]";
    }

    // The error relative to the magnitude that the tolerance is relative to; where an absolute tolerance is added (exact zeros), relative
    // to what gives the same share of it.
    private void Measure(string where, double error, double relative, double allowed)
    {
        double measure =
            error == 0 ? 0
            : relative > 0 && allowed > 0 ? error / allowed * relative
            : error;
        if (Worst is null || measure > Worst)
        {
            Worst = measure;
            Where = where;
        }
    }
}
