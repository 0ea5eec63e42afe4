using System.Collections.Immutable;

namespace Distillation.Keras.Layers;

/// <summary>
/// What a layer is called with: tensors, the mask of each, and arguments by name, such as <c>initial_state</c>, <c>attention_mask</c> or
/// <c>training</c>.
/// </summary>
/// <typeparam name="T"><see cref="TorchSharp.torch.Tensor"/> in a call, <see cref="KerasTensor"/> in a model's graph.</typeparam>
/// <remarks>
/// Immutable: each <c>With...</c> returns a new one. It refers to the tensors and owns none of them. Source: <c>CallSpec</c> in
/// <c>keras/src/layers/layer.py</c>.
/// </remarks>
public sealed class LayerInputs<T>
    where T : class
{
    private const string TrainingArgument = "training";

    private readonly T[] _tensors;
    private readonly T?[]? _masks;
    private readonly ImmutableSortedDictionary<string, object> _arguments;

    /// <summary>One tensor, as most layers take, or several that belong to one call.</summary>
    /// <param name="tensors">The tensors, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public LayerInputs(params T[] tensors)
        : this(
            Checked([.. tensors ?? throw new ArgumentNullException(nameof(tensors))]),
            null,
            ImmutableSortedDictionary<string, object>.Empty,
            isList: tensors.Length != 1
        ) { }

    /// <summary>Tensors that are given as one list, as merging layers take them.</summary>
    /// <param name="tensors">The tensors, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public LayerInputs(IEnumerable<T> tensors)
        : this(
            Checked([.. tensors ?? throw new ArgumentNullException(nameof(tensors))]),
            null,
            ImmutableSortedDictionary<string, object>.Empty,
            isList: true
        ) { }

    private LayerInputs(T[] tensors, T?[]? masks, ImmutableSortedDictionary<string, object> arguments, bool isList)
    {
        _tensors = tensors;
        _masks = masks;
        _arguments = arguments;
        IsList = isList;
    }

    /// <summary>The tensors in order, batch first.</summary>
    public IReadOnlyList<T> Tensors => _tensors;

    /// <summary>Whether any tensor has a mask.</summary>
    public bool HasMasks => _masks is not null;

    /// <summary>The arguments by name, without <see cref="Training"/>: a tensor, a list of tensors, or a bool, number or text.</summary>
    public IReadOnlyDictionary<string, object> Arguments => _arguments;

    /// <summary>The mode that is fixed for this call; <see langword="null"/>: that of the call around it.</summary>
    public bool? Training { get; private init; }

    /// <summary>Whether the tensors were given as one list; Keras writes them so.</summary>
    internal bool IsList { get; }

    /// <summary>How many of the tensors were given in order; those behind them were given by their arguments' names.</summary>
    internal int Ordered { get; private init; } = int.MaxValue;

    /// <summary>How an operation is called on the tensors; <see langword="null"/> for layers.</summary>
    internal CallForm? Form { get; private init; }

    /// <summary>All tensors: those in order, then masks and those by name.</summary>
    internal IEnumerable<T> All
    {
        get
        {
            IEnumerable<T> named = _arguments.Values.SelectMany(v =>
                v switch
                {
                    T tensor => [tensor],
                    IReadOnlyList<T> tensors => tensors,
                    _ => (IEnumerable<T>)[],
                }
            );
            return _tensors.Concat(_masks?.OfType<T>() ?? []).Concat(named);
        }
    }

    /// <summary>
    /// The mask of a tensor, which says of each row or token whether it counts; <see langword="null"/> where it has none.
    /// </summary>
    /// <param name="index">The tensor's place among <see cref="Tensors"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tensor.</exception>
    public T? Mask(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _tensors.Length);
        return _masks?[index];
    }

    /// <summary>The same with a mask for each tensor.</summary>
    /// <param name="masks">One for each of <see cref="Tensors"/>, in order; <see langword="null"/> where a tensor has none.</param>
    /// <exception cref="ArgumentException">Their number is not that of the tensors.</exception>
    public LayerInputs<T> WithMasks(params T?[] masks)
    {
        ArgumentNullException.ThrowIfNull(masks);
        return masks.Length == _tensors.Length
            ? new LayerInputs<T>(_tensors, Array.Exists(masks, m => m is not null) ? [.. masks] : null, _arguments, IsList)
            {
                Training = Training,
                Ordered = Ordered,
                Form = Form,
            }
            : throw new ArgumentException(
                Invariant($"Each tensor has one mask or none (null): there are {_tensors.Length} tensors, but {masks.Length} masks."),
                nameof(masks)
            );
    }

    /// <summary>The same in a fixed mode.</summary>
    /// <param name="training">
    /// Whether dropout drops and BatchNormalization uses the batch; <see langword="null"/>: as the call around it.
    /// </param>
    public LayerInputs<T> WithTraining(bool? training) =>
        new(_tensors, _masks, _arguments, IsList)
        {
            Training = training,
            Ordered = Ordered,
            Form = Form,
        };

    /// <summary>The same with an argument by name.</summary>
    /// <param name="name">The argument's name: <c>"initial_state"</c>.</param>
    /// <param name="value">A tensor, several tensors, or a bool, number or text.</param>
    /// <exception cref="ArgumentException">The value is of another kind, or the name is empty.</exception>
    public LayerInputs<T> With(string name, object value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (name == TrainingArgument)
        {
            return WithTraining(
                value as bool? ?? throw new ArgumentException($"The argument 'training' is true or false, but got {value}.", nameof(value))
            );
        }

        // A conversion that is the user's to write where the parameter's type is KerasTensor.
        object kept = value switch
        {
            Input { Output: T symbolic } => symbolic,
            T or bool or int or long or float or double or string => value,
            IEnumerable<T> tensors => Checked([.. tensors]),
            _ => throw new ArgumentException(
                $"An argument of a layer is a {typeof(T).Name}, several of them, a bool, a number or a text, but '{name}' is a "
                    + $"{value.GetType().Name}.",
                nameof(value)
            ),
        };
        return new LayerInputs<T>(_tensors, _masks, _arguments.SetItem(name, kept), IsList)
        {
            Training = Training,
            Ordered = Ordered,
            Form = Form,
        };
    }

    /// <summary>The tensors of an argument; empty where it is not given.</summary>
    /// <param name="name">The argument's name.</param>
    /// <exception cref="ArgumentException">It is given, but is none.</exception>
    public IReadOnlyList<T> TensorsOf(string name) =>
        _arguments.GetValueOrDefault(name) switch
        {
            null => [],
            T tensor => [tensor],
            IReadOnlyList<T> tensors => tensors,
            object other => throw new ArgumentException($"The argument '{name}' holds tensors, but got {other}.", nameof(name)),
        };

    /// <summary>The value of an argument that is no tensor.</summary>
    /// <typeparam name="TValue"><see cref="bool"/>, <see cref="string"/> or a number.</typeparam>
    /// <param name="name">The argument's name.</param>
    /// <param name="otherwise">The value where it is not given.</param>
    /// <exception cref="ArgumentException">It is given, but of another type.</exception>
    public TValue ValueOf<TValue>(string name, TValue otherwise) =>
        _arguments.GetValueOrDefault(name) switch
        {
            null => otherwise,
            TValue value => value,
            object other => throw new ArgumentException(
                $"The argument '{name}' is a {typeof(TValue).Name}, but got {other}.",
                nameof(name)
            ),
        };

    /// <summary>The same call on other tensors, each made from the one in its place.</summary>
    internal LayerInputs<TOther> Map<TOther>(Func<T, TOther> map)
        where TOther : class
    {
        ImmutableSortedDictionary<string, object> arguments =
            _arguments.Count == 0
                ? _arguments
                : _arguments.ToImmutableSortedDictionary(
                    a => a.Key,
                    a =>
                        a.Value switch
                        {
                            T tensor => map(tensor),
                            T[] tensors => Array.ConvertAll(tensors, t => map(t)),
                            object value => value,
                        }
                );
        return new LayerInputs<TOther>(
            Array.ConvertAll(_tensors, t => map(t)),
            _masks is null ? null : Array.ConvertAll(_masks, m => m is null ? null : map(m)),
            arguments,
            IsList
        )
        {
            Training = Training,
            Ordered = Ordered,
            Form = Form,
        };
    }

    /// <summary>The same call on other tensors of the same number, without a check.</summary>
    internal LayerInputs<TOther> On<TOther>(TOther[] tensors, TOther?[]? masks)
        where TOther : class =>
        new(tensors, masks, ImmutableSortedDictionary<string, object>.Empty, IsList)
        {
            Training = Training,
            Ordered = Ordered,
            Form = Form,
        };

    /// <summary>The same, of which only the first tensors were given in order, the others by name.</summary>
    internal LayerInputs<T> WithOrdered(int count) =>
        new(_tensors, _masks, _arguments, IsList)
        {
            Training = Training,
            Ordered = count,
            Form = Form,
        };

    /// <summary>The same as a call of an operation.</summary>
    internal LayerInputs<T> WithForm(CallForm? form) =>
        new(_tensors, _masks, _arguments, IsList)
        {
            Training = Training,
            Ordered = Ordered,
            Form = form,
        };

    private static T[] Checked(T[] tensors)
    {
        return tensors.Length == 0 || Array.Exists(tensors, t => t is null)
            ? throw new ArgumentException(
                tensors.Length == 0
                    ? "A layer is called with at least one tensor, but there is none."
                    : "One of the tensors that a layer is called with is null.",
                nameof(tensors)
            )
            : tensors;
    }
}
