using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Adafactor: Adam that keeps of the mean squares of a matrix only those of its rows and columns.</summary>
/// <remarks>
/// Slots of a weight with two axes or more: the means of its rows and of its columns, which have the weight's name, and <c>velocity</c>,
/// which is made of them at each step; of others two numbers that stand in the places of the means, and <c>velocity</c>. The step grows
/// with the weight. Not thread-safe.
/// Source: <c>keras/src/optimizers/adafactor.py</c>; Shazeer and Stern, arXiv 1804.04235.
/// </remarks>
[Identifiers("adafactor")]
public class Adafactor : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Adafactor" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="beta_2_decay">The power of the step by which the means of squares come to last longer.</param>
    /// <param name="epsilon_1">A small number that is added to the squared gradient.</param>
    /// <param name="epsilon_2">What a weight is at least taken to be long.</param>
    /// <param name="clip_threshold">The root of the mean square of the step above which the step is shortened; above 0.</param>
    /// <param name="relative_step">
    /// Kept for configurations: Keras takes the smaller one of the rate and <c>1 / sqrt(step)</c> whatever it says.
    /// </param>
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
    public Adafactor(
        LearningRate? learning_rate = null,
        double beta_2_decay = -0.8,
        double epsilon_1 = 1e-30,
        double epsilon_2 = 1e-3,
        double clip_threshold = 1.0,
        bool relative_step = true,
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
        Arguments.Finite(beta_2_decay);
        Arguments.NotNegative(epsilon_1, nameof(epsilon_1));
        Arguments.NotNegative(epsilon_2, nameof(epsilon_2));
        Arguments.Positive(clip_threshold, nameof(clip_threshold));
        Beta2Decay = beta_2_decay;
        Epsilon1 = epsilon_1;
        Epsilon2 = epsilon_2;
        ClipThreshold = clip_threshold;
        RelativeStep = relative_step;
    }

    /// <summary>The power by which the means of squares come to last longer.</summary>
    public double Beta2Decay { get; }

    /// <summary>The small number that is added to the squared gradient.</summary>
    public double Epsilon1 { get; }

    /// <summary>What a weight is at least taken to be long.</summary>
    public double Epsilon2 { get; }

    /// <summary>Above which root of the mean square a step is shortened.</summary>
    public double ClipThreshold { get; }

    /// <summary>Kept for configurations; see the constructor.</summary>
    public bool RelativeStep { get; }

    /// <summary>False: the step depends on the rows, the columns and the mean square of the whole weight.</summary>
    protected override bool IsElementWise => false;

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        for (int i = 0; i < Trained.Count; i++)
        {
            Variable weight = Trained[i];
            long[] sizes = weight.Value.shape;
            if (sizes.Length < 2)
            {
                AddPlaceholder(i, weight.Name);
                AddPlaceholder(i, weight.Name);
            }
            else
            {
                AddSlot(i, weight.Name, sizes[..^1]);
                AddSlot(i, weight.Name, [.. sizes[..^2], sizes[^1]]);
            }

            AddSlot(i, "velocity");
        }
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        double step = Iterations + 1;
        double kept = 1 - Math.Pow(step, Beta2Decay);
        Tensor square = Square(gradient).Shift(Epsilon1);
        Tensor velocity = slots[2];
        if (weight.dim() >= 2)
        {
            Tensor rows = slots[0].Scale(kept).AddScaled(square.mean([-1]), 1 - kept);
            Tensor columns = slots[1].Scale(kept).AddScaled(square.mean([-2]), 1 - kept);
            velocity.copy_(rows.div(rows.mean([-1], keepdim: true)).unsqueeze(-1).mul(columns.unsqueeze(-2)));
        }
        else
        {
            velocity.Scale(kept).AddScaled(square, 1 - kept);
        }

        Tensor change = gradient.div(velocity.sqrt());
        Tensor size = Square(gradient).div_(velocity).mean().sqrt_();
        change.div_(size.Divide(ClipThreshold).AtLeast(1.0));
        Tensor length = RootMeanSquare(weight).AtLeast(Epsilon2).Scale(Math.Min(learning_rate, 1 / Math.Sqrt(step)));
        weight.sub_(change.mul_(length));
    }

    private static Tensor RootMeanSquare(Tensor x) => x.Squared().mean().sqrt_();
}
