using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Schedule-free AdamW: Adam on points whose running mean takes the place of a schedule of the learning rate.</summary>
/// <remarks>
/// Slots: <c>momentum</c>, the sequence that Adam steps along, which starts at the weights, and <c>velocity</c>. The weights of the model
/// are the points at which gradients are taken. Not thread-safe.
/// Source: <c>keras/src/optimizers/schedule_free_adamw.py</c>; Defazio et al., arXiv 2405.15682.
/// </remarks>
[Identifiers("schedulefreeadamw")]
public class ScheduleFreeAdamW : Optimizer
{
    private const double DefaultRate = 0.0025;

    /// <inheritdoc cref="ScheduleFreeAdamW" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.0025.</param>
    /// <param name="beta_1">How near the weights are to the running mean; above 0 and below 1.</param>
    /// <param name="beta_2">How much of the mean squared gradient stays at each step, from 0 to below 1.</param>
    /// <param name="epsilon">A small number that is added to the root; not negative.</param>
    /// <param name="warmup_steps">Over how many steps the learning rate rises from 0; 0 for none.</param>
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
    public ScheduleFreeAdamW(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1e-8,
        int warmup_steps = 0,
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
        Arguments.Positive(beta_1, nameof(beta_1));
        Arguments.BelowOne(beta_2, nameof(beta_2));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Arguments.AtLeast(0, warmup_steps, nameof(warmup_steps));
        Beta1 = beta_1;
        Beta2 = beta_2;
        Epsilon = epsilon;
        WarmupSteps = warmup_steps;
    }

    /// <summary>How near the weights are to the running mean.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the mean squared gradient stays at each step.</summary>
    public double Beta2 { get; }

    /// <summary>The small number that is added to the root.</summary>
    public double Epsilon { get; }

    /// <summary>Over how many steps the learning rate rises.</summary>
    public int WarmupSteps { get; }

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        AddSlots("momentum", "velocity");
        for (int i = 0; i < Trained.Count; i++)
        {
            SlotsOf(i)[0].Assign(Trained[i].Value);
        }
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        double step = Iterations + 1;
        double rate = WarmupSteps > 0 ? learning_rate * Math.Min(step / WarmupSteps, 1) : learning_rate;
        float beta1 = (float)Beta1;

        // Keras takes the two from 1 in float32: 1 - 0.999 then has few digits.
        float power2 = (float)Math.Pow((float)Beta2, step);
        Tensor velocity = AddSquare(slots[1].Scale((float)Beta2), gradient, 1 - (float)Beta2);
        Tensor root = velocity.Over(1 - power2).sqrt_().Shift(Epsilon);
        Tensor momentum = slots[0].AddQuotient(gradient, root, -rate);

        // The mean is found again from the weights. With TensorFlow Keras takes the sequence after its step for that, which is followed.
        weight.AddScaled(momentum, beta1 - 1).Divide(beta1);
        weight.Scale(1 - (1 / step)).AddScaled(momentum, 1 / step);
        weight.Scale(beta1).AddScaled(momentum, 1 - beta1);
    }
}
