using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

// The step: what happens to gradients, weights and slots.
public abstract partial class Optimizer
{
    // Parts of this many elements a thread: small enough for the cores' caches, big enough that the calls do not count.
    internal const long ElementsPerThread = 131072;

    private readonly Dictionary<Variable, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly List<Variable> _slots = [];
    private readonly List<OptimizerNumber> _numbers = [];
    private Variable[] _trainable = [];
    private Variable[] _averages = [];
    private Variable[] _accumulators = [];
    private List<Variable>[] _slotsOf = [];
    private readonly List<Tensor> _slotTensors = [];
    private Tensor?[] _gradients = [];
    private Device[] _places = [];
    private WeightDecayExclusions? _exclusions;
    private bool _released;

    /// <summary>
    /// Whether <see cref="Update"/> treats every element by itself, so that it may be called on parts of a weight. Default: true.
    /// Optimizers that look at a whole weight (its norm) override it.
    /// </summary>
    protected virtual bool IsElementWise => true;

    /// <summary>The weights that it serves, once it is built.</summary>
    internal IReadOnlyList<Variable> Trained => _trainable;

    /// <summary>The moving averages of <see cref="Trained"/>, in its order, where they are kept; empty before any step.</summary>
    internal IReadOnlyList<Variable> Averages => Iterations == 0 ? [] : _averages;

    /// <summary>Makes one step, or adds the gradients up where <see cref="GradientAccumulationSteps"/> says so.</summary>
    /// <param name="grads">
    /// A gradient for each weight, of its shape; <c>null</c> leaves the weight alone. They stay the caller's and are not changed.
    /// </param>
    /// <param name="trainable_variables">The weights, in the gradients' order. <c>null</c>: those it was built with.</param>
    /// <exception cref="ArgumentException">The counts or a shape differ, or a weight is not one it was built with.</exception>
    /// <exception cref="InvalidOperationException">It is not built and no weights are given, or there is no gradient at all.</exception>
    public virtual void Apply(IReadOnlyList<Tensor?> grads, IReadOnlyList<Variable>? trainable_variables = null)
    {
        ArgumentNullException.ThrowIfNull(grads);
        ThrowIfReleased();
        if (grads.Count == 0)
        {
            return;
        }

        if (trainable_variables is null)
        {
            trainable_variables = Built
                ? _trainable
                : throw new InvalidOperationException(
                    "The optimizer does not know its weights yet. Call Build(variables) first, or give the weights beside the gradients."
                );
        }
        else
        {
            Build(trainable_variables);
        }

        if (grads.Count != trainable_variables.Count)
        {
            throw new ArgumentException(
                $"There should be one gradient for each weight, but there are {grads.Count} gradients and "
                    + $"{trainable_variables.Count} weights.",
                nameof(grads)
            );
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Take(grads, trainable_variables);
            Step();
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"A step of the optimizer '{Name}' ({ClassName})",
                "Compare gradients and weights; an Update of one's own computes in place, with tensors of the weight's shape and type.",
                [.. trainable_variables.Select((v, i) => ($"the gradient of {v.Path}", grads[i]))]
            );
        }
        finally
        {
            Array.Clear(_gradients);
            Array.Clear(_rowGradients);
            _rows = null;
            _slotTensors.Clear();
        }
    }

    /// <summary>Sets weights to their moving averages, where those are kept; to be called when training ends.</summary>
    /// <param name="var_list">The weights, those of <see cref="Build"/> or some of them.</param>
    /// <exception cref="ArgumentException">A weight is not one it was built with.</exception>
    public virtual void FinalizeVariableValues(IReadOnlyList<Variable> var_list)
    {
        ArgumentNullException.ThrowIfNull(var_list);
        ThrowIfReleased();
        if (!UseEma)
        {
            return;
        }

        foreach (Variable variable in var_list)
        {
            variable.Assign(_averages[IndexOf(variable)].Value);
        }
    }

    /// <summary>Says which weights <see cref="WeightDecay"/> leaves alone; it replaces what was said before.</summary>
    /// <param name="var_list">Weights.</param>
    /// <param name="var_names">
    /// Regular expressions, searched in the weights' paths: <c>"bias"</c> spares every bias, <c>"dense_1/"</c> all of one layer.
    /// </param>
    /// <exception cref="ArgumentException">A name is not a regular expression.</exception>
    public virtual void ExcludeFromWeightDecay(IReadOnlyList<Variable>? var_list = null, IReadOnlyList<string>? var_names = null) =>
        _exclusions = new WeightDecayExclusions(var_list, var_names);

    /// <summary>Called once before the updates of a step.</summary>
    protected virtual void BeginUpdate() { }

    /// <summary>
    /// Changes a weight and its slots in place. It is called without gradient recording, in a dispose scope that frees what it makes.
    /// </summary>
    /// <param name="gradient">The gradient, after clipping, of the weight's element type. It must not be changed.</param>
    /// <param name="weight">The weight or, of an element-wise optimizer, a flat part of it.</param>
    /// <param name="slots">The same part of its slots, in the order in which <see cref="AddSlots(string[])"/> made them.</param>
    /// <param name="learning_rate">The learning rate of this step.</param>
    protected abstract void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate);

    /// <summary>
    /// The first of these weights that it was not built with; <see langword="null"/> where it knows all of them or is not built yet.
    /// </summary>
    internal Variable? Unknown(IReadOnlyList<Variable> variables) => Built ? variables.FirstOrDefault(v => !_indices.ContainsKey(v)) : null;

    /// <summary>How fast a weight decays, unless it is excluded.</summary>
    private protected virtual double? DecayOf(Variable weight) => WeightDecay;

    private int IndexOf(Variable variable) =>
        _indices.TryGetValue(variable, out int index)
            ? index
            : throw new ArgumentException(
                $"Unknown weight: {variable}. An optimizer serves only the weights it was built with. For another model or other "
                    + "weights, create a new optimizer."
            );

    private protected void ThrowIfReleased()
    {
        if (_released)
        {
            throw new ObjectDisposedException(
                Name,
                $"The optimizer {Name} was released, by itself or with its model. Make another one, as by its Clone()."
            );
        }
    }

    private void Take(IReadOnlyList<Tensor?> grads, IReadOnlyList<Variable> trainable_variables)
    {
        bool any = false;
        for (int i = 0; i < grads.Count; i++)
        {
            if (grads[i] is not Tensor gradient)
            {
                continue;
            }

            Variable variable = trainable_variables[i];
            RowGradient? rows = RowGradient.Of(TensorGuard.Alive(gradient));
            if (rows is null)
            {
                TensorGuard.Real(gradient, nameof(grads));
            }

            if (!gradient.shape.AsSpan().SequenceEqual(variable.Value.shape))
            {
                throw new ArgumentException(
                    $"The weight {variable} has a gradient of another shape, {Shape.FromSizes(gradient.shape)}.",
                    nameof(grads)
                );
            }

            int index = ReferenceEquals(trainable_variables, _trainable) ? i : IndexOf(variable);
            if (_gradients[index] is not null)
            {
                throw new ArgumentException(
                    $"The weight {variable} is given twice; an optimizer changes each weight once a step.",
                    nameof(trainable_variables)
                );
            }

            _gradients[index] = rows is null ? Unscaled(gradient, variable) : Summed(index, rows.With(Unscaled(rows.Values, variable)));
            any = true;
        }

        if (!any)
        {
            throw new InvalidOperationException(
                "There is no gradient for any weight. Does the loss depend on the model's trainable weights?"
            );
        }
    }

    private Tensor Unscaled(Tensor gradient, Variable variable)
    {
        Tensor x = gradient.dtype == variable.DType ? gradient : gradient.to_type(variable.DType);
        return LossScaleFactor is double scale ? x.Over(scale) : x;
    }

    private void Step()
    {
        FollowWeights();
        double rate = LearningRate;
        if (GradientAccumulationSteps is not int steps)
        {
            Change(rate);
        }
        else if ((Calls + 1) % steps == 0)
        {
            UseAccumulated(steps);
            Change(rate);
            foreach (Variable accumulator in _accumulators)
            {
                accumulator.Value.zero_();
            }
        }
        else
        {
            ForEachGradient((i, gradient) => _accumulators[i].Value.Accumulate(gradient));
        }

        if (UseEma)
        {
            Average();
        }

        _calls.Set(_calls.Value + 1);
        ForEachGradient((i, _) => Constrain(_trainable[i]));
    }

    // Weights that were moved, as by another model that they are a part of, take their state along.
    private void FollowWeights()
    {
        for (int i = 0; i < _trainable.Length; i++)
        {
            Device device = _trainable[i].Device;
            if (_places[i] != device)
            {
                Relocation.Move($"the state of the optimizer '{Name}'", StateOf(i), device);
                _places[i] = device;
            }
        }
    }

    private void UseAccumulated(int steps)
    {
        Array.Clear(_rowGradients);
        for (int i = 0; i < _gradients.Length; i++)
        {
            if (_gradients[i] is Tensor gradient)
            {
                _gradients[i] = _accumulators[i].Value.Accumulate(gradient).Divide(steps);
            }
        }
    }

    private void Change(double rate)
    {
        GradientClipping.Clip(_gradients, _rowGradients, Clipnorm, Clipvalue, GlobalClipnorm);
        BeginUpdate();
        ForEachGradient(
            (i, gradient) =>
            {
                Variable variable = _trainable[i];
                double kept = DecayOf(variable) is double decay && !(_exclusions?.Contains(variable) ?? false) ? 1 - (decay * rate) : 1;
                _slotTensors.Clear();
                foreach (Variable slot in _slotsOf[i])
                {
                    _slotTensors.Add(slot.Value);
                }

                _rows = _rowGradients[i];
                ChangeOne(variable.Value, gradient, _slotTensors, kept, rate);
            }
        );
    }

    // Each operation of an update goes through its tensors once. On a CPU a large weight is updated part by part, each small enough to
    // stay in the cores' caches from one operation to the next, so that main memory is read and written once a step.
    private void ChangeOne(Tensor weight, Tensor gradient, List<Tensor> slots, double kept, double rate)
    {
        long length = weight.numel();
        long part = ElementsPerThread * get_num_threads();
        if (!IsElementWise || _rows is not null || length < 2 * part || weight.device_type != DeviceType.CPU || !weight.is_contiguous())
        {
            ChangePart(weight, gradient, slots, kept, rate);
            return;
        }

        Tensor flatWeight = weight.view(-1);
        Tensor flatGradient = gradient.reshape(-1);
        Tensor[] flatSlots = [.. slots.Select(s => s.view(-1))];
        var slotParts = new Tensor[flatSlots.Length];
        for (long start = 0; start < length; start += part)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(part, length - start);
            for (int s = 0; s < slotParts.Length; s++)
            {
                slotParts[s] = flatSlots[s].narrow(0, start, count);
            }

            ChangePart(flatWeight.narrow(0, start, count), flatGradient.narrow(0, start, count), slotParts, kept, rate);
        }
    }

    private void ChangePart(Tensor weight, Tensor gradient, IReadOnlyList<Tensor> slots, double kept, double rate)
    {
        if (kept != 1)
        {
            weight.Scale(kept);
        }

        Update(gradient, weight, slots, rate);
    }

    private void Average()
    {
        // The first average is the weight itself.
        double momentum = Iterations == 0 ? 0 : EmaMomentum;
        bool overwrite = EmaOverwriteFrequency is int frequency && (Iterations + 1) % frequency == 0;
        for (int i = 0; i < _trainable.Length; i++)
        {
            Tensor weight = _trainable[i].Value;
            Tensor average = _averages[i].Value;
            average.Scale(momentum).AddScaled(weight, 1 - momentum);
            if (overwrite)
            {
                weight.copy_(average);
            }
        }
    }

    private static void Constrain(Variable variable)
    {
        if (variable.Constraint is not null)
        {
            try
            {
                variable.Value.copy_(variable.Constraint.Call(variable.Value));
            }
            catch (Exception e) when (NativeFailure.Is(e))
            {
                throw NativeFailure.Of(
                    e,
                    $"The constraint {variable.Constraint.ClassName} of the weight {variable.Path}",
                    "Give one that makes of such a weight a tensor of its shape.",
                    areArguments: false,
                    ("the weight", variable.Value)
                );
            }
        }
    }

    private void ForEachGradient(Action<int, Tensor> action)
    {
        for (int i = 0; i < _gradients.Length; i++)
        {
            if (_gradients[i] is Tensor gradient)
            {
                using DisposeScope scope = NewDisposeScope();
                action(i, gradient);
            }
        }
    }
}
