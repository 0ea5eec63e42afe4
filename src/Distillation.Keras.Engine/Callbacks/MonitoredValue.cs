using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>A value of the logs that a callback watches, and what counts as its improvement.</summary>
/// <remarks>Source: <c>keras/src/callbacks/monitor_callback.py</c>.</remarks>
internal sealed class MonitoredValue
{
    private const string Validation = "val_";

    private readonly Callback _owner;
    private readonly MonitorMode _mode;
    private readonly double _minDelta;
    private bool _higher;
    private bool _seen;

    public MonitoredValue(Callback owner, string monitor, string mode, double min_delta)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        _owner = owner;
        Name = monitor;
        _mode = mode switch
        {
            "auto" => MonitorMode.Auto,
            "min" => MonitorMode.Min,
            "max" => MonitorMode.Max,
            _ => throw new ArgumentException($"mode is \"auto\", \"min\" or \"max\", but found \"{mode}\".", nameof(mode)),
        };
        _minDelta = Math.Abs(Arguments.Finite(min_delta));
    }

    /// <summary>Its name in the logs.</summary>
    public string Name { get; }

    /// <summary>Finds out which direction is better. Called when training begins.</summary>
    /// <exception cref="ArgumentException">It cannot be told, or the value can never appear.</exception>
    public void Begin()
    {
        _seen = false;
        _higher = _mode switch
        {
            MonitorMode.Min => false,
            MonitorMode.Max => true,
            _ => _owner.HigherIsBetter(IsValidation ? Name[Validation.Length..] : Name)
                ?? throw new ArgumentException(
                    $"{_owner.GetType().Name} cannot tell whether '{Name}' should become big or small. The values there are: "
                        + $"{string.Join(", ", _owner.LogNames)}. Check the name, or pass mode: \"max\" or mode: \"min\" for a value "
                        + $"that another callback adds.{NoValidation}",
                    "monitor"
                ),
        };
        int freq = _owner.Parameters.ValidationFreq;
        if (IsValidation && _owner.Parameters.Epochs < freq)
        {
            throw new ArgumentException(
                Invariant(
                    $"{_owner.GetType().Name} watches '{Name}', but with validation_freq: {freq} and epochs: {_owner.Parameters.Epochs} "
                        + $"there is no validation at all."
                ),
                "monitor"
            );
        }
    }

    /// <summary>What was seen of the fit, taken down or put back.</summary>
    public void Exchange(StateExchange state) => _seen = state.Flag("seen", _seen);

    /// <summary>The value of an epoch, or <see langword="null"/> where that epoch has no validation.</summary>
    /// <exception cref="InvalidOperationException">The value is not there; the message lists what is.</exception>
    public double? Read(int epoch, Logs logs)
    {
        if (logs.TryGetValue(Name, out double value))
        {
            _seen = true;
            return value;
        }

        // Once seen, the name is right; and a validation may come later.
        bool mayCome = _seen || (IsValidation && (epoch + 1) % _owner.Parameters.ValidationFreq != 0);
        return mayCome
            ? null
            : throw new InvalidOperationException(
                Invariant(
                    $"{_owner.GetType().Name} watches '{Name}', which is not among the values of epoch {epoch + 1}: "
                        + $"{string.Join(", ", logs.Keys)}."
                        + $"{NoValidation}"
                )
            );
    }

    /// <summary>Whether a value is better than another by more than <c>min_delta</c>; NaN never is.</summary>
    /// <remarks>Keras compares in float32: values that differ less than that are equal.</remarks>
    public bool IsImprovement(double value, double reference) =>
        _higher ? (float)(value - _minDelta) > (float)reference : (float)(value + _minDelta) < (float)reference;

    /// <summary>The value that every finite one improves on.</summary>
    public double Worst => _higher ? double.NegativeInfinity : double.PositiveInfinity;

    private string NoValidation =>
        IsValidation && !_owner.Parameters.HasValidation
            ? " Values that begin with val_ need validation_data or validation_split."
            : string.Empty;

    private bool IsValidation => Name.StartsWith(Validation, StringComparison.Ordinal);
}
