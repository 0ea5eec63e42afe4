using static TorchSharp.torch;

namespace Distillation.Keras.Schedules;

/// <summary>What another schedule leaves of 1.</summary>
/// <param name="share">The other one.</param>
internal sealed class ComplementSchedule(Schedule share) : Schedule
{
    internal override bool IsTensor => share.IsTensor;

    internal override double? Least => share is PerSampleSchedule each ? 1 - Math.Max(each.AtZero, each.AtOne) : null;

    /// <summary>What it leaves of 1.</summary>
    public Schedule Share => share;

    public override double ValueAt(double epoch, double epochs)
    {
        // A share of 1 may have been rounded up.
        double rest = 1 - share.ValueAt(epoch, epochs);
        return rest is < 0 and > -1e-12 ? 0 : rest;
    }

    internal override BoundSchedule Bind(DTypePolicy dtype, Device device, bool isMultiLabel) =>
        share.IsTensor ? new Bound(this, share.Bind(dtype, device, isMultiLabel), device) : new BoundSchedule(this, device);

    private sealed class Bound(Schedule schedule, BoundSchedule share, Device device) : BoundSchedule(schedule, device)
    {
        public override bool IsTensor => true;

        public override Variable? Learnt => share.Learnt;

        public override Tensor Value(Tensor? teacherLogits, ScalarType type, double epoch, double epochs)
        {
            Tensor value = share.Value(teacherLogits, type, epoch, epochs);
            return ones_like(value) - value;
        }

        public override void Release() => share.Release();
    }
}
