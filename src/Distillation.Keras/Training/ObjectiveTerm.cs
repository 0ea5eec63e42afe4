using System.Globalization;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>One term of a fit's loss: an objective with its weight, its temperature, its adapters, and the mean of its values.</summary>
internal sealed class ObjectiveTerm
{
    private readonly ObjectiveBinding _binding;
    private readonly BoundObjective _bound;
    private readonly BoundSchedule _weight;
    private readonly BoundSchedule? _temperature;
    private readonly BoundAdapter[] _adapters;
    private readonly int _firstFeature;
    private readonly bool _isOff;
    private readonly LossTracker _values;

    /// <summary>Binds an objective.</summary>
    /// <param name="objective">What the value is computed by.</param>
    /// <param name="name">The term's name in logs.</param>
    /// <param name="weight">The factor of the value in the loss; at least 0.</param>
    /// <param name="shapes">The fit's shapes, features as the layers give them.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <param name="firstFeature">Where its features are among all.</param>
    /// <param name="teacherLayers">The teacher's layer of each of its pairs.</param>
    /// <param name="device">Where the fit computes; the host by default.</param>
    public ObjectiveTerm(
        DistillationObjective objective,
        string name,
        Schedule weight,
        ObjectiveShapes shapes,
        DTypePolicy dtype,
        int firstFeature = 0,
        IReadOnlyList<Layer?>? teacherLayers = null,
        Device? device = null
    )
    {
        Objective = objective;
        Name = name;
        _firstFeature = firstFeature;
        _isOff = weight is ConstantSchedule { Value: 0 };
        _binding = new ObjectiveBinding(shapes, dtype, teacherLayers, device);
        _values = new LossTracker(_binding.Device);
        try
        {
            _adapters = [.. shapes.Features.Select(f => BoundAdapter.Create(f.Pair, f.Teacher, f.Student, _binding))];
            _binding.Shapes = shapes with { Features = [.. _adapters.Select(a => a.Shapes)] };
            _temperature = objective.Temperature is Schedule temperature ? Bind(temperature) : null;
            _weight = Bind(weight);
            _bound =
                objective.Bind(_binding)
                ?? throw new InvalidOperationException(
                    $"Bind of an objective gives its state in a fit, but that of {objective.GetType().Name} gave null. Without any it is "
                        + "what the base class gives."
                );
        }
        catch (Exception e)
        {
            Release();
            if (NativeFailure.Is(e))
            {
                throw Failed(e);
            }

            throw;
        }
    }

    /// <summary>What was bound.</summary>
    public DistillationObjective Objective { get; }

    /// <summary>The name in logs.</summary>
    public string Name { get; }

    /// <summary>Whether an evaluation leaves it out: what looks at sample indices knows the training samples alone.</summary>
    public bool IsTrainingOnly => Objective.IsTrainingOnly || Objective.Needs.HasFlag(ObjectiveNeeds.SampleIndices);

    /// <summary>All weights that the term has made, trained or not.</summary>
    public IReadOnlyList<Variable> Variables => _binding.Variables;

    /// <summary>
    /// The mean of the unweighted values since the last reset; <see langword="null"/> where it has none, as a term that an evaluation
    /// leaves out.
    /// </summary>
    public Tensor? Result() => _values.IsEmpty ? null : _values.Result();

    /// <summary>See <see cref="BoundObjective.Prepare"/>.</summary>
    /// <param name="batches">The teacher's signals on all batches, to be gone through any number of times.</param>
    public void Prepare(IEnumerable<ObjectiveSignals> batches)
    {
        try
        {
            _bound.Prepare(batches.Select(OfTeacher));
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>Computes the term on a batch, and takes its value in.</summary>
    /// <param name="signals">All signals; features as the layers give them.</param>
    /// <param name="weights">What the rows count for.</param>
    /// <param name="samples">How many samples the batch has.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    /// <returns>What it adds to the loss, a scalar; <see langword="null"/>: nothing.</returns>
    public Tensor? Step(ObjectiveSignals signals, RowWeights weights, int samples, double epoch, double epochs)
    {
        if (IsTrainingOnly && !signals.Training)
        {
            return null;
        }

        Tensor? part = Part(signals, weights, epoch, epochs, out Tensor value);
        using IDisposable noGrad = no_grad();
        _values.Update(value, samples);
        return part;
    }

    /// <summary>What the term adds to the loss of a batch, a scalar; <see langword="null"/> where it has no weight.</summary>
    /// <param name="signals">All signals; features as the layers give them.</param>
    /// <param name="weights">What the rows count for.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="value">Its unweighted value, a scalar.</param>
    public Tensor? Part(ObjectiveSignals signals, RowWeights weights, double epoch, double epochs, out Tensor value)
    {
        // A term without weight is only reported: even an infinite one adds nothing.
        using IDisposable? reportedOnly = _isOff ? no_grad() : null;
        Tensor? rowWeights = weights.Of(Objective.Needs.HasFlag(ObjectiveNeeds.Labels), Objective is LossTerm { IsOnLabels: true });
        Tensor computed = Compute(signals, epoch, epochs, rowWeights);
        bool isPerRow = computed.dim() == 1;
        value = isPerRow ? weights.Reduce(computed, rowWeights) : computed;
        if (_isOff)
        {
            return null;
        }

        if (!_weight.IsTensor)
        {
            double number = _weight.Number(epoch, epochs);
            return number == 0 ? null
                : number == 1 ? value
                : value.Times(number);
        }

        Tensor each = _weight.Value(signals.TeacherLogitsIfAny, computed.dtype, epoch, epochs);
        return isPerRow ? weights.Reduce(computed * (each.dim() == 0 ? each : each.squeeze(-1)), rowWeights)
            : each.dim() == 0 ? value * each
            : throw new InvalidOperationException(
                $"The weight of '{Name}' is one for each sample, but it is one value for a batch here. Give a number or a schedule over "
                    + "epochs, or a loss with one value a row."
            );
    }

    /// <summary>The values on a batch, unreduced: (rows,) or a scalar.</summary>
    /// <param name="signals">All signals; features as the layers give them.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="rowWeights">The weights of the rows, for a loss with a reduction of its own.</param>
    public Tensor Compute(ObjectiveSignals signals, double epoch, double epochs, Tensor? rowWeights = null)
    {
        Tensor value;
        bool isLoss = Objective is LossTerm { Loss: not null };
        ObjectiveSignals own = isLoss ? signals : Own(signals, epoch, epochs);
        try
        {
            value = isLoss ? ((LossTerm)Objective).OfLoss(own, rowWeights) : _bound.Run(own);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e);
        }

        value = ObjectiveAnswer.Checked(value, Objective);
        return isLoss || (Objective.IsPerSample ? value.dim() == 1 && own.HasRows(value.shape[0]) : value.dim() == 0)
            ? value
            : throw new InvalidOperationException(
                (
                    Objective.IsPerSample
                        ? "An objective gives one value a row, (rows,)"
                        : "An objective whose IsPerSample is false gives a scalar"
                )
                    + $", but {Objective.GetType().Name} gave the shape {Shape.FromSizes(value.shape)}. Reduce over the other axes, or "
                    + "override IsPerSample."
            );
    }

    /// <summary>Forgets the values of earlier batches.</summary>
    public void Reset() => _values.Reset();

    /// <summary>The values, the variables of the objective, and what else it keeps, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        _values.Exchange(state.In("values"));
        _binding.Exchange(state.In("variables"));
        _bound.ExchangeState(state.In("own"));
    }

    /// <summary>Frees what the term has made.</summary>
    public void Release()
    {
        _values.Release();
        _temperature?.Release();
        _weight?.Release();
        _binding.Release();
    }

    private BoundSchedule Bind(Schedule schedule)
    {
        BoundSchedule bound = schedule.Bind(_binding.DType, _binding.Device, _binding.Shapes.IsMultiLabel);
        if (bound.Learnt is Variable learnt)
        {
            _binding.Adopt(learnt);
        }

        return bound;
    }

    // What the objective gets of all signals.
    private ObjectiveSignals Own(ObjectiveSignals all, double epoch, double epochs)
    {
        if (_temperature is { IsTensor: false } && _temperature.Number(epoch, epochs) == 0)
        {
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A temperature is positive during the whole fit, but that of '{Name}' is 0 after {epoch:0.####} of {epochs} epochs."
                )
            );
        }

        Tensor? temperature = _temperature?.Value(all.TeacherLogitsIfAny, all.Type, epoch, epochs);
        return all.For(
            Objective.Needs,
            temperature,
            _adapters.Length == 0 ? null : [.. _adapters.Select((a, i) => a.Student(all.StudentFeatures[_firstFeature + i], all.Training))],
            TeacherFeatures(all)
        );
    }

    private ObjectiveSignals OfTeacher(ObjectiveSignals all) => all.For(Objective.Needs, null, null, TeacherFeatures(all));

    private Tensor[]? TeacherFeatures(ObjectiveSignals all) =>
        _adapters.Length == 0 ? null : [.. _adapters.Select((a, i) => a.Teacher(all.TeacherFeatures[_firstFeature + i]))];

    private Exception Failed(Exception e) =>
        NativeFailure.Of(
            e,
            $"The term '{Name}'",
            "Look at the shapes and types of the signals that its objective computes with.",
            areArguments: false
        );
}
