namespace Distillation.Keras.Objectives;

/// <summary>
/// Variational information distillation (VID): the student's feature is to tell as much as it can about the teacher's, by a bound of their
/// mutual information:
/// <c>sum of 1/2 · ((t - μ(s))² / var + log var)</c>, with <c>var = softplus(α) + ε</c> for each of the teacher's channels.
/// </summary>
/// <remarks>
/// <para>
/// Ahn, Hu, Damianou, Lawrence and Dai, Variational Information Distillation for Knowledge Transfer, arXiv 1904.05835: the negative
/// logarithm of its Gaussian q(t | s), without the constant 1/2 · log 2π: a sum over the elements. The code in use takes their mean
/// (<see cref="ElementReduction.Mean"/>). The regressor μ and α are trained with the student; some code forgets to train α, so that the
/// variance stays at its start.
/// </para>
/// <para>
/// μ is three 1x1 convolutions without bias with ReLU between them, as in the authors' code; for flat features dense layers of the same
/// kind. <c>regressorLayers: 1</c> makes it linear. Features are maps, (batch, height, width, channels), or flat, (batch, width), of any
/// numbers of channels. Where height and width differ, the larger map is averaged to the smaller one
/// (<see cref="FeatureAdapter.Pooling"/>). Immutable and safe to share: μ and α belong to the fit.
/// </para>
/// </remarks>
public sealed class VariationalInformationDistillation : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer.</param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="regressorLayers">How many layers μ has, at least 1.</param>
    /// <param name="hiddenChannels">The channels between the layers of μ; by default as many as the teacher's feature has.</param>
    /// <param name="initialVariance">The variance at the start, above epsilon; 5 in the paper.</param>
    /// <param name="epsilon">ε, the least variance, positive.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="adapter">What is done where height and width differ; by default <see cref="FeatureAdapter.Pooling"/>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public VariationalInformationDistillation(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        int regressorLayers = 3,
        int? hiddenChannels = null,
        double initialVariance = 5,
        double epsilon = 1e-5,
        ElementReduction reduction = ElementReduction.Sum,
        FeatureAdapter? adapter = null,
        string name = "variational_information_distillation"
    )
        : this(
            FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Pooling),
            regressorLayers,
            hiddenChannels,
            initialVariance,
            epsilon,
            reduction,
            name
        ) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them, each with a μ and an α of its own.</summary>
    /// <param name="pairs">The layers, each with its adapter: <see cref="FeatureAdapter.Pooling"/> where height and width differ.</param>
    /// <param name="regressorLayers">How many layers μ has, at least 1.</param>
    /// <param name="hiddenChannels">The channels between the layers of μ; by default as many as the teacher's feature has.</param>
    /// <param name="initialVariance">The variance at the start, above epsilon; 5 in the paper.</param>
    /// <param name="epsilon">ε, the least variance, positive.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public VariationalInformationDistillation(
        IReadOnlyList<FeaturePair> pairs,
        int regressorLayers = 3,
        int? hiddenChannels = null,
        double initialVariance = 5,
        double epsilon = 1e-5,
        ElementReduction reduction = ElementReduction.Sum,
        string name = "variational_information_distillation"
    )
        : base(name)
    {
        Features = FeatureTerms.Check(pairs);
        RegressorLayers = Arguments.AtLeast(1, regressorLayers);
        HiddenChannels = hiddenChannels is int channels ? Arguments.AtLeast(1, channels, nameof(hiddenChannels)) : null;
        Epsilon = Arguments.Positive(epsilon);
        InitialVariance =
            initialVariance > epsilon && Arguments.IsFinite(initialVariance)
                ? initialVariance
                : throw new ArgumentOutOfRangeException(
                    nameof(initialVariance),
                    initialVariance,
                    Invariant($"The variance at the start is a finite number above epsilon, {epsilon}.")
                );
        Reduction = Arguments.Defined(reduction, nameof(reduction));
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>How many layers μ has.</summary>
    public int RegressorLayers { get; }

    /// <summary>The channels between the layers of μ; <see langword="null"/>: as many as the teacher's feature has.</summary>
    public int? HiddenChannels { get; }

    /// <summary>The variance at the start.</summary>
    public double InitialVariance { get; }

    /// <summary>ε, the least variance.</summary>
    public double Epsilon { get; }

    /// <summary>How the elements' values become one.</summary>
    public ElementReduction Reduction { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => FeatureTerms.Problems(this, shapes, FeatureRules.Sizes);

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new BoundVariationalInformation(this, binding);
    }
}
