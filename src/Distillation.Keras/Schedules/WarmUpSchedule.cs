using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Schedules;

/// <summary>
/// A weight that grows evenly from 0 during the first epochs: another schedule's value times <c>min(epoch / epochs, 1)</c>.
/// </summary>
/// <remarks>
/// As in the authors' code of decoupled distillation (arXiv 2203.08679), but with steps counted as fractions of an epoch from 0, where that
/// code counts whole epochs from 1. It begins at 0, so it is no temperature. Immutable and safe to share.
/// </remarks>
public sealed class WarmUpSchedule : Schedule
{
    /// <inheritdoc cref="WarmUpSchedule" path="/summary"/>
    /// <param name="epochs">How many epochs the growth takes, positive.</param>
    /// <param name="after">
    /// The weight that grows, and that is left when it has grown; 1 by default. It may change over time or by sample.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="after"/> is no weight.</exception>
    public WarmUpSchedule(double epochs, Schedule? after = null)
    {
        Epochs = Arguments.Positive(epochs);
        After = LossWeight.Check(after ?? 1, nameof(after));
    }

    /// <summary>How many epochs the growth takes.</summary>
    public double Epochs { get; }

    /// <summary>The weight that grows.</summary>
    public Schedule After { get; }

    internal override bool IsLearnt => After.IsLearnt;

    internal override bool IsTensor => After.IsTensor;

    internal override double? Least => 0;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The weight that grows depends on the sample.</exception>
    public override double ValueAt(double epoch, double epochs) => Share(epoch) * After.ValueAt(epoch, epochs);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"from 0 over {Epochs} epochs, then {After}");

    internal override BoundSchedule Bind(DTypePolicy dtype, Device device, bool isMultiLabel) =>
        IsTensor ? new Bound(this, After.Bind(dtype, device, isMultiLabel), device) : base.Bind(dtype, device, isMultiLabel);

    private double Share(double epoch) => Math.Min(epoch / Epochs, 1);

    private sealed class Bound(WarmUpSchedule schedule, BoundSchedule after, Device device) : BoundSchedule(schedule, device)
    {
        public override bool IsTensor => true;

        public override Variable? Learnt => after.Learnt;

        public override Tensor Value(Tensor? teacherLogits, ScalarType type, double epoch, double epochs)
        {
            using DisposeScope scope = NewDisposeScope();
            return after.Value(teacherLogits, type, epoch, epochs).Times(schedule.Share(epoch)).MoveToOuterDisposeScope();
        }

        public override void Release() => after.Release();
    }
}
