using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

// How the slots are made, and taken back.
public abstract partial class Optimizer
{
    /// <summary>What stands before its name in the paths of its slots: the optimizer around it.</summary>
    internal string Scope { get; set; } = string.Empty;

    /// <summary>The weights that it changes, once it was built for them.</summary>
    internal virtual IReadOnlyList<Variable> TrainedWeights => _trainable;

    /// <summary>What it keeps of each weight, in the order of the weights.</summary>
    internal virtual IEnumerable<IReadOnlyList<Variable>> StateByWeight =>
        _trainable.Select(w => (IReadOnlyList<Variable>)[.. StateOf([w])]);

    /// <summary>Makes its state for these weights; with the same weights again it does nothing.</summary>
    /// <param name="variables">The weights that it will change.</param>
    /// <exception cref="ArgumentException">It was built for other weights, or a weight is given twice.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for its state, or for the gradients.</exception>
    public void Build(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ThrowIfReleased();
        if (variables.Any(static v => v is null))
        {
            throw new ArgumentException("One of the weights is null.", nameof(variables));
        }

        if (Built)
        {
            foreach (Variable variable in variables)
            {
                IndexOf(variable);
            }

            return;
        }

        for (int i = 0; i < variables.Count; i++)
        {
            if (!_indices.TryAdd(variables[i], i))
            {
                _indices.Clear();
                throw new ArgumentException(
                    $"The weight {variables[i].Path} is given twice; an optimizer changes each weight once a step.",
                    nameof(variables)
                );
            }
        }

        _trainable = [.. variables];
        _gradients = new Tensor?[_trainable.Length];
        _rowGradients = new RowGradient?[_trainable.Length];
        _slotsOf = Array.ConvertAll(_trainable, static _ => new List<Variable>());
        _places = Array.ConvertAll(_trainable, static v => v.Device);
        try
        {
            _averages = UseEma ? Array.ConvertAll(_trainable, v => NewSlot(v, "average", 0)) : [];
            _accumulators = GradientAccumulationSteps is null
                ? []
                : Array.ConvertAll(_trainable, v => NewSlot(v, "gradient_accumulator", 0));
            CreateSlots();
            SystemMemory.Require(
                $"The optimizer {Name}: the gradients of {_trainable.Length} weights",
                _trainable.Where(v => v.Device.IsHost).Sum(v => (double)v.Value.numel() * v.Value.ElementSize)
            );
        }
        catch
        {
            Forget();
            throw;
        }

        Built = true;
    }

    /// <summary>Makes its state for these weights, if it was made for none yet.</summary>
    /// <returns>What takes it away again, if the call that needed it is refused; <see langword="null"/> where it was there.</returns>
    internal Action? EnsureBuilt(IReadOnlyList<Variable> variables)
    {
        bool before = Built;
        Build(variables);
        return before ? null : Forget;
    }

    /// <summary>Makes the slots by <see cref="AddSlots(string[])"/>. Called once, while the optimizer is built.</summary>
    protected virtual void CreateSlots() { }

    /// <summary>Gives each weight zero-filled slots of these names: first all of the first weight, then all of the second, ...</summary>
    protected void AddSlots(params string[] names) => AddSlots(0, names);

    /// <summary>Gives each weight slots of these names, filled with a number.</summary>
    protected void AddSlots(double initial_value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        for (int i = 0; i < _trainable.Length; i++)
        {
            foreach (string name in names)
            {
                Keep(i, NewSlot(_trainable[i], name, initial_value));
            }
        }
    }

    /// <summary>Gives each weight slots of these names, each filled with its number.</summary>
    private protected void AddSlots(params (double Value, string Name)[] slots)
    {
        for (int i = 0; i < _trainable.Length; i++)
        {
            foreach ((double value, string name) in slots)
            {
                Keep(i, NewSlot(_trainable[i], name, value));
            }
        }
    }

    /// <summary>Gives one weight a zero-filled slot.</summary>
    private protected void AddSlot(int index, string name) => Keep(index, NewSlot(_trainable[index], name, 0));

    /// <summary>Gives one weight a zero-filled slot of another shape, whose name does not have the weight's before it.</summary>
    private protected void AddSlot(int index, string name, long[] sizes)
    {
        using IDisposable noGrad = no_grad();
        Tensor weight = _trainable[index].Value;
        SystemMemory.Require($"The optimizer {Name}: the slot '{name}'", Shape.FromSizes(sizes), weight.dtype, beside: weight);
        Tensor slot = zeros(sizes, weight.dtype, weight.device);
        Keep(index, new Variable(slot, name, trainable: false) { Path = $"{Scope}{Name}/{name}" });
    }

    /// <summary>Gives one weight an integer of 0 in the place of a slot that it does not need, as Keras has it in files.</summary>
    private protected void AddPlaceholder(int index, string name) =>
        Keep(index, new Variable(zeros([], ScalarType.Int32, _trainable[index].Value.device), name, trainable: false));

    /// <summary>The slots of a weight.</summary>
    private protected IReadOnlyList<Variable> SlotsOf(int index) => _slotsOf[index];

    private void Keep(int index, Variable slot)
    {
        _slots.Add(slot);
        _slotsOf[index].Add(slot);
    }

    /// <summary>Adds a number that all weights share, after the slots.</summary>
    private protected OptimizerNumber AddNumber(double value, string name, string? path = null, ScalarType type = ScalarType.Float32)
    {
        var number = new OptimizerNumber(value, type, name, path ?? name);
        _numbers.Add(number);
        return number;
    }

    private Variable NewSlot(Variable weight, string name, double value)
    {
        using IDisposable noGrad = no_grad();
        SystemMemory.Require(
            $"The optimizer {Name}: the slot '{name}' of the weight {weight.Path}",
            weight.Shape,
            weight.DType,
            beside: weight.Value
        );
        name = $"{weight.Path.Replace('/', '_')}_{name}";
        return new Variable(weight.Value.FilledLike(value), name, trainable: false) { Path = $"{Scope}{Name}/{name}" };
    }

    /// <summary>What it keeps of some weights, as far as it serves them: averages, accumulators, slots.</summary>
    internal virtual IEnumerable<Variable> StateOf(IEnumerable<Variable> weights) =>
        weights.Select(w => _indices.GetValueOrDefault(w, -1)).Where(i => i >= 0).SelectMany(StateOf);

    private IEnumerable<Variable> StateOf(int index) =>
        [.. _averages.Skip(index).Take(1), .. _accumulators.Skip(index).Take(1), .. _slotsOf[index]];

    // What a refused call has made already: the optimizer is as before.
    internal virtual void Forget()
    {
        foreach (Variable variable in (IEnumerable<Variable>)[.. _averages, .. _accumulators, .. _slots])
        {
            variable.Release();
        }

        _numbers.ForEach(n => n.Release());
        Built = false;
        _averages = _accumulators = _trainable = [];
        _slotsOf = [];
        _places = [];
        _slots.Clear();
        _numbers.Clear();
        _indices.Clear();
    }
}
