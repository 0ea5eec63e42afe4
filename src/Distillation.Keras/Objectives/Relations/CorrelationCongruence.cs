using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Correlation congruence: the samples of a batch are to correlate in the student as they do in the teacher, <c>‖K_S - K_T‖² / b²</c>.
/// </summary>
/// <remarks>
/// <para>
/// Peng et al., Correlation Congruence for Knowledge Distillation, arXiv 1904.01802, section 3. K_ij is the correlation of samples i and j:
/// a Gaussian of features of unit length by its Taylor series
/// <c>Σ_{p=0..P} exp(-2γ) (2γ)^p / p! · (x·y)^p</c> with γ = 0.4 and P = 2 as in the paper (the default), or
/// <see cref="CorrelationKernel.Bilinear"/>, the scalar product. A feature of zeros stays zero.
/// </para>
/// <para>
/// <see cref="CorrelationKernel.Consecutive"/> is not the paper's: it is a stand-in of widespread code, here to repeat its results. Its
/// value is the mean over the b - 1 pairs of neighbours in the batch; each pair counts half for each of its samples.
/// </para>
/// <para>Immutable and safe to share.</para>
/// </remarks>
public sealed class CorrelationCongruence : RelationObjective
{
    /// <inheritdoc cref="CorrelationCongruence" path="/summary"/>
    /// <param name="teacherLayer">The teacher's layer; its output has any rank.</param>
    /// <param name="studentLayer">
    /// The student's layer; its output has any rank and, but for <see cref="CorrelationKernel.Consecutive"/>, any width.
    /// </param>
    /// <param name="kernel">How the correlation is measured.</param>
    /// <param name="gamma">γ of the Gaussian, positive.</param>
    /// <param name="order">P, the highest power of the Gaussian's Taylor series, at least 1.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public CorrelationCongruence(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        CorrelationKernel kernel = CorrelationKernel.Gaussian,
        double gamma = 0.4,
        int order = 2,
        string name = "correlation_congruence"
    )
        : base(teacherLayer, studentLayer, name)
    {
        Kernel = Arguments.Defined(kernel, nameof(kernel));
        Gamma = Arguments.Positive(gamma);
        Order = Arguments.AtLeast(1, order);
    }

    /// <summary>How the correlation is measured.</summary>
    public CorrelationKernel Kernel { get; }

    /// <summary>γ of the Gaussian.</summary>
    public double Gamma { get; }

    /// <summary>The highest power of the Gaussian's Taylor series.</summary>
    public int Order { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        FeatureShapes features = shapes.Features[0];
        if (
            Kernel == CorrelationKernel.Consecutive
            && Width(features.Teacher) is long teacher
            && Width(features.Student) is long student
            && teacher != student
        )
        {
            yield return Invariant(
                $"Correlation congruence of consecutive samples compares features number by number, so they have one size, but a sample "
                    + $"of {TeacherLayer} (teacher) has {teacher} numbers, shape {features.Teacher}, and one of {StudentLayer} (student) "
                    + $"{student}, shape {features.Student}. Take layers of one size, or CorrelationKernel.Gaussian, which takes any."
            );
        }
    }

    private protected override Tensor Rows(Tensor student, Tensor teacher)
    {
        if (Kernel != CorrelationKernel.Consecutive)
        {
            return (Correlations(student) - Correlations(teacher)).Squared().sum(1L).Over(student.shape[0]);
        }

        // Sizes that are unknown before the fit may turn out to differ.
        return student.shape[1] == teacher.shape[1]
            ? Consecutive((student - teacher).abs())
            : throw new InvalidOperationException(
                Invariant(
                    $"Correlation congruence of consecutive samples compares features number by number, so they have one size, but here "
                        + $"a sample of {TeacherLayer} (teacher) has {teacher.shape[1]} numbers and one of {StudentLayer} (student) "
                        + $"{student.shape[1]}. Take layers of one size, or CorrelationKernel.Gaussian, which takes any."
                )
            );
    }

    private Tensor Correlations(Tensor rows) =>
        Kernel == CorrelationKernel.Bilinear ? Vectors.Products(rows) : Gaussian(Vectors.Products(Vectors.Unit(rows)));

    // Horner's scheme for the series in the cosine.
    private Tensor Gaussian(Tensor cosines)
    {
        double[] coefficients = new double[Order + 1];
        coefficients[0] = Math.Exp(-2 * Gamma);
        for (int p = 1; p <= Order; p++)
        {
            coefficients[p] = coefficients[p - 1] * 2 * Gamma / p;
        }

        Tensor sum = cosines.Times(coefficients[Order]).Plus(coefficients[Order - 1]);
        for (int p = Order - 2; p >= 0; p--)
        {
            sum = (sum * cosines).Plus(coefficients[p]);
        }

        return sum;
    }

    private static Tensor Consecutive(Tensor differences)
    {
        long b = differences.shape[0];
        Tensor pairs = (differences.narrow(0, 0, b - 1) * differences.narrow(0, 1, b - 1)).sum(1L);
        Tensor none = zeros_like(pairs.narrow(0, 0, 1));
        return cat([pairs, none], 0).Plus(cat([none, pairs], 0)).Times(b / (2.0 * (b - 1)));
    }

    private static long? Width(Shape feature) => new Shape(feature.Skip(1)).ElementCount;
}
