using System.Text.RegularExpressions;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Muon: gradients of matrices made orthogonal, so that every direction is learnt alike; other weights by AdamW.</summary>
/// <remarks>
/// Slots: <c>momentum</c>, and of what goes by AdamW <c>velocity</c>: weights that are no matrices, embeddings, and those of excluded
/// layers. Not thread-safe.
/// Source: <c>keras/src/optimizers/muon.py</c>; Jordan et al., "Muon: An optimizer for hidden layers in neural networks"; Liu et al., arXiv
/// 2502.16982.
/// </remarks>
[Identifiers("muon")]
public class Muon : Optimizer
{
    private const double DefaultRate = 0.001;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);
    private readonly Regex[] _excluded;

    /// <inheritdoc cref="Muon" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="adam_beta_1">AdamW: how much of the mean gradient stays at each step, from 0 to below 1.</param>
    /// <param name="adam_beta_2">AdamW: how much of the mean squared gradient stays at each step, from 0 to below 1.</param>
    /// <param name="adam_weight_decay">The <paramref name="weight_decay"/> of what goes by AdamW. <c>null</c>: none.</param>
    /// <param name="epsilon">AdamW: a small number that is added to the root; not negative.</param>
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
    /// <param name="exclude_layers">Regular expressions: weights in whose paths one is found go by AdamW.</param>
    /// <param name="exclude_embeddings">Whether embeddings go by AdamW.</param>
    /// <param name="muon_a">The first coefficient of the Newton-Schulz iteration.</param>
    /// <param name="muon_b">The second coefficient of the Newton-Schulz iteration.</param>
    /// <param name="muon_c">The third coefficient of the Newton-Schulz iteration.</param>
    /// <param name="adam_lr_ratio">What the learning rate is multiplied by for AdamW; not negative.</param>
    /// <param name="momentum">How much of the sum of gradients of a matrix stays at each step, from 0 to 1.</param>
    /// <param name="ns_steps">The number of Newton-Schulz iterations.</param>
    /// <param name="nesterov">Whether the gradient is looked ahead by the momentum.</param>
    /// <param name="rms_rate">
    /// The root of the mean square that a step of a matrix is brought to, by its longer side. <c>null</c>: it stays as it is.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">More than one way to clip is given.</exception>
    public Muon(
        LearningRate? learning_rate = null,
        double adam_beta_1 = 0.9,
        double adam_beta_2 = 0.999,
        double? adam_weight_decay = 0.004,
        double epsilon = 1e-7,
        double? weight_decay = 0.004,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null,
        string[]? exclude_layers = null,
        bool exclude_embeddings = true,
        double muon_a = 3.4445,
        double muon_b = -4.7750,
        double muon_c = 2.0315,
        double adam_lr_ratio = 1.0,
        double momentum = 0.95,
        int ns_steps = 5,
        bool nesterov = true,
        double? rms_rate = 0.2
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
        Arguments.BelowOne(adam_beta_1, nameof(adam_beta_1));
        Arguments.BelowOne(adam_beta_2, nameof(adam_beta_2));
        Arguments.NotNegative(adam_weight_decay, nameof(adam_weight_decay));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Arguments.Finite(muon_a);
        Arguments.Finite(muon_b);
        Arguments.Finite(muon_c);
        Arguments.NotNegative(adam_lr_ratio, nameof(adam_lr_ratio));
        Arguments.Fraction(momentum, nameof(momentum));
        Arguments.AtLeast(0, ns_steps, nameof(ns_steps));
        Arguments.NotNegative(rms_rate, nameof(rms_rate));
        _excluded = Array.ConvertAll(exclude_layers ?? [], p => new Regex(p, RegexOptions.CultureInvariant, MostTime));
        AdamBeta1 = adam_beta_1;
        AdamBeta2 = adam_beta_2;
        AdamWeightDecay = adam_weight_decay;
        Epsilon = epsilon;
        ExcludeLayers = [.. exclude_layers ?? []];
        ExcludeEmbeddings = exclude_embeddings;
        MuonA = muon_a;
        MuonB = muon_b;
        MuonC = muon_c;
        AdamLrRatio = adam_lr_ratio;
        Momentum = momentum;
        NsSteps = ns_steps;
        Nesterov = nesterov;
        RmsRate = rms_rate;
    }

    /// <summary>AdamW: how much of the mean gradient stays at each step.</summary>
    public double AdamBeta1 { get; }

    /// <summary>AdamW: how much of the mean squared gradient stays at each step.</summary>
    public double AdamBeta2 { get; }

    /// <summary>How fast the weights decay that go by AdamW, or <c>null</c>.</summary>
    public double? AdamWeightDecay { get; }

    /// <summary>The small number that is added to the root.</summary>
    public double Epsilon { get; }

    /// <summary>Weights in whose paths one of these is found go by AdamW.</summary>
    public IReadOnlyList<string> ExcludeLayers { get; }

    /// <summary>Whether embeddings go by AdamW.</summary>
    public bool ExcludeEmbeddings { get; }

    /// <summary>The first coefficient of the iteration.</summary>
    public double MuonA { get; }

    /// <summary>The second coefficient of the iteration.</summary>
    public double MuonB { get; }

    /// <summary>The third coefficient of the iteration.</summary>
    public double MuonC { get; }

    /// <summary>What the learning rate is multiplied by for AdamW.</summary>
    [WholeNumber]
    public double AdamLrRatio { get; }

    /// <summary>How much of the sum of gradients stays at each step.</summary>
    public double Momentum { get; }

    /// <summary>The number of iterations.</summary>
    public int NsSteps { get; }

    /// <summary>Whether the gradient is looked ahead.</summary>
    public bool Nesterov { get; }

    /// <summary>The root of the mean square that a step is brought to, or <c>null</c>.</summary>
    public double? RmsRate { get; }

    /// <summary>False: the step depends on the whole matrix.</summary>
    protected override bool IsElementWise => false;

    private protected override double? DecayOf(Variable weight) => GoesByAdam(weight) ? AdamWeightDecay : WeightDecay;

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        for (int i = 0; i < Trained.Count; i++)
        {
            AddSlot(i, "momentum");
            if (GoesByAdam(Trained[i]))
            {
                AddSlot(i, "velocity");
            }
        }
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        if (slots.Count == 2)
        {
            StepOfAdam(gradient, weight, slots, learning_rate * AdamLrRatio);
            return;
        }

        Tensor sum = slots[0].Scale(Momentum).Accumulate(gradient);
        Tensor step = Orthogonal(Nesterov ? gradient.PlusScaled(sum, Momentum) : sum);
        double length = RmsRate is double rate ? Math.Sqrt(Math.Max(weight.shape[0], weight.shape[1])) * rate : 1;
        weight.AddScaled(step, -learning_rate * length);
    }

    private void StepOfAdam(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double rate)
    {
        float power1 = (float)Math.Pow((float)AdamBeta1, Iterations + 1);
        float power2 = (float)Math.Pow((float)AdamBeta2, Iterations + 1);
        Tensor momentum = slots[0].Scale(AdamBeta1).AddScaled(gradient, 1 - AdamBeta1);
        Tensor velocity = AddSquare(slots[1].Scale(AdamBeta2), gradient, 1 - AdamBeta2);
        weight.AddQuotient(momentum, velocity.sqrt().Shift(Epsilon), -rate * Math.Sqrt(1 - power2) / (1 - power1));
    }

    // The iteration brings all singular values near 1; it is cheaper on the short side.
    private Tensor Orthogonal(Tensor matrix)
    {
        bool isTall = matrix.shape[0] > matrix.shape[1];
        Tensor x = isTall ? matrix.t() : matrix;
        x = x.div(x.norm().Shift(1e-7));
        for (int i = 0; i < NsSteps; i++)
        {
            Tensor square = x.mm(x.t());
            Tensor polynomial = square.mm(square).Scale(MuonC).AddScaled(square, MuonB);
            x = polynomial.mm(x).AddScaled(x, MuonA);
        }

        return isTall ? x.t() : x;
    }

    private bool GoesByAdam(Variable weight) =>
        weight.Shape.Rank != 2
        || (ExcludeEmbeddings && weight.Path.Contains("embedding", StringComparison.OrdinalIgnoreCase))
        || Array.Exists(_excluded, r => r.IsMatch(weight.Path));
}
