using System.Globalization;
using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Schedules;

/// <summary>
/// A temperature that is learnt against the student: <c>T = least + range · sigmoid(θ)</c>, where θ goes up the loss that the student goes
/// down.
/// </summary>
/// <remarks>
/// <para>
/// Li et al., Curriculum Temperature for Knowledge Distillation, arXiv 2211.16231, section 3, the global version. The gradient of θ is that
/// of the loss times -λ (gradient reversal), and λ grows from 0 to its greatest value along a cosine during the first epochs, so that the
/// task is easy at first: <c>λ = greatest · (1 - cos(π min(epoch / growth, 1))) / 2</c>. The student's optimizer trains θ with the
/// student's weights, weight decay included. Range, beginning (θ = 1, T = 15.6) and λ are those of the authors' code: T between 1 and 21, λ
/// up to 1 within 10 epochs. Here λ changes from step to step, there between epochs.
/// </para>
/// <para>
/// It is a temperature only: as a weight it would do nothing but grow its term, and is refused. Each objective of each fit learns its own
/// θ. Immutable and safe to share: a specification.
/// </para>
/// </remarks>
public sealed class LearntTemperature : Schedule
{
    private readonly CosineSchedule _reversal;

    /// <inheritdoc cref="LearntTemperature" path="/summary"/>
    /// <param name="least">What T stays above, positive.</param>
    /// <param name="range">How far above it T stays, positive.</param>
    /// <param name="initial">θ at the beginning.</param>
    /// <param name="reversal">The greatest λ, positive.</param>
    /// <param name="growth">How many epochs λ grows, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public LearntTemperature(double least = 1, double range = 20, double initial = 1, double reversal = 1, double growth = 10)
    {
        LeastTemperature = Arguments.Positive(least);
        Range = Arguments.Positive(range);
        Initial = Arguments.Finite(initial);
        Reversal = Arguments.Positive(reversal);
        Growth = Arguments.Positive(growth);
        _reversal = new CosineSchedule(0, reversal, growth);
    }

    /// <summary>What T stays above.</summary>
    public double LeastTemperature { get; }

    /// <summary>How far above it T stays.</summary>
    public double Range { get; }

    /// <summary>θ at the beginning.</summary>
    public double Initial { get; }

    /// <summary>The greatest λ.</summary>
    public double Reversal { get; }

    /// <summary>How many epochs λ grows.</summary>
    public double Growth { get; }

    internal override double? Least => LeastTemperature;

    internal override bool IsLearnt => true;

    /// <summary>Not for this schedule, whose values are learnt.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override double ValueAt(double epoch, double epochs) =>
        throw new NotSupportedException("A learnt temperature is not known before the fit: it has no value for a moment.");

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"learnt between {LeastTemperature} and {LeastTemperature + Range}");

    internal override BoundSchedule Bind(DTypePolicy dtype, Device device, bool isMultiLabel) =>
        new Bound(this, new Variable(new Constant(Initial).Call(Shape.Scalar, dtype.VariableType), "theta", device: device), device);

    private sealed class Bound(LearntTemperature schedule, Variable theta, Device device) : BoundSchedule(schedule, device)
    {
        public override bool IsTensor => true;

        public override Variable Learnt => theta;

        public override Tensor Value(Tensor? teacherLogits, ScalarType type, double epoch, double epochs)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor value = theta.Value;
            double reversal = schedule._reversal.ValueAt(epoch, epochs);

            // θ itself, with the gradient -λ.
            Tensor reversed = value.detach().Times(1 + reversal) - value.Times(reversal);
            return reversed.sigmoid().Times(schedule.Range).Plus(schedule.LeastTemperature).to(type).MoveToOuterDisposeScope();
        }
    }
}
