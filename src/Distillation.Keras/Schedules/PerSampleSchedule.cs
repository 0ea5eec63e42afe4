using System.Globalization;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Schedules;

/// <summary>
/// A value for each sample, by how certain the teacher is of it: <c>atZero + (atOne - atZero) · u</c> with u from 0 to 1.
/// </summary>
/// <remarks>
/// Immutable. As a weight it needs an objective with one value a row; as a temperature both values must be positive. No gradient flows
/// through it. Of an output with one sigmoid for each label, u is the mean over the labels, each a classifier of two.
/// </remarks>
public sealed class PerSampleSchedule : Schedule
{
    /// <inheritdoc cref="PerSampleSchedule" path="/summary"/>
    /// <param name="by">What u is.</param>
    /// <param name="atZero">The value where u is 0.</param>
    /// <param name="atOne">The value where u is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite.</exception>
    public PerSampleSchedule(TeacherUncertainty by, double atZero, double atOne)
    {
        By = Arguments.Defined(by, nameof(by));
        AtZero = Arguments.Finite(atZero);
        AtOne = Arguments.Finite(atOne);
    }

    /// <summary>What u is.</summary>
    public TeacherUncertainty By { get; }

    /// <summary>The value where u is 0.</summary>
    public double AtZero { get; }

    /// <summary>The value where u is 1.</summary>
    public double AtOne { get; }

    internal override double? Least => Math.Min(AtZero, AtOne);

    /// <summary>Not for this schedule, whose values depend on the sample.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override double ValueAt(double epoch, double epochs) =>
        throw new NotSupportedException("A per-sample schedule has one value for each sample, not one for each moment.");

    internal override bool IsTensor => true;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"per sample, from {AtZero} to {AtOne} by the teacher's {(By == TeacherUncertainty.Entropy ? "entropy" : "confidence")}"
        );

    internal override BoundSchedule Bind(DTypePolicy dtype, Device device, bool isMultiLabel) => new Bound(this, isMultiLabel, device);

    private sealed class Bound(PerSampleSchedule schedule, bool isMultiLabel, Device device) : BoundSchedule(schedule, device)
    {
        public override bool IsTensor => true;

        public override Tensor Value(Tensor? teacherLogits, ScalarType type, double epoch, double epochs)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor v = teacherLogits!;

            // A sigmoid is the softmax of its logit and 0.
            Tensor logP = nn.functional.log_softmax(isMultiLabel ? stack([v, zeros_like(v)], -1) : v, -1);
            Tensor u =
                schedule.By == TeacherUncertainty.Confidence
                    ? logP.amax([-1], keepdim: true).exp()
                    : (logP.exp() * logP).sum(-1, keepdim: true).Over(-Math.Log(logP.shape[^1]));
            u = isMultiLabel ? u.squeeze(-1).mean([-1], keepdim: true) : u;
            return u.Times(schedule.AtOne - schedule.AtZero).Plus(schedule.AtZero).to(type).MoveToOuterDisposeScope();
        }
    }
}
