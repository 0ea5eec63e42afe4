using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Ftrl: follow the regularized leader, a rule for big models of rare features that can leave weights at exactly 0.</summary>
/// <remarks>
/// Slots: <c>accumulator</c>, <c>linear</c>. It makes the weights anew from its slots at each step. Not thread-safe.
/// Source: <c>keras/src/optimizers/ftrl.py</c>; McMahan et al., "Ad Click Prediction: a View from the Trenches".
/// </remarks>
[Identifiers("ftrl")]
public class Ftrl : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Ftrl" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="learning_rate_power">
    /// How the rate falls with the sums of squared gradients; not above 0, which keeps it as it is.
    /// </param>
    /// <param name="initial_accumulator_value">Where the sums of squared gradients start; not negative.</param>
    /// <param name="l1_regularization_strength">The strength of the L1 penalty; not negative.</param>
    /// <param name="l2_regularization_strength">The strength of the L2 penalty; not negative.</param>
    /// <param name="l2_shrinkage_regularization_strength">
    /// The strength of a penalty of magnitudes alone, which enters the gradient; not negative.
    /// </param>
    /// <param name="beta">A number of the paper that adds <c>beta / (2 * learning_rate)</c> to the L2 penalty.</param>
    /// <param name="weight_decay">
    /// Each step takes <c>weight * weight_decay * learning_rate</c> away from each weight. <c>null</c>: none.
    /// </param>
    /// <param name="clipnorm">The largest norm that the gradient of one weight may have.</param>
    /// <param name="clipvalue">The largest magnitude that an entry of a gradient may have.</param>
    /// <param name="global_clipnorm">The largest norm that all gradients together may have.</param>
    /// <param name="use_ema">Whether moving averages of the weights are kept.</param>
    /// <param name="ema_momentum">How much of the average stays at each step, from 0 to 1.</param>
    /// <param name="ema_overwrite_frequency">
    /// After how many steps the weights are set to their averages; <c>null</c>: when training ends.
    /// </param>
    /// <param name="loss_scale_factor">What the loss is multiplied by and the gradients are divided by.</param>
    /// <param name="gradient_accumulation_steps">After how many calls the weights change, by the mean of the gradients; at least 2.</param>
    /// <param name="name">Its name. <c>null</c>: an automatic one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">More than one way to clip is given.</exception>
    public Ftrl(
        LearningRate? learning_rate = null,
        double learning_rate_power = -0.5,
        double initial_accumulator_value = 0.1,
        double l1_regularization_strength = 0.0,
        double l2_regularization_strength = 0.0,
        double l2_shrinkage_regularization_strength = 0.0,
        double beta = 0.0,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null
    )
        : base(
            learning_rate ?? DefaultRate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name
        )
    {
        Arguments.Finite(learning_rate_power);
        if (learning_rate_power > 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(learning_rate_power),
                learning_rate_power,
                "The power of the learning rate is not above 0."
            );
        }

        Arguments.NotNegative(initial_accumulator_value, nameof(initial_accumulator_value));
        Arguments.NotNegative(l1_regularization_strength, nameof(l1_regularization_strength));
        Arguments.NotNegative(l2_regularization_strength, nameof(l2_regularization_strength));
        Arguments.NotNegative(l2_shrinkage_regularization_strength, nameof(l2_shrinkage_regularization_strength));
        Arguments.Finite(beta);
        LearningRatePower = learning_rate_power;
        InitialAccumulatorValue = initial_accumulator_value;
        L1RegularizationStrength = l1_regularization_strength;
        L2RegularizationStrength = l2_regularization_strength;
        L2ShrinkageRegularizationStrength = l2_shrinkage_regularization_strength;
        Beta = beta;
    }

    /// <summary>How the rate falls with the sums of squared gradients.</summary>
    public double LearningRatePower { get; }

    /// <summary>Where the sums start.</summary>
    public double InitialAccumulatorValue { get; }

    /// <summary>The strength of the L1 penalty.</summary>
    public double L1RegularizationStrength { get; }

    /// <summary>The strength of the L2 penalty.</summary>
    public double L2RegularizationStrength { get; }

    /// <summary>The strength of the penalty of magnitudes.</summary>
    public double L2ShrinkageRegularizationStrength { get; }

    /// <summary>The number of the paper.</summary>
    public double Beta { get; }

    /// <inheritdoc/>
    protected override void CreateSlots() => AddSlots((InitialAccumulatorValue, "accumulator"), (0, "linear"));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The learning rate is 0.</exception>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        if (learning_rate == 0)
        {
            throw new InvalidOperationException(
                $"The optimizer {Name} divides by the learning rate, which is above 0, but is 0 now. Freeze weights that are to stay as "
                    + "they are."
            );
        }

        Tensor before = slots[0].ToThePower(-LearningRatePower);
        Tensor sum = AddSquare(slots[0], gradient, 1);
        Tensor after = sum.ToThePower(-LearningRatePower);
        Tensor linear = slots[1].Accumulate(gradient);
        if (L2ShrinkageRegularizationStrength != 0)
        {
            linear.AddScaled(weight, 2 * L2ShrinkageRegularizationStrength);
        }

        linear.AddProduct(before.sub_(after), weight, 1 / learning_rate);
        Tensor curvature = after.Divide(learning_rate).Shift((2 * L2RegularizationStrength) + (Beta / learning_rate));
        Tensor inside = linear.Between(-L1RegularizationStrength, L1RegularizationStrength);
        weight.copy_(inside.sub_(linear).div_(curvature));
    }
}
