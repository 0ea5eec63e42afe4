using System.Globalization;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Saving;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>An objective with its weight in one fit: binds its temperature and its adapters, gives it its signals, and checks what comes back.</summary>
internal sealed class ObjectiveTerm
{
    private readonly BoundObjective _bound;
    private readonly BoundSchedule? _temperature;
    private readonly BoundAdapter[] _adapters;
    private readonly ObjectiveBinding _binding;
    private readonly int _firstFeature;

    /// <summary>Binds an objective.</summary>
    /// <param name="objective">What.</param>
    /// <param name="name">The term's name in logs.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="shapes">The fit's shapes, features as the layers give them.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <param name="firstFeature">Where its features are among all.</param>
    /// <param name="teacherLayer">The teacher's layer of a pair.</param>
    /// <param name="device">Where the fit computes; the host by default.</param>
    public ObjectiveTerm(DistillationObjective objective, string name, Schedule weight, ObjectiveShapes shapes, DTypePolicy dtype, int firstFeature = 0, Func<int, Layer?>? teacherLayer = null, Device? device = null)
    {
        _firstFeature = firstFeature;
        Objective = objective;
        Name = name;
        IsOff = weight is ConstantSchedule { Value: 0 };
        var own = new ObjectiveBinding(shapes, dtype, device: device);
        _binding = own;
        try
        {
            _adapters = [.. shapes.Features.Select(f => BoundAdapter.Create(f.Pair, f.Teacher, f.Student, own))];
            _binding = new ObjectiveBinding(shapes with { Features = [.. _adapters.Select(a => a.Shapes)] }, dtype, teacherLayer, device);
            _binding.Adopt(own);
            _temperature = objective.Temperature?.Bind(_binding);
            Weight = weight.Bind(_binding);
            _bound = Released.Naming(name, () => objective.Bind(_binding));
        }
        catch
        {
            _binding.Release();
            throw;
        }
    }

    /// <summary>What was bound.</summary>
    public DistillationObjective Objective { get; }

    /// <summary>The name in logs.</summary>
    public string Name { get; }

    /// <summary>The weight.</summary>
    public BoundSchedule Weight { get; }

    /// <summary>Whether the weight is 0 for good: the term is only reported.</summary>
    public bool IsOff { get; }

    /// <summary>Whether an evaluation leaves it out: what looks at sample indices knows the training samples alone.</summary>
    public bool IsTrainingOnly => Objective.IsTrainingOnly || Objective.Needs.HasFlag(ObjectiveNeeds.SampleIndices);

    /// <summary>All weights that the term has made, trained or not.</summary>
    public IReadOnlyList<Variable> Variables => _binding.Variables;

    /// <summary>See <see cref="BoundObjective.Prepare"/>.</summary>
    public void Prepare(Func<IEnumerable<ObjectiveSignals>> batches) => Released.Naming(Name, () =>
    {
        _bound.Prepare(new Batches(() => batches().Select(s => With(s, null, teacherOnly: true))));
        return true;
    });

    /// <summary>The term's value on a batch, unreduced: (rows,) or a scalar.</summary>
    /// <param name="signals">All signals; features as the layers give them.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    public Tensor Compute(ObjectiveSignals signals, double epoch, double epochs)
    {
        if (_temperature is { IsTensor: false } && _temperature.Number(epoch, epochs) == 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A temperature is positive during the whole fit, but that of '{Name}' is 0 after {epoch:0.####} of {epochs} epochs."));
        }

        Tensor? temperature = _temperature?.Value(signals, signals.Type, epoch, epochs);
        ObjectiveSignals own = With(signals, temperature, teacherOnly: false);
        Tensor value = Released.Naming(Name, () => _bound.Compute(own));
        bool fits = Objective.IsPerSample ? value.dim() == 1 : value.dim() == 0;
        return fits
            ? value
            : throw new InvalidOperationException(
                $"{(Objective.IsPerSample ? "An objective gives one value a row, (rows,)" : "An objective whose IsPerSample is false gives a scalar")}, but {Objective.GetType().Name} gave the shape {Shape.FromSizes(value.shape)}. Reduce over the other axes, or override IsPerSample.");
    }

    /// <summary>The variables of the objective, and what else it keeps, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        _binding.Exchange(state.In("variables"));
        _bound.ExchangeState(state.In("own"));
    }

    /// <summary>Frees what the term has made.</summary>
    public void Release()
    {
        _temperature?.Release();
        Weight.Release();
        _binding.Release();
    }

    private ObjectiveSignals With(ObjectiveSignals all, Tensor? temperature, bool teacherOnly) => all.For(
        Objective,
        temperature,
        teacherOnly ? null : [.. _adapters.Select((a, i) => a.Student(all.StudentFeatures[_firstFeature + i], all.Training))],
        [.. _adapters.Select((a, i) => a.Teacher(all.TeacherFeatures[_firstFeature + i]))]);

    // Each enumeration begins anew.
    private sealed class Batches(Func<IEnumerable<ObjectiveSignals>> batches) : IEnumerable<ObjectiveSignals>
    {
        public IEnumerator<ObjectiveSignals> GetEnumerator() => batches().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
