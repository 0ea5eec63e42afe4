using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Gradient descent, with momentum or Nesterov's momentum if wanted.</summary>
/// <remarks>
/// Without momentum: <c>w -= learning_rate * g</c>. With it: <c>m = momentum * m - learning_rate * g; w += m</c>, or with Nesterov's
/// <c>w += momentum * m - learning_rate * g</c>. Slots: <c>momentum</c>, where it is not 0.
/// Not thread-safe. Source: <c>keras/src/optimizers/sgd.py</c>.
/// </remarks>
[Identifiers("sgd")]
public class SGD : Optimizer
{
    private const double DefaultRate = 0.01;

    /// <inheritdoc cref="SGD" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.01.</param>
    /// <param name="momentum">How much of the last change stays, from 0 to 1.</param>
    /// <param name="nesterov">Whether the momentum is Nesterov's.</param>
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
    public SGD(
        LearningRate? learning_rate = null,
        double momentum = 0.0,
        bool nesterov = false,
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
        Arguments.Fraction(momentum, nameof(momentum));
        Momentum = momentum;
        Nesterov = nesterov;
    }

    /// <summary>How much of the last change stays.</summary>
    public double Momentum { get; }

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        if (Momentum != 0)
        {
            AddSlots("momentum");
        }
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        if (Momentum == 0)
        {
            weight.AddScaled(gradient, -learning_rate);
            return;
        }

        Tensor momentum = slots[0].Scale(Momentum).AddScaled(gradient, -learning_rate);
        if (Nesterov)
        {
            weight.AddScaled(momentum, Momentum).AddScaled(gradient, -learning_rate);
        }
        else
        {
            weight.Accumulate(momentum);
        }
    }
}
