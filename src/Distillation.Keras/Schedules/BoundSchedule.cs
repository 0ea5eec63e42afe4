using System.Globalization;
using static TorchSharp.torch;

namespace Distillation.Keras.Schedules;

/// <summary>A schedule in one fit: here one that depends on time alone.</summary>
/// <param name="schedule">What it was made from.</param>
/// <param name="device">Where the fit computes.</param>
internal class BoundSchedule(Schedule schedule, Device device)
{
    private Tensor? _tensor;
    private double _value = double.NaN;

    /// <summary>Whether its values are tensors that depend on the batch or are learnt, not <see cref="Number"/>s.</summary>
    public virtual bool IsTensor => false;

    /// <summary>The weight that it learns, if any. Who binds it trains and frees it.</summary>
    public virtual Variable? Learnt => null;

    /// <summary>The value at a moment.</summary>
    /// <exception cref="InvalidOperationException">It is negative or not finite.</exception>
    public double Number(double epoch, double epochs)
    {
        double value = schedule.ValueAt(epoch, epochs);
        return value >= 0 && double.IsFinite(value)
            ? value
            : throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A schedule gives finite numbers that are not negative during the whole fit, but '{schedule}' gave {value} after "
                        + $"{epoch:0.####} of {epochs} epochs."
                )
            );
    }

    /// <summary>The value at a moment as a tensor of the logits' type: a scalar or (rows, 1).</summary>
    /// <param name="teacherLogits">The teacher's logits, (rows, classes); <see langword="null"/> where it gives none.</param>
    /// <param name="type">The type of the result.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    public virtual Tensor Value(Tensor? teacherLogits, ScalarType type, double epoch, double epochs)
    {
        // A new scalar only when the value changes: for a constant, once a fit.
        double value = Number(epoch, epochs);
        if (_tensor is null || _tensor.dtype != type || value != _value)
        {
            Release();
            _tensor = tensor(value, type, device).DetachFromDisposeScope();
            _value = value;
        }

        return _tensor;
    }

    /// <summary>Frees what it keeps.</summary>
    public virtual void Release()
    {
        _tensor?.Dispose();
        _tensor = null;
    }
}
