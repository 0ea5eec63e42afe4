namespace Distillation.Keras.Schedules;

/// <summary>A number that may change during a fit: a temperature, or the weight of a term. A plain number converts to a constant.</summary>
/// <remarks>
/// Immutable and safe to share. To write one, derive from it and give the value in <see cref="ValueAt"/>. Per-sample schedules and learnt
/// temperatures have values that depend on the batch; see <see cref="PerSampleSchedule"/>.
/// </remarks>
public abstract class Schedule
{
    /// <summary>The value at a moment of the fit.</summary>
    /// <param name="epoch">
    /// How many epochs have passed, from 0 to below <paramref name="epochs"/>; within an epoch a fraction, but within the first one the
    /// number of the epoch where nobody knows how many batches a <see cref="DataSource"/> has.
    /// </param>
    /// <param name="epochs">How many epochs the fit has.</param>
    public abstract double ValueAt(double epoch, double epochs);

    /// <summary>Whether the value is learnt during the fit: only a temperature can be.</summary>
    internal virtual bool IsLearnt => false;

    /// <summary>Whether the value depends on the batch or is learnt, so that there is none for a moment alone.</summary>
    internal virtual bool IsTensor => IsLearnt;

    /// <summary>What no value is below, where that is known before the fit; of <see cref="StepSchedule"/> the sign alone.</summary>
    internal virtual double? Least => null;

    /// <summary>The state of one fit.</summary>
    /// <param name="dtype">The type of what is learnt.</param>
    /// <param name="device">Where the fit computes.</param>
    /// <param name="isMultiLabel">Whether the output is one sigmoid for each label instead of a softmax over classes.</param>
    internal virtual BoundSchedule Bind(DTypePolicy dtype, Device device, bool isMultiLabel) => new(this, device);

    /// <summary>A constant.</summary>
    public static implicit operator Schedule(double value) => new ConstantSchedule(value);

    /// <summary>A constant.</summary>
    public static implicit operator Schedule(int value) => new ConstantSchedule(value);
}
