using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Shifts and scales numbers to a mean of 0 and a variance of 1: (x - mean) / sqrt(variance).</summary>
/// <remarks>
/// <para>
/// Input (batch, ...), output of the same shape in the layer's type. Mean and variance are given, or learned by <see cref="Adapt"/>; until
/// then they are 0 and 1, and the layer changes nothing. Weights where they are not given: <c>mean</c> and <c>variance</c>, in the shape of
/// the axes, and <c>count</c>, which Keras keeps at 0. A deviation is taken to be at least 1e-7, so that what does not vary becomes 0.
/// </para>
/// <para>Source: <c>keras/src/layers/preprocessing/normalization.py</c>.</para>
/// </remarks>
[ConfigNull("axis", "[]")]
public sealed class Normalization : Layer
{
    // Keras' epsilon().
    private const double LeastDeviation = 1e-7;

    private Variable? _mean;
    private Variable? _variance;

    /// <inheritdoc cref="Normalization" path="/summary"/>
    /// <param name="axis">
    /// The axes that have a mean and a variance for each place on them: -1 (the default), the features of tables and the channels of
    /// images.
    /// <see cref="NormalizationAxes.None"/> is Keras' None: one mean and one variance of all. Mind that C#'s <see langword="null"/> is the
    /// default, -1; null in a configuration is Keras' None.
    /// </param>
    /// <param name="mean">
    /// One number, or an array that broadcasts to the axes; only together with <paramref name="variance"/>, and of the same shape.
    /// </param>
    /// <param name="variance">Likewise; not negative.</param>
    /// <param name="invert">Whether it goes the other way: x * sqrt(variance) + mean.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect on mean and variance, which training does not change.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">
    /// One of <paramref name="mean"/> and <paramref name="variance"/> is given alone, their shapes differ or have more axes than
    /// <paramref name="axis"/>, or a variance is negative.
    /// </exception>
    public Normalization(
        NormalizationAxes? axis = null,
        NormalizationStatistic? mean = null,
        NormalizationStatistic? variance = null,
        bool invert = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        Axis = axis ?? -1;
        Mean = mean;
        Variance = variance;
        Invert = invert;
        if (mean is null != variance is null)
        {
            throw new ArgumentException(
                $"Normalization takes mean and variance together, but only the {(mean is null ? "variance" : "mean")} is given.",
                mean is null ? nameof(mean) : nameof(variance)
            );
        }

        if (mean is not null && (mean.Shape != variance!.Shape || mean.Shape.Rank > Axis.Count))
        {
            throw new ArgumentException(
                Invariant(
                    $"The mean and the variance of Normalization have one shape, of at most as many axes as 'axis' names, {Axis.Count}, "
                        + $"but theirs are {mean.Shape} and {variance.Shape}."
                ),
                nameof(mean)
            );
        }

        if (variance?.Values.Any(v => v < 0) == true)
        {
            throw new ArgumentException("A variance is not negative, but one is given that is.", nameof(variance));
        }
    }

    /// <summary>The axes that have a mean and a variance for each place on them.</summary>
    public NormalizationAxes Axis { get; }

    /// <summary>The mean that was given; what was learned is in the weights.</summary>
    public NormalizationStatistic? Mean { get; }

    /// <summary>The variance that was given; what was learned is in the weights.</summary>
    public NormalizationStatistic? Variance { get; }

    /// <summary>Whether it goes the other way.</summary>
    public bool Invert { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <summary>Learns mean and variance from numbers, instead of those learned before. Makes the weights where they are missing.</summary>
    /// <param name="data">
    /// An array, batch first, several as batches, or a <see cref="DataSource"/>, of whose batches x is taken. Batches need not be equally
    /// large.
    /// </param>
    /// <exception cref="InvalidOperationException">Mean and variance were given.</exception>
    /// <exception cref="ArgumentException">
    /// There is no data, it does not have the shape that the layer was built for, or numbers are NaN or infinite.
    /// </exception>
    public void Adapt(ArrayLike data)
    {
        if (Mean is not null)
        {
            throw new InvalidOperationException(
                $"Mean and variance of '{Name}' were given, so that it learns none. Make it without them to adapt it."
            );
        }

        using DisposeScope scope = NewDisposeScope();
        double count = 0;
        Tensor mean = zeros(0);
        Tensor variance = zeros(0);
        AdaptBatches.ForEach(
            this,
            data,
            null,
            batch =>
            {
                Shape shape = Shape.FromSizes(batch.shape);
                ComputeOutputShape(shape);
                EnsureBuilt([shape]);
                int[] kept = Kept(shape);
                (Tensor batchMean, Tensor batchVariance) = Moments(batch, kept);
                batchMean = batchMean.reshape(_mean!.Value.shape);
                batchVariance = batchVariance.reshape(_mean.Value.shape);

                // The share of the batch among all that came so far, as Keras counts it.
                double added = (double)batch.numel() / batchMean.numel();
                double share = added / (count += added);
                if (share < 1)
                {
                    Tensor joined = mean.Times(1 - share).Plus(batchMean.Times(share));
                    batchVariance = variance
                        .Plus(mean.sub(joined).Squared())
                        .Times(1 - share)
                        .Plus(batchVariance.Plus(batchMean.sub(joined).Squared()).Times(share));
                    batchMean = joined;
                }

                mean = batchMean.MoveToOuterDisposeScope();
                variance = batchVariance.MoveToOuterDisposeScope();
            }
        );
        _mean!.Assign(mean);
        _variance!.Assign(variance);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] kept = Kept(inputShape);
        if (_mean is not null && !_mean.Shape.IsCompatibleWith(new Shape(kept.Select(a => inputShape[a]))))
        {
            throw new ArgumentException(
                $"Normalization '{Name}' was built for {_mean.Shape} on the axes {Axis}, but the shape is {inputShape}."
            );
        }

        if (Mean is { Shape.Rank: > 0 } given)
        {
            // From the last axis on, as arrays broadcast.
            for (int i = 1; i <= given.Shape.Rank; i++)
            {
                if (given.Shape[^i] != 1 && inputShape[kept[^i]] is int size && size != given.Shape[^i])
                {
                    throw new ArgumentException(
                        $"The mean and variance of Normalization '{Name}' have the shape {given.Shape} for the axes {Axis}, but its input "
                            + $"has the shape {inputShape}."
                    );
                }
            }
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int[] sizes = Array.ConvertAll(Kept(inputShape), a => inputShape.Known(a, $"Normalization '{Name}'"));
        if (Mean is null)
        {
            _mean = AddWeight("mean", new Shape(sizes), "zeros", trainable: false);
            _variance = AddWeight("variance", new Shape(sizes), "ones", trainable: false);
            AddCount("count", ScalarType.Int32);
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        int[] kept = Kept(Shape.FromSizes(input.shape));
        Tensor mean = Broadcast(_mean, Mean, input, kept);
        Tensor deviation = Broadcast(_variance, Variance, input, kept).sqrt().AtLeast(LeastDeviation);
        return (Invert ? input.mul(deviation).Plus(mean) : input.sub(mean).div(deviation)).MoveToOuterDisposeScope();
    }

    private protected override void TakeLearned(Layer source)
    {
        var other = (Normalization)source;
        if (other._mean is null)
        {
            return;
        }

        EnsureBuilt(other.BuildShapes);
        foreach ((Variable own, Variable theirs) in Weights.Zip(other.Weights).Where(p => !ReferenceEquals(p.First, p.Second)))
        {
            own.Path = theirs.Path;
            own.Assign(theirs.Value);
        }
    }

    // Mean and variance of a batch for each place on some axes, float64. Float32 is added up in float32, as in Keras.
    private static (Tensor Mean, Tensor Variance) Moments(Tensor batch, int[] kept)
    {
        long[] sizes = batch.shape;
        if (batch.dtype != ScalarType.Float32)
        {
            long[] reduced = [.. Enumerable.Range(0, sizes.Length).Except(kept).Select(i => (long)i)];
            Tensor wide = batch.to(ScalarType.Float64);
            Tensor center = reduced.Length == 0 ? wide : wide.mean(reduced, keepdim: true);
            Tensor squares = wide.sub(center).Squared();
            return (center, reduced.Length == 0 ? squares : squares.mean(reduced));
        }

        long count = batch.numel();
        float[] values = batch.contiguous().data<float>().ToArray();
        float[] means = Float32Sums.Of(values, sizes, kept);
        count /= means.Length;
        means = Array.ConvertAll(means, s => s / count);
        long[] broadcast = [.. sizes.Select((size, axis) => kept.Contains(axis) ? size : 1)];
        Tensor mean = tensor(means, broadcast, device: CPU);
        float[] distances = batch.sub(mean).Squared().contiguous().data<float>().ToArray();
        float[] variances = Array.ConvertAll(Float32Sums.Of(distances, sizes, kept), s => s / count);
        return (mean.to(ScalarType.Float64), tensor(variances, device: CPU).to(ScalarType.Float64));
    }

    private Tensor Broadcast(Variable? learned, NormalizationStatistic? given, Tensor input, int[] kept)
    {
        Tensor values = learned is not null
            ? Autocast(learned)
            : tensor([.. given!.Values], given.Shape.ToSizes(), Dtype.ComputeType, input.device);
        long[] sizes = [.. Enumerable.Repeat(1L, (int)input.dim())];
        for (int i = 1; i <= values.dim(); i++)
        {
            sizes[kept[^i]] = values.shape[^i];
        }

        return values.reshape(sizes);
    }

    // In rising order, none negative.
    private int[] Kept(Shape shape)
    {
        int[] kept = [.. Axis.Select(a => a < 0 ? a + shape.Rank : a).Order()];
        return kept.All(a => a >= 0 && a < shape.Rank) && kept.Distinct().Count() == kept.Length
            ? kept
            : throw new ArgumentException(
                Invariant(
                    $"The axes of Normalization '{Name}' are from {-shape.Rank} to below {shape.Rank} for a tensor with {shape.Rank} axes, "
                        + $"each at most once, but they are {Axis} and the shape is {shape}."
                )
            );
    }
}
