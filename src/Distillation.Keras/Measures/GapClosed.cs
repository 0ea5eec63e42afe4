using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>
/// Which share of the gap between a baseline (the same student without a teacher) and the teacher a distilled student closes: <c>(distilled
/// - baseline) / (teacher - baseline)</c>.
/// </summary>
/// <remarks>
/// 0: no better than the baseline; 1: as good as the teacher; above 1: better than it; negative: worse than the baseline. It takes any
/// measure, one that should be small (errors, loss) too, if all three are of the same kind. Where teacher and baseline are equal there is
/// no gap, and the share is <see cref="double.NaN"/>, whatever the student is. Thread-safe.
/// </remarks>
public static class GapClosed
{
    /// <summary>The share of one measure.</summary>
    /// <param name="baseline">The measure of the student without a teacher.</param>
    /// <param name="distilled">The measure of the distilled student.</param>
    /// <param name="teacher">The measure of the teacher.</param>
    /// <returns>The share; <see cref="double.NaN"/> where teacher and baseline are equal.</returns>
    /// <exception cref="ArgumentException">A measure is NaN or infinite.</exception>
    public static double Share(double baseline, double distilled, double teacher)
    {
        Check(baseline, nameof(baseline));
        Check(distilled, nameof(distilled));
        Check(teacher, nameof(teacher));
        return teacher == baseline ? double.NaN : (distilled - baseline) / (teacher - baseline);
    }

    /// <summary>The shares of several measures, element by element.</summary>
    /// <param name="baseline">Measures of the student without a teacher, of any shape.</param>
    /// <param name="distilled">Measures of the distilled student, of the same shape.</param>
    /// <param name="teacher">Measures of the teacher, of the same shape.</param>
    /// <returns>
    /// The shares, float64, of that shape; <see cref="double.NaN"/> where teacher and baseline are equal. The caller owns it.
    /// </returns>
    /// <exception cref="ArgumentException">Shapes differ, an array is empty, or a measure is NaN or infinite.</exception>
    public static NDArray Shares(ArrayLike baseline, ArrayLike distilled, ArrayLike teacher)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor b = MeasureInputs.Numbers(baseline, nameof(baseline));
        Tensor d = MeasureInputs.Numbers(distilled, nameof(distilled));
        Tensor t = MeasureInputs.Numbers(teacher, nameof(teacher));
        MeasureInputs.CheckSame(b, d, nameof(baseline), nameof(distilled));
        MeasureInputs.CheckSame(b, t, nameof(baseline), nameof(teacher));
        return TensorConversion.ToNDArray(where(t.eq(b), b.FilledLike(double.NaN), (d - b) / (t - b)));
    }

    private static void Check(double measure, string name)
    {
        if (!double.IsFinite(measure))
        {
            throw new ArgumentOutOfRangeException(name, measure, "A measure is a finite number.");
        }
    }
}
