using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Adadelta: steps whose size follows the sizes of past gradients and of past steps.</summary>
/// <remarks>
/// The default rate is that of Keras 3, 0.001; that of the paper, and of Keras 2's examples, is 1.0.
/// Slots: <c>accumulated_grad</c>, <c>accumulated_delta_var</c>. Not thread-safe.
/// Source: <c>keras/src/optimizers/adadelta.py</c>; Zeiler, arXiv 1212.5701.
/// </remarks>
[Identifiers("adadelta")]
public class Adadelta : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Adadelta" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="rho">How much of the averages stays at each step, from 0 to 1.</param>
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
    public Adadelta(
        LearningRate? learning_rate = null,
        double rho = 0.95,
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
        Arguments.Fraction(rho, nameof(rho));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Rho = rho;
        Epsilon = epsilon;
    }

    /// <summary>How much of the averages stays at each step.</summary>
    public double Rho { get; }

    /// <summary>The small number that keeps divisions finite.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    protected override void CreateSlots() => AddSlots("accumulated_grad", "accumulated_delta_var");

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        Tensor gradients = AddSquare(slots[0].Scale(Rho), gradient, 1 - Rho);
        // One root of the ratio instead of a ratio of two roots.
        Tensor squares = slots[1].Plus(Epsilon).div_(gradients.Plus(Epsilon));
        Tensor step = squares.sqrt().mul_(gradient);
        slots[1].Scale(Rho).AddProduct(squares, Square(gradient), 1 - Rho);
        weight.AddScaled(step, -learning_rate);
    }
}
