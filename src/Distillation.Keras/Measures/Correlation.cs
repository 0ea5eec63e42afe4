using Distillation.Keras.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>
/// How much a student's numbers follow its teacher's on the same samples: Pearson's correlation. Targets do not matter, nor do an offset
/// and a positive factor.
/// </summary>
/// <remarks>Computed in float64. Immutable.</remarks>
public sealed class Correlation
{
    private Correlation(CorrelationSums sums, int samples)
    {
        using Tensor columns = sums.ByColumn();
        ByOutput = columns.data<double>().ToArray();
        using Tensor mean = sums.Result();
        Pearson = mean.item<double>();
        Samples = samples;
    }

    /// <summary>How many samples there were.</summary>
    public int Samples { get; }

    /// <summary>
    /// The mean of <see cref="ByOutput"/> over the columns in which the teacher's numbers differ: -1 to 1; NaN where there is no such
    /// column.
    /// </summary>
    public double Pearson { get; }

    /// <summary>
    /// r of each column, <c>Σ (v - v̄)(z - z̄) / √(Σ (v - v̄)² Σ (z - z̄)²)</c> over the samples: 1 where the student's numbers are the
    /// teacher's, times a positive factor and with an offset. 0 where the student gives the same number for all samples, and NaN where the
    /// teacher does.
    /// </summary>
    public IReadOnlyList<double> ByOutput { get; }

    /// <summary>Compares numbers.</summary>
    /// <param name="teacherOutputs">v, (samples, numbers) or (samples,).</param>
    /// <param name="studentOutputs">z, of the same shape.</param>
    /// <exception cref="ArgumentException">Shapes differ, an array is empty, or a number is NaN or infinite.</exception>
    public static Correlation FromOutputs(ArrayLike teacherOutputs, ArrayLike studentOutputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = Columns(MeasureInputs.Numbers(teacherOutputs, nameof(teacherOutputs)), nameof(teacherOutputs));
        Tensor student = Columns(MeasureInputs.Numbers(studentOutputs, nameof(studentOutputs)), nameof(studentOutputs));
        MeasureInputs.CheckSame(teacher, student, nameof(teacherOutputs), nameof(studentOutputs));
        return Of(teacher, student);
    }

    /// <inheritdoc/>
    public override string ToString() => Invariant($"correlation {Pearson:F4} over {Samples} samples");

    /// <summary>Of tensors that fit each other, (rows, columns).</summary>
    internal static Correlation Of(Tensor teacher, Tensor student)
    {
        var sums = new CorrelationSums(Device.Cpu);
        try
        {
            sums.Update(teacher, student);
            return new Correlation(sums, (int)teacher.shape[0]);
        }
        finally
        {
            sums.Release();
        }
    }

    private static Tensor Columns(Tensor numbers, string name) =>
        numbers.dim() switch
        {
            1 => numbers.unsqueeze(1),
            2 => numbers,
            _ => throw new ArgumentException(
                $"{name} has one row a sample, (samples, numbers) or (samples,), but its shape is {Shape.FromSizes(numbers.shape)}.",
                name
            ),
        };
}
