using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The number of the bin that each number falls into: how many boundaries it reaches.</summary>
/// <remarks>
/// <para>
/// Input (batch, ...) of any numbers, output of the same shape and int32, or rows as those of <see cref="CategoryEncoding"/>, with one
/// entry more than there are boundaries. A number equal to a boundary falls into the bin above it. The boundaries are given, or
/// learned by <see cref="Adapt"/>, such that all bins are about equally full. They are kept in the configuration.
/// </para>
/// <para>Source: <c>keras/src/layers/preprocessing/discretization.py</c>.</para>
/// </remarks>
public sealed class Discretization : Layer
{
    private double[]? _learned;

    /// <inheritdoc cref="Discretization" path="/summary"/>
    /// <param name="bin_boundaries">The boundaries in rising order; instead of <paramref name="num_bins"/>.</param>
    /// <param name="num_bins">How many bins <see cref="Adapt"/> is to make, at least 1.</param>
    /// <param name="epsilon">
    /// By how much a boundary that is learned may be off, as a share of the numbers; above 0, at most 1, 0.01 by default.
    /// </param>
    /// <param name="output_mode">
    /// <c>"int"</c> (the default): the bins' numbers; <c>"one_hot"</c>, <c>"multi_hot"</c> or <c>"count"</c>: rows.
    /// </param>
    /// <param name="sparse">Only <see langword="false"/>.</param>
    /// <param name="dtype">The type of rows.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <exception cref="ArgumentException">
    /// Not exactly one of boundaries and number of bins is given, boundaries fall or are not finite, or another argument is out of its
    /// range.
    /// </exception>
    /// <exception cref="NotSupportedException"><paramref name="sparse"/> is true.</exception>
    public Discretization(
        double[]? bin_boundaries = null,
        int? num_bins = null,
        double epsilon = 0.01,
        string output_mode = CategoricalEncoding.Int,
        bool sparse = false,
        DTypePolicy? dtype = null,
        string? name = null
    )
        : base(name, trainable: true, dtype)
    {
        ArgumentNullException.ThrowIfNull(output_mode);
        if (bin_boundaries is null == num_bins is null)
        {
            throw new ArgumentException(
                "Discretization takes either the boundaries of its bins, bin_boundaries, or how many bins Adapt is to make, num_bins, but "
                    + $"{(num_bins is null ? "neither" : "both")} are given.",
                nameof(bin_boundaries)
            );
        }

        GivenBoundaries = Checked(bin_boundaries);
        NumBins = Arguments.AtLeast(1, num_bins);
        Epsilon = Arguments.Within(Arguments.Positive(epsilon), 0, 1, nameof(epsilon));
        OutputMode = CategoricalEncoding.Mode(
            output_mode,
            CategoricalEncoding.Int,
            CategoricalEncoding.OneHot,
            CategoricalEncoding.MultiHot,
            CategoricalEncoding.Count
        );
        Sparse = CategoricalEncoding.NotSparse(sparse, nameof(Discretization));
    }

    /// <summary>The boundaries, given or learned; <see langword="null"/> before they are.</summary>
    [ConfigSource(nameof(GivenBoundaries))]
    public IReadOnlyList<double>? BinBoundaries => GivenBoundaries ?? _learned;

    /// <summary>How many bins are made.</summary>
    public int? NumBins { get; }

    /// <summary>By how much a learned boundary may be off.</summary>
    public double Epsilon { get; }

    /// <summary>What the output holds.</summary>
    public string OutputMode { get; }

    /// <summary>Always <see langword="false"/>.</summary>
    public bool Sparse { get; }

    internal double[]? GivenBoundaries { get; }

    private int? Depth => BinBoundaries?.Count + 1 ?? NumBins;

    /// <summary>Learns the boundaries from numbers, instead of those learned before.</summary>
    /// <param name="data">An array of any shape, several as batches, or a <see cref="DataSource"/>, of whose batches x is taken.</param>
    /// <param name="steps">At most so many batches; <see langword="null"/>: all.</param>
    /// <exception cref="InvalidOperationException">The boundaries were given.</exception>
    /// <exception cref="ArgumentException">There are no numbers, or some are NaN or infinite.</exception>
    public void Adapt(ArrayLike data, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (NumBins is not int bins)
        {
            throw new InvalidOperationException(
                $"The boundaries of '{Name}' were given, so that it learns none. Make it with num_bins to adapt it."
            );
        }

        QuantileSummary summary = QuantileSummary.Empty;
        AdaptBatches.ForEach(
            this,
            data,
            steps,
            batch =>
            {
                float[] values = batch.to(ScalarType.Float32).contiguous().data<float>().ToArray();
                summary = QuantileSummary.Of(values, Epsilon).Joined(summary, Epsilon);
            }
        );
        _learned = summary.Boundaries(bins);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return CategoricalEncoding.OutputShape(inputShape, OutputMode, Depth);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        config.Remove("trainable");
        config["bin_boundaries"] = ConfigWriter.ToJson(BinBoundaries, "bin_boundaries");
        config["dtype"] = DTypes.NameOf(Dtype.VariableType);
        return config;
    }

    internal static Discretization FromConfig(JsonObject config)
    {
        bool isLearned = config["bin_boundaries"] is not null && config["num_bins"] is not null;
        var arguments = (JsonObject)config.DeepClone();
        if (isLearned)
        {
            arguments.Remove("bin_boundaries");
        }

        var layer = (Discretization)ConfigReader.CreateByConstructor(typeof(Discretization), nameof(Discretization), arguments);
        layer._learned = isLearned
            ? Checked((double[]?)ConfigReader.Convert(config["bin_boundaries"], typeof(double[]), "Discretization: 'bin_boundaries'"))
            : null;
        return layer;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        double[] boundaries =
            GivenBoundaries
            ?? _learned
            ?? throw new InvalidOperationException($"'{Name}' has no boundaries yet. Call Adapt(data) first, or give it bin_boundaries.");
        using DisposeScope scope = NewDisposeScope();
        Tensor values = input.is_floating_point() ? input.to(Dtype.ComputeType.Wide()) : input.to(ScalarType.Float64);
        Tensor limits = tensor(boundaries, ScalarType.Float32, input.device).to(values.dtype);
        Tensor bins = bucketize(values.contiguous(), limits, outInt32: OutputMode == CategoricalEncoding.Int, right: true);
        return (
            OutputMode == CategoricalEncoding.Int
                ? bins
                : CategoricalEncoding.Encode(bins, OutputMode, boundaries.Length + 1, Dtype.ComputeType)
        ).MoveToOuterDisposeScope();
    }

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) =>
        OutputMode == CategoricalEncoding.Int ? "int32" : Dtype.ComputeName;

    private protected override bool IsOfType(Tensor input) => true;

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) { }

    private protected override void TakeLearned(Layer source) => _learned = ((Discretization)source)._learned;

    private static double[]? Checked(double[]? boundaries)
    {
        for (int i = 0; i < boundaries?.Length; i++)
        {
            Arguments.Finite(boundaries[i], "bin_boundaries");
            if (i > 0 && boundaries[i] < boundaries[i - 1])
            {
                throw new ArgumentException(
                    Invariant($"The boundaries of bins rise, but {boundaries[i]} comes after {boundaries[i - 1]}. Sort them."),
                    nameof(boundaries)
                );
            }
        }

        return boundaries is null ? null : [.. boundaries];
    }
}
