using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Normalises each channel: by the batch's mean and variance in training, by their moving averages otherwise.</summary>
/// <remarks>
/// <para>
/// Input and output (batch, ..., channels). Weights: <c>gamma</c> (if <c>scale</c>), <c>beta</c> (if <c>center</c>), and the statistics
/// <c>moving_mean</c> and <c>moving_variance</c>, each (channels). The variance is the batch's own (divided by n), in the moving average
/// too, as in Keras. A layer with <c>Trainable = false</c> works as at inference. With a mask over all axes but the last, the batch's mean
/// and variance are those of the entries that count.
/// </para>
/// <para>Source: <c>keras/src/layers/normalization/batch_normalization.py</c>; Ioffe and Szegedy, arXiv 1502.03167.</para>
/// </remarks>
public sealed partial class BatchNormalization : Layer
{
    // Keras' epsilon(): where nothing counts, mean and variance are 0.
    private const double NoneCounts = 1e-7;

    private Variable? _gamma;
    private Variable? _beta;
    private Variable? _movingMean;
    private Variable? _movingVariance;

    /// <inheritdoc cref="BatchNormalization" path="/summary"/>
    /// <param name="axis">The axis of the channels; -1, the last, by default, 1 for channels_first.</param>
    /// <param name="momentum">The weight of the old value in the moving averages, from 0 to 1.</param>
    /// <param name="epsilon">Added to the variance; not negative.</param>
    /// <param name="center">Whether <c>beta</c> is added.</param>
    /// <param name="scale">Whether the result is multiplied by <c>gamma</c>.</param>
    /// <param name="beta_initializer">Makes beta; <c>"zeros"</c> by default.</param>
    /// <param name="gamma_initializer">Makes gamma; <c>"ones"</c> by default.</param>
    /// <param name="moving_mean_initializer">Makes the moving mean; <c>"zeros"</c> by default.</param>
    /// <param name="moving_variance_initializer">Makes the moving variance; <c>"ones"</c> by default.</param>
    /// <param name="beta_regularizer">A penalty on beta.</param>
    /// <param name="gamma_regularizer">A penalty on gamma.</param>
    /// <param name="beta_constraint">Applied to beta after each step.</param>
    /// <param name="gamma_constraint">Applied to gamma after each step.</param>
    /// <param name="renorm">
    /// Whether batches are corrected, in training, by moving averages of their own, so that training and inference differ less (batch
    /// renormalisation: Ioffe, arXiv 1702.03275).
    /// </param>
    /// <param name="renorm_clipping">Bounds of that correction; by default there are none.</param>
    /// <param name="renorm_momentum">The weight of the old value in the averages that correct, from 0 to 1.</param>
    /// <param name="synchronized">
    /// Whether the statistics are those of the batch on all devices. A fit has one device here, so that they are.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes weights and statistics.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="momentum"/>, <paramref name="renorm_momentum"/> or <paramref name="epsilon"/> is out of its range.
    /// </exception>
    public BatchNormalization(
        int axis = -1,
        double momentum = 0.99,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? beta_initializer = null,
        Initializer? gamma_initializer = null,
        Initializer? moving_mean_initializer = null,
        Initializer? moving_variance_initializer = null,
        Regularizer? beta_regularizer = null,
        Regularizer? gamma_regularizer = null,
        Constraint? beta_constraint = null,
        Constraint? gamma_constraint = null,
        bool renorm = false,
        RenormClipping? renorm_clipping = null,
        double renorm_momentum = 0.99,
        bool synchronized = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        Axis = axis;
        Momentum = Arguments.Fraction(momentum);
        Epsilon = Arguments.NotNegative(epsilon);
        Center = center;
        Scale = scale;
        BetaInitializer = beta_initializer ?? "zeros";
        GammaInitializer = gamma_initializer ?? "ones";
        MovingMeanInitializer = moving_mean_initializer ?? "zeros";
        MovingVarianceInitializer = moving_variance_initializer ?? "ones";
        BetaRegularizer = beta_regularizer;
        GammaRegularizer = gamma_regularizer;
        BetaConstraint = beta_constraint;
        GammaConstraint = gamma_constraint;
        Synchronized = synchronized;
        Renorm = renorm;
        RenormClipping = renorm ? renorm_clipping ?? new RenormClipping() : renorm_clipping;
        RenormMomentum = Arguments.Fraction(renorm_momentum);
    }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

    /// <summary>The weight of the old value in the moving averages.</summary>
    public double Momentum { get; }

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Whether <c>beta</c> is added.</summary>
    public bool Center { get; }

    /// <summary>Whether the result is multiplied by <c>gamma</c>.</summary>
    public bool Scale { get; }

    /// <summary>What makes beta.</summary>
    public Initializer BetaInitializer { get; }

    /// <summary>What makes gamma.</summary>
    public Initializer GammaInitializer { get; }

    /// <summary>What makes the moving mean.</summary>
    public Initializer MovingMeanInitializer { get; }

    /// <summary>What makes the moving variance.</summary>
    public Initializer MovingVarianceInitializer { get; }

    /// <summary>The penalty on beta.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>The penalty on gamma.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>What is applied to beta after each step.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>What is applied to gamma after each step.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>Whether the statistics are those of the batch on all devices.</summary>
    public bool Synchronized { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (Axis < -inputShape.Rank || Axis >= inputShape.Rank)
        {
            throw new ArgumentException(
                Invariant(
                    $"BatchNormalization '{Name}' has its channels on axis {Axis}, but its input has {inputShape.Rank} axes: the shape "
                        + $"is {inputShape}."
                )
            );
        }

        if (inputShape[Axis] == 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"BatchNormalization '{Name}' needs at least one channel, but its input has none on axis {Axis}: the shape is "
                        + $"{inputShape}."
                )
            );
        }

        if (_movingMean is not null && inputShape[Axis] is int channels && channels != _movingMean.Shape[0])
        {
            throw new ArgumentException(
                Invariant(
                    $"BatchNormalization '{Name}' was built for {_movingMean.Shape[0]} channels, but the input's shape is {inputShape}, "
                        + $"with {channels} on axis {Axis}."
                )
            );
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int channels = inputShape.Known(Axis, $"BatchNormalization '{Name}'");
        _gamma = Scale ? AddWeight("gamma", channels, GammaInitializer, regularizer: GammaRegularizer, constraint: GammaConstraint) : null;
        _beta = Center ? AddWeight("beta", channels, BetaInitializer, regularizer: BetaRegularizer, constraint: BetaConstraint) : null;
        _movingMean = AddWeight("moving_mean", channels, MovingMeanInitializer, trainable: false);
        _movingVariance = AddWeight("moving_variance", channels, MovingVarianceInitializer, trainable: false);
        BuildRenorm(channels);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return Compute(input, null, context);
    }

    private protected override Tensor ForwardMasked(Tensor input, Tensor mask, CallContext context)
    {
        long[] sizes = input.shape;
        long[] masked = mask.shape;
        return masked.Length == sizes.Length - 1 && !masked.Where((size, i) => size != 1 && size != sizes[i]).Any()
            ? Compute(input, mask, context)
            : throw new ArgumentException(
                $"BatchNormalization '{Name}' takes a mask over all axes but the last of its input, but the input has the shape "
                    + $"{Shape.FromSizes(sizes)} and the mask {Shape.FromSizes(masked)}.",
                nameof(mask)
            );
    }

    private Tensor Compute(Tensor input, Tensor? mask, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] shape = input.shape;
        ScalarType type = input.dtype;
        input = Wide(input);
        int axis = Axis < 0 ? Axis + shape.Length : Axis;

        Tensor x = ChannelViews.Second(input, axis);
        Tensor y =
            !(context.Training && Trainable) ? Normalize(x, Wide(_movingMean!.Value), Wide(_movingVariance!.Value))
            : mask is null ? Train(x, input.numel() / shape[axis])
            : Train(x, ChannelViews.Second(Masks.AsBool(mask).unsqueeze(-1).expand(shape), axis));
        y = type.IsHalf() ? y.to(type) : y;
        return ChannelViews.Back(y, axis, shape).MoveToOuterDisposeScope();
    }

    private Tensor Normalize(Tensor x, Tensor mean, Tensor variance) =>
        nn.functional.batch_norm(x, mean, variance, Wide(_gamma), Wide(_beta), training: false, momentum: 0, eps: Epsilon);

    // Sums of many numbers of 16 bits overflow or lose their digits: the statistics and what is computed with them are in float32, as in
    // Keras.
    private static Tensor Wide(Tensor values) => values.dtype.IsHalf() ? values.to(ScalarType.Float32) : values;

    private static Tensor? Wide(Variable? weight) => weight is null ? null : Wide(weight.Value);

    private static void Move(Variable average, Tensor batch, double momentum)
    {
        Tensor value = average.Value;
        if (value.dtype == batch.dtype)
        {
            value.Scale(momentum).AddScaled(batch, 1 - momentum);
        }
        else
        {
            value.copy_(Wide(value).Times(momentum).AddScaled(batch, 1 - momentum));
        }
    }

    private Tensor Train(Tensor x, long count)
    {
        long channels = x.shape[1];
        Tensor mean = zeros(channels, x.dtype, x.device);
        Tensor variance = zeros(channels, x.dtype, x.device);
        Tensor y;
        if (count > 1)
        {
            // With a momentum of 1 libtorch leaves the batch's own statistics in its running ones; its variance is divided by n - 1.
            (Tensor? gamma, Tensor? beta) = Renorm ? (null, null) : (Wide(_gamma), Wide(_beta));
            y = nn.functional.batch_norm(x, mean, variance, gamma, beta, training: true, momentum: 1, eps: Epsilon);
            variance = variance.detach().Times((count - 1) / (double)count);
        }
        else
        {
            // One value is its own mean: the result is beta, and the input's gradient is 0. libtorch refuses it.
            using (no_grad())
            {
                mean.Accumulate(x.sum([0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(i => (long)i)]));
            }

            y = Renorm ? x.Times(0) : Normalize(x.Times(0), zeros_like(mean), variance);
        }

        if (Renorm)
        {
            return Corrected(y, mean, variance);
        }

        Gather(mean, variance);
        return y;
    }

    /// <summary>Normalises by the mean and variance of the entries that count. (libtorch knows no masks.)</summary>
    private Tensor Train(Tensor x, Tensor counts)
    {
        long[] axes = [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(i => (long)i)];
        Tensor without = counts.logical_not();
        Tensor number = counts.to_type(x.dtype).sum(axes, keepdim: true).Plus(NoneCounts);
        Tensor mean = x.Replaced(without, 0).sum(axes, keepdim: true).div(number);
        Tensor centred = x.sub(mean);
        Tensor variance = centred.Replaced(without, 0).Squared().sum(axes, keepdim: true).div(number);
        long[] perChannel = mean.shape;
        Tensor y = centred.mul(variance.Plus(Epsilon).rsqrt());
        if (Renorm)
        {
            return Corrected(y, mean.detach().flatten(), variance.detach().flatten());
        }

        y = _gamma is null ? y : y.mul(Wide(_gamma)!.reshape(perChannel));
        y = _beta is null ? y : y.Plus(Wide(_beta)!.reshape(perChannel));
        Gather(mean.detach().flatten(), variance.detach().flatten());
        return y;
    }

    private void Gather(Tensor mean, Tensor variance)
    {
        using IDisposable noGrad = no_grad();
        Move(_movingMean!, mean, Momentum);
        Move(_movingVariance!, variance, Momentum);
    }
}
