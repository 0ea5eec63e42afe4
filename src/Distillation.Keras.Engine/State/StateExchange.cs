using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.State;

/// <summary>Takes the state of a part of a fit down, or puts it back: each part says once, for both, what its state is.</summary>
/// <remarks>
/// <c>_wait = (int)state.Integer("wait", _wait);</c> keeps the field when the state is taken, and changes it when it is put back. The same
/// names must be exchanged both times. Not thread-safe.
/// </remarks>
public sealed class StateExchange
{
    private readonly Dictionary<string, StateArray> _values;
    private readonly HashSet<string> _used;
    private readonly string _prefix;

    private StateExchange(Dictionary<string, StateArray> values, HashSet<string> used, string prefix, bool isRestoring)
    {
        _values = values;
        _used = used;
        _prefix = prefix;
        IsRestoring = isRestoring;
    }

    /// <summary>Whether the state is put back, and not taken down.</summary>
    public bool IsRestoring { get; }

    /// <summary>Takes a state down.</summary>
    internal static FitState Taken(Action<StateExchange> parts)
    {
        var values = new Dictionary<string, StateArray>(StringComparer.Ordinal);
        parts(new StateExchange(values, [], string.Empty, isRestoring: false));
        return new FitState(values);
    }

    /// <summary>Puts a state back.</summary>
    /// <exception cref="ArgumentException">It is that of another fit.</exception>
    internal static void PutBack(FitState state, Action<StateExchange> parts)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        parts(
            new StateExchange(
                new Dictionary<string, StateArray>(state.Values, StringComparer.Ordinal),
                used,
                string.Empty,
                isRestoring: true
            )
        );
        string[] left = [.. state.Values.Keys.Except(used).Order(StringComparer.Ordinal).Take(3)];
        if (left.Length > 0)
        {
            throw OfAnotherFit($"it holds '{string.Join("', '", left)}', which this one has no use for");
        }
    }

    /// <summary>The part of the state under a name of its own.</summary>
    /// <param name="name">The part's name.</param>
    public StateExchange In(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new StateExchange(_values, _used, $"{_prefix}{name}/", IsRestoring);
    }

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <returns>What it is to be.</returns>
    public long Integer(string name, long value) =>
        BitConverter.ToInt64(Bytes(name, ScalarType.Int64, [], () => BitConverter.GetBytes(value)));

    /// <summary>A number, bit for bit.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <returns>What it is to be.</returns>
    public double Number(string name, double value) =>
        BitConverter.ToDouble(Bytes(name, ScalarType.Float64, [], () => BitConverter.GetBytes(value)));

    /// <summary>A number that may be missing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <returns>What it is to be.</returns>
    public double? OptionalNumber(string name, double? value)
    {
        double[] numbers = Numbers(name, value is double number ? [number] : []);
        return numbers.Length == 0 ? null : numbers[0];
    }

    /// <summary>Whether something is so.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <returns>What it is to be.</returns>
    public bool Flag(string name, bool value) => Bytes(name, ScalarType.Bool, [], () => [value ? (byte)1 : (byte)0])[0] != 0;

    /// <summary>Some numbers, bit for bit.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="values">What they are now.</param>
    /// <returns>What they are to be.</returns>
    public double[] Numbers(string name, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ReadOnlySpan<byte> bytes = Bytes(name, ScalarType.Float64, null, () => MemoryMarshal.AsBytes([.. values]).ToArray());
        return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }

    /// <summary>A text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <returns>What it is to be.</returns>
    public string Text(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Encoding.UTF8.GetString(Bytes(name, ScalarType.Byte, null, () => Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Some texts, each of which may have any characters.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="values">What they are now.</param>
    /// <returns>What they are to be.</returns>
    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Contains(null!))
        {
            throw new ArgumentException($"Texts of a state are not null, but one of '{_prefix}{name}' is.", nameof(values));
        }

        try
        {
            string?[]? texts = JsonSerializer.Deserialize<string?[]>(Text(name, JsonSerializer.Serialize(values)));
            return texts is not null && !texts.Contains(null) ? [.. texts.OfType<string>()] : throw new JsonException();
        }
        catch (JsonException)
        {
            throw OfAnotherFit($"its '{_prefix}{name}' is no list of texts");
        }
    }

    /// <summary>The values of a variable, which are changed in place.</summary>
    /// <param name="name">Its name in the state.</param>
    /// <param name="variable">The variable.</param>
    public void Values(string name, Variable variable)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(variable);
        if (!IsRestoring)
        {
            Add(name, StateArray.Of(variable.Value));
            return;
        }

        StateArray saved = Saved(name, variable.DType, variable.Value.shape);
        using DisposeScope scope = NewDisposeScope();
        variable.Assign(saved.ToTensor());
    }

    /// <summary>
    /// Tensors that the caller owns: those there are when the state is taken down, and new ones, detached from every dispose scope, when it
    /// is put back.
    /// </summary>
    /// <param name="name">Their name.</param>
    /// <param name="tensors">What they are now; the caller disposes them where new ones come.</param>
    /// <returns>What they are to be.</returns>
    public IReadOnlyList<Tensor> Tensors(string name, IReadOnlyList<Tensor> tensors)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Any(t => t is null))
        {
            throw new ArgumentException($"Tensors of a state are not null, but one of '{_prefix}{name}' is.", nameof(tensors));
        }

        int count = CountOf(name, tensors.Count);
        if (!IsRestoring)
        {
            for (int i = 0; i < count; i++)
            {
                Add(Invariant($"{name}/{i}"), StateArray.Of(tensors[i]));
            }

            return tensors;
        }

        return [.. Enumerable.Range(0, count).Select(i => Saved(Invariant($"{name}/{i}"), null, null).ToTensor().DetachFromDisposeScope())];
    }

    /// <summary>Rows of values by epoch, as a history keeps them.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="rows">What they are now.</param>
    /// <returns>What they are to be.</returns>
    internal KeyValuePair<int, Logs>[] Rows(string name, IReadOnlyList<KeyValuePair<int, Logs>> rows)
    {
        var result = new KeyValuePair<int, Logs>[CountOf(name, rows.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            StateExchange own = In(Invariant($"{name}/{i}"));
            (int epoch, Logs logs) = IsRestoring ? new(0, []) : rows[i];
            result[i] = KeyValuePair.Create((int)own.Integer("epoch", epoch), own.Logs("logs", logs));
        }

        return result;
    }

    /// <summary>A whole number that is not negative.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it is now.</param>
    /// <param name="most">How large it may be.</param>
    internal long Count(string name, long value, long most = int.MaxValue) =>
        Integer(name, value) is >= 0 and long saved && saved <= most
            ? saved
            : throw OfAnotherFit($"its '{_prefix}{name}' is no number of what there may be");

    /// <summary>Values by name.</summary>
    internal Logs Logs(string name, Logs logs)
    {
        IReadOnlyList<string> names = Texts(name + "/names", [.. logs.Keys]);
        double[] values = Numbers(name + "/values", [.. logs.Values]);
        return new Logs(names.Zip(values, KeyValuePair.Create));
    }

    /// <summary>Random numbers, so that the next ones are the same.</summary>
    internal void Random(string name, Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] state = RandomBytes(name, RandomState.StateOf(generator));
        if (IsRestoring)
        {
            RandomState.SetState(generator, state);
        }
    }

    /// <summary>The state of random numbers.</summary>
    internal byte[] RandomBytes(string name, byte[] state) => Bytes(name, ScalarType.Byte, null, () => state).ToArray();

    /// <summary>Whether the state that is put back has anything under a name.</summary>
    internal bool Holds(string name) => _values.Keys.Any(k => k.StartsWith($"{_prefix}{name}/", StringComparison.Ordinal));

    /// <summary>Refuses a state that is put back.</summary>
    internal static ArgumentException OfAnotherFit(string found) =>
        new(
            "A fit goes on from the state of a fit with the same model, data and arguments, but the state is that of another one: "
                + $"{found}. Give what was given to the fit that was interrupted."
        );

    private ReadOnlySpan<byte> Bytes(string name, ScalarType type, long[]? sizes, Func<byte[]> now)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsRestoring)
        {
            byte[] bytes = now();
            Add(name, new StateArray(type, sizes ?? [bytes.Length / StateArray.SizeOf(type)], bytes));
            return bytes;
        }

        return Saved(name, type, sizes).Bytes;
    }

    // No part has more values than the whole.
    private int CountOf(string name, int count) =>
        Integer(name + "/count", count) is >= 0 and <= int.MaxValue and long saved && (!IsRestoring || saved <= _values.Count)
            ? (int)saved
            : throw OfAnotherFit($"its '{_prefix}{name}/count' is not how many there are");

    private void Add(string name, StateArray value)
    {
        if (!_values.TryAdd(_prefix + name, value))
        {
            throw new ArgumentException(
                $"Each value of a state has a name of its own, but '{_prefix}{name}' was exchanged twice.",
                nameof(name)
            );
        }
    }

    private StateArray Saved(string name, ScalarType? type, IReadOnlyList<long>? sizes)
    {
        if (!_values.TryGetValue(_prefix + name, out StateArray? saved))
        {
            throw OfAnotherFit($"it has no '{_prefix}{name}'");
        }

        _used.Add(_prefix + name);
        if ((type is not null && saved.ElementType != type) || (sizes is not null && !saved.Sizes.SequenceEqual(sizes)))
        {
            throw OfAnotherFit(
                $"its '{_prefix}{name}' has the type {saved.ElementType} and the shape ({string.Join(", ", saved.Sizes)}), but here it "
                    + $"is {type} and ({string.Join(", ", sizes ?? [])})"
            );
        }

        return saved;
    }
}
