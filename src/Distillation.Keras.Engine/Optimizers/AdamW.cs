using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers;

/// <summary>Adam with a weight decay that is apart from the gradients.</summary>
/// <remarks>
/// Every optimizer here decays weights in this way where <c>weight_decay</c> is given; AdamW has 0.004 as its default.
/// Not thread-safe. Source: <c>keras/src/optimizers/adamw.py</c>; Loshchilov and Hutter, arXiv 1711.05101.
/// </remarks>
[Identifiers("adamw")]
public class AdamW : Adam
{
    /// <inheritdoc cref="AdamW" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="weight_decay">Each step takes <c>weight * weight_decay * learning_rate</c> away from each weight.</param>
    /// <param name="beta_1">How much of the mean gradient stays at each step, from 0 to below 1.</param>
    /// <param name="beta_2">How much of the mean squared gradient stays at each step, from 0 to below 1.</param>
    /// <param name="epsilon">A small number that is added to the root, the paper's "epsilon hat".</param>
    /// <param name="amsgrad">Whether the largest mean square so far is used (AMSGrad).</param>
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
    public AdamW(
        LearningRate? learning_rate = null,
        double weight_decay = 0.004,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1e-7,
        bool amsgrad = false,
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
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
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
        ) { }
}
