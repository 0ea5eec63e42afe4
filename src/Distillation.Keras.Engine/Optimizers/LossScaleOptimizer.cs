using Distillation.Keras.Backend;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>
/// Keeps small gradients from becoming 0 in float16: the loss is multiplied by a scale that follows the gradients, and the gradients are
/// divided by it before another optimizer gets them.
/// </summary>
/// <remarks>
/// <para>
/// A step whose gradients are not all finite changes nothing but the scale, which is halved; after <c>dynamic_growth_steps</c> steps with
/// finite gradients it is doubled. <c>Compile</c> puts it around the optimizer of a model in <c>mixed_float16</c>. Whether the gradients
/// are finite has to be known before the weights change, so that each step waits once for the device, as in Keras.
/// </para>
/// <para>
/// Clipping, decay, averages and accumulation are arguments of the optimizer within. Not thread-safe. Source:
/// <c>keras/src/optimizers/loss_scale_optimizer.py</c>.
/// </para>
/// </remarks>
public sealed class LossScaleOptimizer : Optimizer
{
    private OptimizerNumber? _counter;
    private OptimizerNumber? _scale;

    /// <inheritdoc cref="LossScaleOptimizer" path="/summary"/>
    /// <param name="inner_optimizer">What changes the weights. Its own <c>loss_scale_factor</c> is not given.</param>
    /// <param name="initial_scale">The first scale. A high one is right: it falls much faster than it rises.</param>
    /// <param name="dynamic_growth_steps">After how many steps with finite gradients the scale is doubled.</param>
    /// <param name="name">Its name. <c>null</c>: an automatic one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="ArgumentException">The optimizer scales the loss itself.</exception>
    public LossScaleOptimizer(
        Optimizer inner_optimizer,
        double initial_scale = 32768.0,
        int dynamic_growth_steps = 2000,
        string? name = null
    )
        : base(0.0, name: name)
    {
        ArgumentNullException.ThrowIfNull(inner_optimizer);
        if (inner_optimizer.LossScaleFactor is not null || inner_optimizer is LossScaleOptimizer)
        {
            throw new ArgumentException(
                $"A loss is scaled once, but {inner_optimizer.GetType().Name} '{inner_optimizer.Name}' scales it, too. Give an optimizer "
                    + "without loss_scale_factor.",
                nameof(inner_optimizer)
            );
        }

        InnerOptimizer = inner_optimizer;
        InitialScale = Arguments.Positive(initial_scale);
        DynamicGrowthSteps = Arguments.AtLeast(1, dynamic_growth_steps);
    }

    /// <summary>What changes the weights.</summary>
    public Optimizer InnerOptimizer { get; }

    /// <summary>The first scale.</summary>
    public double InitialScale { get; }

    /// <summary>After how many steps with finite gradients the scale is doubled.</summary>
    public int DynamicGrowthSteps { get; }

    /// <summary>What the loss is multiplied by now.</summary>
    public double DynamicScale => _scale?.Value ?? InitialScale;

    /// <inheritdoc/>
    public override LearningRateSchedule? Schedule => InnerOptimizer.Schedule;

    /// <inheritdoc/>
    public override double LearningRate
    {
        get => InnerOptimizer.LearningRate;
        set => InnerOptimizer.LearningRate = value;
    }

    internal override bool SumsRows
    {
        get => InnerOptimizer.SumsRows;
        set => InnerOptimizer.SumsRows = value;
    }

    /// <inheritdoc/>
    public override long Iterations => InnerOptimizer.Iterations;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [.. base.Variables, .. InnerOptimizer.Variables];

    /// <inheritdoc/>
    public override Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Times(DynamicScale);
    }

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<Tensor?> grads, IReadOnlyList<Variable>? trainable_variables = null)
    {
        ArgumentNullException.ThrowIfNull(grads);
        ThrowIfReleased();
        if (trainable_variables is not null)
        {
            Build(trainable_variables);
        }

        if (_scale is null || _counter is null)
        {
            throw new InvalidOperationException(
                "The optimizer does not know its weights yet. Call Build(variables) first, or give the weights beside the gradients."
            );
        }

        foreach (Tensor gradient in grads.OfType<Tensor>())
        {
            if (RowGradient.Of(TensorGuard.Alive(gradient)) is null)
            {
                TensorGuard.Real(gradient, nameof(grads));
            }
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (!AreFinite(grads))
        {
            _counter.Set(0);
            _scale.Set(_scale.Value / 2);
            return;
        }

        InnerOptimizer.Apply(
            [.. grads.Select(g => g is null ? null : (g.dtype.IsHalf() ? g.to(ScalarType.Float32) : g).Over(_scale.Value))],
            trainable_variables
        );
        bool grows = _counter.Value == DynamicGrowthSteps - 1;
        _counter.Set(grows ? 0 : _counter.Value + 1);
        if (grows)
        {
            _scale.Set((float)(_scale.Value * 2));
        }
    }

    /// <summary>Says which weights the decay of the optimizer within leaves alone.</summary>
    /// <inheritdoc/>
    public override void ExcludeFromWeightDecay(IReadOnlyList<Variable>? var_list = null, IReadOnlyList<string>? var_names = null) =>
        InnerOptimizer.ExcludeFromWeightDecay(var_list, var_names);

    /// <inheritdoc/>
    public override void FinalizeVariableValues(IReadOnlyList<Variable> var_list)
    {
        ArgumentNullException.ThrowIfNull(var_list);
        InnerOptimizer.FinalizeVariableValues(var_list);
    }

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        InnerOptimizer.Scope = $"{Scope}{Name}/";
        InnerOptimizer.Build(Trained);
        _counter = AddNumber(0, "step_counter", $"{Name}/step_counter", ScalarType.Int64);
        _scale = AddNumber((float)InitialScale, "dynamic_scale", $"{Name}/dynamic_scale");
    }

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate) =>
        throw new NotSupportedException("The optimizer within changes the weights.");

    /// <inheritdoc/>
    public override void Release()
    {
        base.Release();
        InnerOptimizer.Release();
    }

    /// <inheritdoc/>
    public override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        base.ExchangeState(state);
        InnerOptimizer.ExchangeState(state.In("inner"));
    }

    internal override IReadOnlyList<Variable> TrainedWeights => InnerOptimizer.TrainedWeights;

    internal override IEnumerable<IReadOnlyList<Variable>> StateByWeight => InnerOptimizer.StateByWeight;

    internal override IEnumerable<Variable> StateOf(IEnumerable<Variable> weights) => InnerOptimizer.StateOf(weights);

    internal override void Forget()
    {
        base.Forget();
        InnerOptimizer.Forget();
        _counter = _scale = null;
    }

    // One number comes back from the device for all gradients.
    private static bool AreFinite(IReadOnlyList<Tensor?> gradients)
    {
        Tensor[] finite = [.. gradients.OfType<Tensor>().Select(g => (g.is_sparse ? g.SparseValues : g).isfinite().all())];
        return finite.Length == 0 || stack(finite).all().item<bool>();
    }
}
