using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Lion: steps of one size in every direction, along the sign of the mean gradient.</summary>
/// <remarks>
/// It wants a learning rate of a third to a tenth of Adam's. Slots: <c>momentum</c>. Not thread-safe.
/// Source: <c>keras/src/optimizers/lion.py</c>; Chen et al., arXiv 2302.06675.
/// </remarks>
[Identifiers("lion")]
public class Lion : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Lion" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="beta_1">How much of the mean gradient enters the step beside the gradient, above 0 to 1.</param>
    /// <param name="beta_2">How much of the mean gradient stays at each step, from 0 to 1.</param>
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
    public Lion(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.99,
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
        Arguments.Positive(beta_1, nameof(beta_1));
        Arguments.Fraction(beta_1, nameof(beta_1));
        Arguments.Fraction(beta_2, nameof(beta_2));
        Beta1 = beta_1;
        Beta2 = beta_2;
    }

    /// <summary>How much of the mean gradient enters the step.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the mean gradient stays at each step.</summary>
    public double Beta2 { get; }

    /// <inheritdoc/>
    protected override void CreateSlots() => AddSlots("momentum");

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        Tensor momentum = slots[0];
        weight.AddScaled(momentum.Times(Beta1).AddScaled(gradient, 1 - Beta1).sign_(), -learning_rate);
        momentum.Scale(Beta2).AddScaled(gradient, 1 - Beta2);
    }
}
