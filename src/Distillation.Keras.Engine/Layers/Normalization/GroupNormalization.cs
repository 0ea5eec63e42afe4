using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Normalises each sample, group of channels by group, to the mean 0 and the variance 1, in training and otherwise.
/// </summary>
/// <remarks>
/// Input and output (batch, ..., channels). Weights: <c>gamma</c> (if <c>scale</c>) and <c>beta</c> (if <c>center</c>), each (channels).
/// Source: <c>keras/src/layers/normalization/group_normalization.py</c>; Wu and He, arXiv 1803.08494.
/// </remarks>
public sealed class GroupNormalization : Layer
{
    private Variable? _gamma;
    private Variable? _beta;
    private int? _channels;

    /// <inheritdoc cref="GroupNormalization" path="/summary"/>
    /// <param name="groups">
    /// How many groups of neighbouring channels there are, of which the number of channels is a multiple; -1: each channel is one (instance
    /// normalisation).
    /// </param>
    /// <param name="axis">The axis of the channels; -1, the last, by default.</param>
    /// <param name="epsilon">Added to the variance; not negative.</param>
    /// <param name="center">Whether <c>beta</c> is added.</param>
    /// <param name="scale">Whether the result is multiplied by <c>gamma</c>.</param>
    /// <param name="beta_initializer">Makes beta; <c>"zeros"</c> by default.</param>
    /// <param name="gamma_initializer">Makes gamma; <c>"ones"</c> by default.</param>
    /// <param name="beta_regularizer">A penalty on beta.</param>
    /// <param name="gamma_regularizer">A penalty on gamma.</param>
    /// <param name="beta_constraint">Applied to beta after each step.</param>
    /// <param name="gamma_constraint">Applied to gamma after each step.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="groups"/> is neither positive nor -1, or <paramref name="epsilon"/> negative or not finite.
    /// </exception>
    public GroupNormalization(
        int groups = 32,
        int axis = -1,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? beta_initializer = null,
        Initializer? gamma_initializer = null,
        Regularizer? beta_regularizer = null,
        Regularizer? gamma_regularizer = null,
        Constraint? beta_constraint = null,
        Constraint? gamma_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        Groups = groups == -1 ? groups : Arguments.AtLeast(1, groups);
        Axis = axis;
        Epsilon = Arguments.NotNegative(epsilon);
        Center = center;
        Scale = scale;
        BetaInitializer = beta_initializer ?? "zeros";
        GammaInitializer = gamma_initializer ?? "ones";
        BetaRegularizer = beta_regularizer;
        GammaRegularizer = gamma_regularizer;
        BetaConstraint = beta_constraint;
        GammaConstraint = gamma_constraint;
    }

    /// <summary>How many groups there are; -1 becomes the number of channels when the weights are made.</summary>
    public int Groups { get; private set; }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

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

    /// <summary>The penalty on beta.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>The penalty on gamma.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>What is applied to beta after each step.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>What is applied to gamma after each step.</summary>
    public Constraint? GammaConstraint { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int rank = inputShape.Rank;
        if (rank < 2 || Axis < -rank || Axis >= rank || AxisOf(rank) == 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"GroupNormalization '{Name}' has its channels on axis {Axis}, which is one of its input's and not that of the batch, "
                        + $"but the input's shape is {inputShape}."
                )
            );
        }

        if (inputShape[Axis] is int channels && (channels == 0 || (Groups != -1 && channels % Groups != 0)))
        {
            throw new ArgumentException(
                Invariant(
                    $"GroupNormalization '{Name}' takes a number of channels that is a multiple of its groups, {Groups}, but there are "
                        + $"{channels} on axis {Axis}: the input's shape is {inputShape}."
                )
            );
        }

        if (_channels is int built && inputShape[Axis] is int found && found != built)
        {
            throw new ArgumentException(
                Invariant(
                    $"GroupNormalization '{Name}' was built for {built} channels, but the input's shape is {inputShape}, with {found} on "
                        + $"axis {Axis}."
                )
            );
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        int channels = inputShape.Known(Axis, $"GroupNormalization '{Name}'");
        Groups = Groups == -1 ? channels : Groups;
        _gamma = Scale ? AddWeight("gamma", channels, GammaInitializer, regularizer: GammaRegularizer, constraint: GammaConstraint) : null;
        _beta = Center ? AddWeight("beta", channels, BetaInitializer, regularizer: BetaRegularizer, constraint: BetaConstraint) : null;
        _channels = channels;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input.dtype.IsHalf() ? input.to(ScalarType.Float32) : input;
        int axis = AxisOf((int)x.dim());
        Tensor? beta = _beta?.Value.to(x.dtype);

        // libtorch takes no offset without a factor.
        Tensor? gamma = _gamma?.Value.to(x.dtype) ?? (beta is null ? null : ones_like(beta));
        Tensor y = nn.functional.group_norm(ChannelViews.Second(x, axis), Groups, gamma, beta, Epsilon);
        y = ChannelViews.Back(y, axis, input.shape);
        return (y.dtype == Dtype.ComputeType ? y : y.to(Dtype.ComputeType)).MoveToOuterDisposeScope();
    }

    private protected override bool IsOfType(Tensor input) => input.is_floating_point();

    private int AxisOf(int rank) => Axis < 0 ? Axis + rank : Axis;
}
