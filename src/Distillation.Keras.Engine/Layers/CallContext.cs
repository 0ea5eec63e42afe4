using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a layer needs to know of the call it is part of.</summary>
/// <remarks>Belongs to one call or one fit; not thread-safe. Who makes one disposes it, which frees its random numbers.</remarks>
public sealed class CallContext : IDisposable
{
    private readonly Lazy<Generator> _generator;
    private readonly bool _isOwner;
    private readonly ICollection<Tensor>? _losses;
    private readonly bool _isGiven;

    /// <summary>A context of its own, for a call outside of <c>Fit</c>.</summary>
    /// <param name="training">Whether dropout drops and BatchNormalization uses the batch.</param>
    public CallContext(bool training)
        : this(training, NewGenerator(), isOwner: true, isGiven: true) { }

    private CallContext(bool training, Lazy<Generator> generator, bool isOwner, bool isGiven, ICollection<Tensor>? losses = null)
    {
        Training = training;
        _isGiven = isGiven;
        _generator = generator;
        _isOwner = isOwner;
        _losses = losses;
    }

    /// <summary>Whether dropout drops and BatchNormalization uses the batch.</summary>
    public bool Training { get; }

    /// <summary>
    /// The random numbers of this call, for layers without a seed of their own. It belongs to the call. They are drawn on the host, so that
    /// a seed gives the same on each device, and moved:
    /// <c>rand(sizes, device: CPU, generator: context.Generator).to(input.device)</c>.
    /// </summary>
    public Generator Generator => _generator.Value;

    /// <summary>A context whose random numbers come from a generator that the caller owns (one for a whole fit).</summary>
    internal static CallContext With(bool training, Lazy<Generator> generator) => new(training, generator, isOwner: false, isGiven: true);

    /// <summary>
    /// A context for a call of which nobody said the mode: no training, but for layers that train by default, which then do, as in Keras.
    /// </summary>
    internal static CallContext WithoutMode() => new(training: false, NewGenerator(), isOwner: true, isGiven: false);

    /// <summary>Frees the random numbers of a context of its own, if somebody asked for them.</summary>
    public void Dispose()
    {
        if (_isOwner && _generator.IsValueCreated)
        {
            _generator.Value.Dispose();
        }
    }

    /// <summary>The same call with another mode, as <c>layer.Apply(x, training: false)</c> asks for.</summary>
    internal CallContext WithTraining(bool training) =>
        training == Training && _isGiven ? this : new CallContext(training, _generator, isOwner: false, isGiven: true, _losses);

    /// <summary>The call as a layer of it has it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="training">The mode that is its own, if one was given.</param>
    internal CallContext For(Layer layer, bool? training) =>
        training is bool own ? WithTraining(own)
        : !_isGiven && layer.TrainsByDefault ? WithTraining(true)
        : this;

    /// <summary>The same call, whose layers leave in a list what they add to the loss: scalars of the dispose scope that is open.</summary>
    internal CallContext WithLosses(ICollection<Tensor> losses) => new(Training, _generator, isOwner: false, _isGiven, losses);

    /// <summary>Whether somebody asks for what layers add to the loss; otherwise it is not to be computed.</summary>
    internal bool WantsLosses => _losses is not null;

    /// <summary>Whether an optimizer of ours takes the gradients, so that those of tables may be left by rows.</summary>
    internal bool LeavesRowGradients => Training && WantsLosses;

    /// <summary>Leaves a scalar that is part of the loss.</summary>
    internal void AddLoss(Tensor loss) => _losses!.Add(loss);

    private static Lazy<Generator> NewGenerator() => new(static () => RandomState.NewGenerator(RandomState.NextSeed()));
}
