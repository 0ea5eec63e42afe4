using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Normalises each sample along some of its axes to the mean 0 and the variance 1, in training and otherwise.</summary>
/// <remarks>
/// Input and output (batch, ...). Weights: <c>gamma</c> (if <c>scale</c>) and <c>beta</c> (if <c>center</c>), of the sizes along the axes.
/// Source: <c>keras/src/layers/normalization/layer_normalization.py</c>; Ba et al., arXiv 1607.06450.
/// </remarks>
public sealed class LayerNormalization : BaseAxisNormalization
{
    private Variable? _gamma;
    private Variable? _beta;

    /// <inheritdoc cref="LayerNormalization" path="/summary"/>
    /// <param name="axis">The axis, or axes, that are normalised; -1, the last, by default.</param>
    /// <param name="epsilon">Added to the variance; not negative.</param>
    /// <param name="center">Whether <c>beta</c> is added.</param>
    /// <param name="scale">Whether the result is multiplied by <c>gamma</c>.</param>
    /// <param name="beta_initializer">Makes beta; <c>"zeros"</c> by default.</param>
    /// <param name="gamma_initializer">Makes gamma; <c>"ones"</c> by default.</param>
    /// <param name="beta_regularizer">A penalty on beta.</param>
    /// <param name="gamma_regularizer">A penalty on gamma.</param>
    /// <param name="beta_constraint">Applied to beta after each step.</param>
    /// <param name="gamma_constraint">Applied to gamma after each step.</param>
    /// <param name="rms_scaling">
    /// Whether the mean stays, so that values are divided by their deviation alone; there is a gamma then, and no beta. Of older files:
    /// <see cref="RMSNormalization"/> is what its name says.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is negative or not finite.</exception>
    public LayerNormalization(
        Axes? axis = null,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? beta_initializer = null,
        Initializer? gamma_initializer = null,
        Regularizer? beta_regularizer = null,
        Regularizer? gamma_regularizer = null,
        Constraint? beta_constraint = null,
        Constraint? gamma_constraint = null,
        bool rms_scaling = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(axis, name, trainable, dtype)
    {
        Epsilon = Arguments.NotNegative(epsilon);
        Center = center;
        Scale = scale;
        BetaInitializer = beta_initializer ?? "zeros";
        GammaInitializer = gamma_initializer ?? "ones";
        BetaRegularizer = beta_regularizer;
        GammaRegularizer = gamma_regularizer;
        BetaConstraint = beta_constraint;
        GammaConstraint = gamma_constraint;
        RmsScaling = rms_scaling;
    }

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

    /// <summary>Whether the mean stays.</summary>
    public bool RmsScaling { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Shape sizes = SortAxes(inputShape);
        _gamma =
            Scale || RmsScaling
                ? AddWeight("gamma", sizes, GammaInitializer, regularizer: GammaRegularizer, constraint: GammaConstraint)
                : null;
        _beta =
            Center && !RmsScaling
                ? AddWeight("beta", sizes, BetaInitializer, regularizer: BetaRegularizer, constraint: BetaConstraint)
                : null;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Wide(input);
        int rank = (int)x.dim();
        int[] axes = Ascending(rank);
        long[] sizes = Array.ConvertAll(axes, a => x.shape[a]);

        // libtorch normalises the last axes.
        bool areLast = axes[0] == rank - axes.Length;
        int[] order = [.. Enumerable.Range(0, rank).Except(axes), .. axes];
        Tensor y = Normalize(areLast ? x : x.permute(Array.ConvertAll(order, a => (long)a)), sizes);
        y = areLast ? y : y.permute([.. Enumerable.Range(0, rank).Select(axis => (long)Array.IndexOf(order, axis))]);
        return Narrow(y).MoveToOuterDisposeScope();
    }

    private protected override bool IsOfType(Tensor input) => input.is_floating_point();

    private Tensor Normalize(Tensor x, long[] sizes)
    {
        Tensor? gamma = As(_gamma, x.dtype, sizes);
        if (!RmsScaling)
        {
            return nn.functional.layer_norm(x, sizes, gamma, As(_beta, x.dtype, sizes), Epsilon);
        }

        long[] last = [.. Enumerable.Range(1, sizes.Length).Select(i => (long)-i)];
        return x.mul(x.Variance(last).Plus(Epsilon).rsqrt()).mul(gamma!);
    }

    // Of axes that are not given in order, Keras takes the weight's numbers one by one, too.
    private static Tensor? As(Variable? weight, ScalarType type, long[] sizes)
    {
        if (weight is null)
        {
            return null;
        }

        Tensor value = weight.DType == type ? weight.Value : weight.Value.to(type);
        return sizes.Length == 1 ? value : value.reshape(sizes);
    }
}
