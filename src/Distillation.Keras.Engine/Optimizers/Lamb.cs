using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Lamb: Adam whose step for each weight is as long as the weight, for big batches.</summary>
/// <remarks>
/// As in Keras no string names it: pass <c>new Lamb()</c>. Slots: <c>momentum</c>, <c>velocity</c>. Not thread-safe.
/// Source: <c>keras/src/optimizers/lamb.py</c>; You et al., arXiv 1904.00962.
/// </remarks>
[Identifiers()]
public class Lamb : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Lamb" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="beta_1">How much of the mean gradient stays at each step, from 0 to below 1.</param>
    /// <param name="beta_2">How much of the mean squared gradient stays at each step, from 0 to below 1.</param>
    /// <param name="epsilon">A small number that keeps divisions finite.</param>
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
    public Lamb(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1e-7,
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
        Arguments.BelowOne(beta_1, nameof(beta_1));
        Arguments.BelowOne(beta_2, nameof(beta_2));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Beta1 = beta_1;
        Beta2 = beta_2;
        Epsilon = epsilon;
    }

    /// <summary>How much of the mean gradient stays at each step.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the mean squared gradient stays at each step.</summary>
    public double Beta2 { get; }

    /// <summary>The small number that keeps divisions finite.</summary>
    public double Epsilon { get; }

    /// <summary>False: the step depends on the norms of the whole weight and its step.</summary>
    protected override bool IsElementWise => false;

    /// <inheritdoc/>
    protected override void CreateSlots() => AddSlots("momentum", "velocity");

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        float power1 = (float)Math.Pow((float)Beta1, Iterations + 1);
        float power2 = (float)Math.Pow((float)Beta2, Iterations + 1);
        Tensor momentum = slots[0].Scale(Beta1).AddScaled(gradient, 1 - Beta1);
        Tensor velocity = AddSquare(slots[1].Scale(Beta2), gradient, 1 - Beta2);
        Tensor step = momentum.Over(1 - power1).div_(velocity.Over(1 - power2).sqrt_().Shift(Epsilon));
        Tensor weightNorm = weight.norm();
        Tensor stepNorm = step.norm();
        Tensor ratio = weightNorm.div(stepNorm);
        Tensor usable = weightNorm.IsAbove(0).logical_and(stepNorm.IsAbove(0));
        weight.sub_(step.mul_(ratio.where(usable, ones_like(ratio)).Scale(learning_rate)));
    }
}
