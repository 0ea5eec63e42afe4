using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Neuron selectivity transfer: the student's channels are to be distributed as the teacher's, measured by the squared maximum mean
/// discrepancy of their maps:
/// <c>mean k(t, t') + mean k(s, s') - 2 · mean k(s, t)</c>.
/// </summary>
/// <remarks>
/// <para>
/// Huang and Wang, Like What You Like: Knowledge Distill via Neuron Selectivity Transfer, arXiv 1707.01219. Each channel's map is flattened
/// and divided by its length; means are over pairs of channels, of each sample apart. The polynomial kernel with d = 2 and c = 0 is the
/// paper's choice among polynomials. The first mean is constant, as it contains the teacher alone; the authors' code leaves it out: same
/// gradient, other value. Code in use gives the term the weight 50.
/// </para>
/// <para>
/// Features are maps, (batch, height, width, channels), of any numbers of channels. Where height and width differ, the larger map is
/// averaged to the smaller one (<see cref="FeatureAdapter.Pooling"/>). A channel of zeros stays zero and gets no gradient. Immutable and
/// safe to share.
/// </para>
/// </remarks>
public sealed class NeuronSelectivityTransfer : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer.</param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="kernel">How alike two channels are.</param>
    /// <param name="degree">d of the polynomial kernel, at least 1.</param>
    /// <param name="constant">c of the polynomial kernel, not negative.</param>
    /// <param name="adapter">What is done where height and width differ; by default <see cref="FeatureAdapter.Pooling"/>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public NeuronSelectivityTransfer(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        NeuronSelectivityKernel kernel = NeuronSelectivityKernel.Polynomial,
        int degree = 2,
        double constant = 0,
        FeatureAdapter? adapter = null,
        string name = "neuron_selectivity_transfer"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Pooling), kernel, degree, constant, name) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, each with its adapter: <see cref="FeatureAdapter.Pooling"/> where height and width differ.</param>
    /// <param name="kernel">How alike two channels are.</param>
    /// <param name="degree">d of the polynomial kernel, at least 1.</param>
    /// <param name="constant">c of the polynomial kernel, not negative.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public NeuronSelectivityTransfer(
        IReadOnlyList<FeaturePair> pairs,
        NeuronSelectivityKernel kernel = NeuronSelectivityKernel.Polynomial,
        int degree = 2,
        double constant = 0,
        string name = "neuron_selectivity_transfer"
    )
        : base(name)
    {
        Features = FeatureTerms.Check(pairs);
        Kernel = Arguments.Defined(kernel, nameof(kernel));
        Degree = Arguments.AtLeast(1, degree);
        Constant = Arguments.NotNegative(constant);
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>How alike two channels are.</summary>
    public NeuronSelectivityKernel Kernel { get; }

    /// <summary>d of the polynomial kernel.</summary>
    public int Degree { get; }

    /// <summary>c of the polynomial kernel.</summary>
    public double Constant { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) =>
        FeatureTerms.Problems(this, shapes, FeatureRules.Maps | FeatureRules.Sizes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals) =>
        FeatureTerms.Sum(
            signals,
            FeatureRules.Maps | FeatureRules.Sizes,
            (teacher, student, _) =>
            {
                Tensor t = Channels(teacher);
                Tensor s = Channels(student);
                Tensor ofBoth = Products(s, t);
                Tensor? bandwidth =
                    Kernel == NeuronSelectivityKernel.Gaussian ? SquaredDistances(ofBoth, s, t).detach().mean([1, 2], keepdim: true) : null;
                return Of(Products(t, t), t, t, bandwidth).Plus(Of(Products(s, s), s, s, bandwidth)) - Of(ofBoth, s, t, bandwidth).Times(2);
            }
        );

    // The channels' maps of length 1, (batch, channels, positions).
    private static Tensor Channels(Tensor map) => Vectors.Unit(map.flatten(1, 2).transpose(1, 2));

    // x·y of all pairs of channels: (batch, a, positions) and (batch, b, positions) give (batch, a, b).
    private static Tensor Products(Tensor x, Tensor y) => x.matmul(y.transpose(1, 2));

    // ||x - y||² = ||x||² + ||y||² - 2 x·y, which rounding may bring below 0.
    private static Tensor SquaredDistances(Tensor products, Tensor x, Tensor y) =>
        (x.Squared().sum(-1L).unsqueeze(2).Plus(y.Squared().sum(-1L).unsqueeze(1)) - products.Times(2)).AtLeast(0);

    // The mean of the kernel over the pairs of channels, one value a sample.
    private Tensor Of(Tensor products, Tensor x, Tensor y, Tensor? bandwidth) =>
        (
            Kernel switch
            {
                NeuronSelectivityKernel.Linear => products,
                NeuronSelectivityKernel.Polynomial => Power(Constant == 0 ? products : products.Plus(Constant)),
                _ => (SquaredDistances(products, x, y) / NotZero(bandwidth!).Times(-2)).exp(),
            }
        ).mean([1, 2]);

    // Where all channels are alike, the distances are rounding alone, which must not be divided by itself.
    private static Tensor NotZero(Tensor bandwidth) =>
        where(bandwidth.IsAbove(bandwidth.dtype == ScalarType.Float64 ? 1e-14 : 1e-6), bandwidth, ones_like(bandwidth));

    private Tensor Power(Tensor x) =>
        Degree switch
        {
            1 => x,
            2 => x.Squared(),
            _ => x.ToThePower(Degree),
        };
}
