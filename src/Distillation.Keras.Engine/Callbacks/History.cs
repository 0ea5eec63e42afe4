using Distillation.Keras.Callbacks;
using Distillation.Keras.State;

namespace Distillation.Keras;

/// <summary>What every epoch of a fit gave: <c>history["val_loss"]</c> is one value an epoch.</summary>
/// <remarks>It is a callback that <c>Fit</c> adds by itself. Source: <c>keras/src/callbacks/history.py</c>.</remarks>
public sealed class History : Callback
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, List<double>> _values = new(StringComparer.Ordinal);
    private readonly List<int> _epochs = [];

    /// <summary>The numbers of the epochs that ran, from 0.</summary>
    public IReadOnlyList<int> Epochs => _epochs;

    /// <summary>The names of the values, in Keras' order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The values of one name, one an epoch.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names.</exception>
    public IReadOnlyList<double> this[string name] =>
        _values.TryGetValue(name, out List<double>? values)
            ? values
            : throw new KeyNotFoundException(
                $"The history has no values named '{name}'. Known: "
                    + $"{(_names.Count == 0 ? "none, as no epoch ran" : string.Join(", ", _names))}."
            );

    /// <summary>Whether there are values of that name.</summary>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _values.ContainsKey(name);
    }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        _names.Clear();
        _values.Clear();
        _epochs.Clear();
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        _epochs.Add(epoch);
        foreach ((string name, double value) in logs)
        {
            if (!_values.TryGetValue(name, out List<double>? values))
            {
                _names.Add(name);
                _values[name] = values = [];
            }

            values.Add(value);
        }
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        IReadOnlyList<string> names = state.Texts("names", _names);
        double[] epochs = state.Numbers("epochs", [.. _epochs]);
        if (state.IsRestoring)
        {
            if (!Array.TrueForAll(epochs, e => double.IsInteger(e) && e is >= 0 and <= int.MaxValue))
            {
                throw StateExchange.OfAnotherFit("the epochs of its history are not numbered from 0");
            }

            OnTrainBegin(new Logs());
            _epochs.AddRange(epochs.Select(e => (int)e));
            _names.AddRange(names);
        }

        foreach (string name in _names)
        {
            double[] values = state.Numbers($"values/{name}", _values.GetValueOrDefault(name) ?? []);
            if (state.IsRestoring && values.Length > epochs.Length)
            {
                throw StateExchange.OfAnotherFit(
                    Invariant($"its history has {values.Length} values of '{name}', but {epochs.Length} epochs")
                );
            }

            _values[name] = [.. values];
        }
    }
}
