using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>RMSprop: gradients divided by the root of their mean square.</summary>
/// <remarks>
/// Slots: <c>velocity</c>, then <c>momentum</c> where it is not 0, then <c>average_gradient</c> where centered. Not thread-safe.
/// Source: <c>keras/src/optimizers/rmsprop.py</c>; Hinton's lecture 6 of "Neural Networks for Machine Learning".
/// </remarks>
[Identifiers("rmsprop")]
public class RMSprop : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="RMSprop" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="rho">How much of the averages stays at each step, from 0 to 1.</param>
    /// <param name="momentum">How much of the last change stays, from 0 to 1.</param>
    /// <param name="epsilon">A small number that is added under the root.</param>
    /// <param name="centered">Whether the variance divides instead of the mean square.</param>
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
    public RMSprop(
        LearningRate? learning_rate = null,
        double rho = 0.9,
        double momentum = 0.0,
        double epsilon = 1e-7,
        bool centered = false,
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
        Arguments.Fraction(rho, nameof(rho));
        Arguments.Fraction(momentum, nameof(momentum));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Rho = rho;
        Momentum = momentum;
        Epsilon = epsilon;
        Centered = centered;
    }

    /// <summary>How much of the averages stays at each step.</summary>
    public double Rho { get; }

    /// <summary>How much of the last change stays.</summary>
    public double Momentum { get; }

    /// <summary>The small number that is added under the root.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the variance divides instead of the mean square.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        AddSlots("velocity");
        if (Momentum > 0)
        {
            AddSlots("momentum");
        }

        if (Centered)
        {
            AddSlots("average_gradient");
        }
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        Tensor velocity = AddSquare(slots[0].Scale(Rho), gradient, 1 - Rho);
        Tensor divisor = velocity.Plus(Epsilon);
        if (Centered)
        {
            Tensor average = slots[slots.Count - 1].Scale(Rho).AddScaled(gradient, 1 - Rho);
            divisor.AddProduct(average, average, -1);
        }

        divisor.sqrt_();
        if (Momentum > 0)
        {
            weight.sub_(slots[1].Scale(Momentum).AddQuotient(gradient, divisor, learning_rate));
        }
        else
        {
            weight.AddQuotient(gradient, divisor, -learning_rate);
        }
    }
}
