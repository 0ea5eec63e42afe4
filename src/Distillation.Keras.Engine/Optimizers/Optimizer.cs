using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Changes weights along their gradients.</summary>
/// <remarks>
/// <para>
/// One optimizer serves one set of weights: those of the first <see cref="Build"/> or <see cref="Apply"/>. Its order within a step is
/// Keras': divide by the loss scale, accumulate, clip, decay the weights, update, average, overwrite by the average, constrain.
/// </para>
/// <para>
/// A class of your own overrides <see cref="CreateSlots"/> and <see cref="Update"/>. A string converts:
/// <c>model.Compile("adam", ...)</c>. Not thread-safe. The optimizer owns its state, which is released with its model or by the garbage
/// collector; gradients stay the caller's and are not changed. Source: <c>keras/src/optimizers/base_optimizer.py</c>.
/// </para>
/// </remarks>
public abstract partial class Optimizer : KerasObject
{
    private readonly LearningRateSchedule? _schedule;
    private readonly OptimizerNumber _calls;
    private readonly OptimizerNumber _rate;

    /// <summary>Keeps what every optimizer takes.</summary>
    /// <param name="learning_rate">A number or a schedule.</param>
    /// <param name="weight_decay">
    /// Each step takes <c>weight * weight_decay * learning_rate</c> away from each weight. <c>null</c>: none.
    /// </param>
    /// <param name="clipnorm">The largest norm that the gradient of one weight may have; longer ones are shortened.</param>
    /// <param name="clipvalue">The largest magnitude that an entry of a gradient may have.</param>
    /// <param name="global_clipnorm">The largest norm that all gradients together may have.</param>
    /// <param name="use_ema">Whether moving averages of the weights are kept.</param>
    /// <param name="ema_momentum">
    /// How much of the average stays at each step, from 0 to 1. Used only with <paramref name="use_ema"/>.
    /// </param>
    /// <param name="ema_overwrite_frequency">
    /// After how many steps the weights are set to their averages; <c>null</c>: only by <see cref="FinalizeVariableValues"/>.
    /// </param>
    /// <param name="loss_scale_factor">What the loss is multiplied by (<see cref="ScaleLoss"/>) and the gradients are divided by.</param>
    /// <param name="gradient_accumulation_steps">
    /// The weights change at every so many calls, by the mean of the gradients since the last change; at least 2.
    /// </param>
    /// <param name="name">Its name, the first part of its variables' paths. <c>null</c>: an automatic one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">More than one way to clip is given.</exception>
    protected Optimizer(
        LearningRate learning_rate,
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
    {
        ArgumentNullException.ThrowIfNull(learning_rate);
        Arguments.NotNegative(weight_decay, nameof(weight_decay));
        Arguments.Positive(clipnorm, nameof(clipnorm));
        Arguments.Positive(clipvalue, nameof(clipvalue));
        Arguments.Positive(global_clipnorm, nameof(global_clipnorm));
        OptimizerArguments.OneClipping(clipnorm, clipvalue, global_clipnorm);
        Arguments.Positive(loss_scale_factor, nameof(loss_scale_factor));
        Arguments.AtLeast(2, gradient_accumulation_steps, nameof(gradient_accumulation_steps));
        Arguments.Fraction(ema_momentum, nameof(ema_momentum));
        Arguments.AtLeast(1, ema_overwrite_frequency, nameof(ema_overwrite_frequency));

        _schedule = learning_rate.Schedule;
        WeightDecay = weight_decay;
        Clipnorm = clipnorm;
        Clipvalue = clipvalue;
        GlobalClipnorm = global_clipnorm;
        UseEma = use_ema;
        EmaMomentum = ema_momentum;
        EmaOverwriteFrequency = ema_overwrite_frequency;
        LossScaleFactor = loss_scale_factor;
        GradientAccumulationSteps = gradient_accumulation_steps;
        Name = name ?? Naming.Automatic(GetType().Name);
        _calls = new OptimizerNumber(0, ScalarType.Int64, "iteration", $"{Name}/iteration");
        _rate = new OptimizerNumber((float)learning_rate.Value, ScalarType.Float32, "learning_rate", $"{Name}/learning_rate");
    }

    /// <summary>Its name, the first part of its variables' paths.</summary>
    public string Name { get; }

    /// <summary>How fast all weights decay, or <c>null</c>.</summary>
    public double? WeightDecay { get; }

    /// <summary>The largest norm of one weight's gradient, or <c>null</c>.</summary>
    public double? Clipnorm { get; }

    /// <summary>The largest magnitude of a gradient's entry, or <c>null</c>.</summary>
    public double? Clipvalue { get; }

    /// <summary>The largest norm of all gradients together, or <c>null</c>.</summary>
    public double? GlobalClipnorm { get; }

    /// <summary>Whether moving averages of the weights are kept.</summary>
    public bool UseEma { get; }

    /// <summary>How much of the moving average stays at each step.</summary>
    public double EmaMomentum { get; }

    /// <summary>After how many steps the weights are set to their averages, or <c>null</c>.</summary>
    public int? EmaOverwriteFrequency { get; }

    /// <summary>What the loss is multiplied by and the gradients are divided by, or <c>null</c>.</summary>
    public double? LossScaleFactor { get; }

    /// <summary>After how many calls of <see cref="Apply"/> the weights change, or <c>null</c> for each.</summary>
    public int? GradientAccumulationSteps { get; }

    /// <summary>The schedule that gives the learning rate, if any.</summary>
    public virtual LearningRateSchedule? Schedule => _schedule;

    /// <summary>
    /// The learning rate of the next step, rounded to float32 as in Keras. It may be set, unless a schedule gives it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// It is set although a schedule gives it, or the schedule gives a rate that is negative or not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    [ConfigSource(nameof(RateArgument))]
    public virtual double LearningRate
    {
        get => _schedule is null ? _rate.Value : Scheduled(_schedule);
        set
        {
            if (_schedule is not null)
            {
                throw new InvalidOperationException(
                    $"This optimizer was created with the learning rate schedule {_schedule.GetType().Name}, hence its learning rate "
                        + "cannot be set. "
                        + "Create the optimizer with a number as learning_rate if it should be."
                );
            }

            _rate.Set((float)new ConstantRate(value).Value);
        }
    }

    /// <summary>
    /// How many updates were made; with accumulation the calls of <see cref="Apply"/> divided by <see cref="GradientAccumulationSteps"/>,
    /// rounded down.
    /// </summary>
    public virtual long Iterations => GradientAccumulationSteps is int steps ? Calls / steps : Calls;

    /// <summary>Whether it knows its weights and has its slots.</summary>
    public bool Built { get; private set; }

    /// <summary>
    /// Its state in Keras' order: the count of calls (<c>iteration</c>), the learning rate unless a schedule gives it, moving averages,
    /// gradient accumulators, slots. <see cref="Variable.Assign"/> changes it.
    /// </summary>
    public virtual IReadOnlyList<Variable> Variables
    {
        get
        {
            ThrowIfReleased();
            IEnumerable<Variable> rate = _schedule is null ? [_rate.Variable] : [];
            return [_calls.Variable, .. rate, .. _averages, .. _accumulators, .. _slots, .. _numbers.Select(n => n.Variable)];
        }
    }

    internal override string Module => GetType().Assembly == typeof(Optimizer).Assembly ? "keras.optimizers" : base.Module;

    /// <summary>The learning rate as the constructor takes it; it is what the configuration holds.</summary>
    internal LearningRate RateArgument => (LearningRate?)_schedule ?? new ConstantRate(_rate.Value);

    private long Calls => (long)_calls.Value;

    private double Scheduled(LearningRateSchedule schedule)
    {
        double rate = schedule.Call(Calls);
        return rate >= 0 && Arguments.IsFinite(rate)
            ? rate
            : throw new InvalidOperationException(
                Invariant(
                    $"A schedule gives finite learning rates that are not negative, but {schedule.GetType().Name} gave {rate} for "
                        + $"step {Calls}."
                )
            );
    }

    /// <summary>
    /// An optimizer with default arguments by Keras' name for it (<c>"adam"</c>, in any case of letters); <c>null</c> for <c>null</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    [return: NotNullIfNotNull(nameof(identifier))]
    public static Optimizer? Get(string? identifier)
    {
        if (identifier is null)
        {
            return null;
        }

        // Keras compares the names of its own optimizers without regard to case, and those of others as they are.
        string lower = identifier.ToLowerInvariant();
        bool own =
            !KerasClasses.ContainsIdentifier(identifier, typeof(Optimizer)) && KerasClasses.ContainsIdentifier(lower, typeof(Optimizer));
        return (Optimizer)KerasClasses.FromIdentifier(own ? lower : identifier, typeof(Optimizer));
    }

    /// <summary>An optimizer from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Optimizer Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Optimizer>(config, custom_objects, Get);

    /// <summary>An optimizer in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return KerasSerializer.Serialize(optimizer);
    }

    /// <summary>An optimizer with default arguments by Keras' name for it.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Optimizer?(string? name) => Get(name);

    /// <summary>The loss multiplied by <see cref="LossScaleFactor"/>, or the loss itself where there is none.</summary>
    /// <param name="loss">The loss, whose gradients will be given to <see cref="Apply"/>.</param>
    public virtual Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return LossScaleFactor is double factor ? loss.Times(factor) : loss;
    }

    /// <summary>An optimizer of the same configuration, with the current learning rate, the same name and no state.</summary>
    public Optimizer Clone()
    {
        var copy = (Optimizer)Copies.Of(this);
        copy._exclusions = _exclusions;
        return copy;
    }

    internal override KerasObject Duplicate() => Clone();

    /// <summary>
    /// Takes down its state, or puts it back. That of the optimizer of <c>Compile</c> is part of a fit's; for another one, which a step of
    /// one's own uses, the model's <c>ExchangeState</c> calls it.
    /// </summary>
    /// <param name="state">A part of the fit's state, for the optimizer alone: <c>state.In("critic")</c>.</param>
    /// <exception cref="ArgumentException">The state is that of an optimizer for other weights.</exception>
    /// <exception cref="InvalidOperationException">It is not built and has no state yet: call <see cref="Build"/> first.</exception>
    public virtual void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThrowIfReleased();
        if (!Built)
        {
            throw new InvalidOperationException(
                $"The optimizer {Name} does not know its weights yet, so that it has no state. Call Build(variables) before ExchangeState."
            );
        }

        foreach (OptimizerNumber number in (IEnumerable<OptimizerNumber>)[_calls, _rate, .. _numbers])
        {
            number.Exchange(state);
        }

        if (!double.IsInteger(_calls.Value) || _calls.Value < 0)
        {
            throw StateExchange.OfAnotherFit(Invariant($"its optimizer has made {_calls.Value} steps"));
        }

        Variable[] variables = [.. _averages, .. _accumulators, .. _slots];
        for (int i = 0; i < variables.Length; i++)
        {
            state.Values(Invariant($"{i}"), variables[i]);
        }
    }

    /// <summary>Frees its state; afterwards it can only be asked for its configuration.</summary>
    public virtual void Release()
    {
        _released = true;
        foreach (Variable variable in (IEnumerable<Variable>)[.. _averages, .. _accumulators, .. _slots])
        {
            variable.Release();
        }

        foreach (OptimizerNumber number in (IEnumerable<OptimizerNumber>)[_calls, _rate, .. _numbers])
        {
            number.Release();
        }
    }
}
