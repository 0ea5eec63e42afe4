using System.Collections;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>
/// Data for a model: one array, several (for several inputs or outputs), or arrays by name. An <see cref="NDArray"/>, a
/// <see cref="Tensor"/>, any C# array of numbers, arrays of these, and dictionaries convert; in C# several arrays are written <c>[x1,
/// x2]</c>. Data that come batch by batch are a <see cref="DataSource"/>, which is taken where they may.
/// </summary>
/// <remarks>
/// <para>
/// It refers to what it was made of and owns nothing: an array must not be disposed before the call that takes it has returned
/// (<see cref="ObjectDisposedException"/>). Views (slices, steps, transposes, broadcasts) are read as they stand.
/// </para>
/// <para>Element types: float16, float32, float64 (used as float32; what does not fit is refused), integers, booleans; for inputs also
/// strings. Immutable.</para>
/// </remarks>
[CollectionBuilder(typeof(ArrayLike), nameof(OfSeveral))]
public partial class ArrayLike
{
    private readonly List<object> _items = [];
    private readonly List<string>? _names;

    /// <summary>Several arrays, in the order of the model's inputs or outputs.</summary>
    /// <param name="items">Arrays of any kind that converts.</param>
    public ArrayLike(IEnumerable<ArrayLike> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        IsList = true;
        foreach (ArrayLike? item in items)
        {
            if (item is null)
            {
                throw new ArgumentException("One of the arrays is null.", nameof(items));
            }

            _items.Add(
                item._items.Count == 1 && !item.IsList
                    ? item._items[0]
                    : throw new ArgumentException("A list of arrays holds single arrays, not lists of lists.", nameof(items))
            );
        }
    }

    // A source; nobody else derives from this class.
    private protected ArrayLike() => _items.Add(this);

    private ArrayLike(object single) => _items.Add(single ?? throw new ArgumentNullException(nameof(single)));

    private ArrayLike(IEnumerable items)
    {
        IsList = true;
        foreach (object? item in items)
        {
            _items.Add(item ?? throw new ArgumentException("One of the arrays is null.", nameof(items)));
        }
    }

    private ArrayLike(IEnumerable<KeyValuePair<string, object>> named)
    {
        IsList = true;
        _names = [];
        foreach ((string name, object item) in named)
        {
            _names.Add(name);
            _items.Add(item ?? throw new ArgumentException($"The array '{name}' is null.", nameof(named)));
        }
    }

    // Nothing stays nothing: who is called with it knows by which name, and whether it may be left out. Not said in the operators' types,
    // as F# would take every array for one that may be missing.
    private static ArrayLike None => null!;

    /// <summary>Whether several arrays were given, or one in a list.</summary>
    public bool IsList { get; }

    /// <summary>The names, where the arrays were given by name.</summary>
    internal IReadOnlyList<string>? Names => _names;

    /// <summary>The source that it is, where the data come batch by batch.</summary>
    internal DataSource? Source => this as DataSource;

    /// <summary>How many arrays there are.</summary>
    public int Count => _items.Count;

    /// <summary>
    /// New tensors with the values of the arrays (or the given tensors themselves, under new handles that record no gradient), owned by the
    /// caller.
    /// </summary>
    /// <param name="argument">The name of the parameter that the arrays came by, for messages.</param>
    /// <exception cref="ArgumentException">An array has no numbers, numbers beyond float32, or is a <see cref="DataSource"/>.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    public Tensor[] ToTensors(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        return [.. _items.Select(i => ToTensor(i, argument))];
    }

    /// <summary>The arrays, tensors and sources as they were given.</summary>
    internal IReadOnlyList<object> Items => _items;

    /// <summary>The same tensors as <see cref="ToTensors"/> gives, and those of strings.</summary>
    internal Tensor[] ToInputs(string argument) =>
        [
            .. _items.Select(i =>
                i is Array array && StringTensors.Are(array) ? StringTensors.Of(array, argument)
                : i is Tensor tensor && StringTensors.Are(TensorGuard.Alive(tensor)) ? tensor.alias()
                : ToTensor(i, argument)
            ),
        ];

    /// <summary>One array; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(NDArray array) => array is null ? None : new((object)array);

    /// <summary>One tensor, batch first; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(Tensor tensor) => tensor is null ? None : new((object)tensor);

    /// <summary>
    /// One C# array of numbers of any rank, or an array of arrays for several inputs (<c>NDArray[]</c>, <c>Tensor[]</c>,
    /// <c>float[][,]</c>); <see langword="null"/> is none.
    /// </summary>
    public static implicit operator ArrayLike(Array array)
    {
        if (array is null)
        {
            return None;
        }

        Type element = array.GetType().GetElementType()!;
        bool severalArrays =
            array.Rank == 1
            && (
                element == typeof(NDArray)
                || element == typeof(Tensor)
                || element == typeof(Array)
                || element == typeof(object)
                || (element.IsArray && element.GetArrayRank() > 1)
            );
        return element == typeof(ArrayLike) ? new ArrayLike((ArrayLike[])array)
            : severalArrays ? new ArrayLike((IEnumerable)array)
            : new ArrayLike((object)array);
    }

    /// <summary>Several arrays; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(List<NDArray> arrays) => arrays is null ? None : new((IEnumerable)arrays);

    /// <summary>Several tensors; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(List<Tensor> tensors) => tensors is null ? None : new((IEnumerable)tensors);

    /// <summary>Arrays by the names of the model's inputs or outputs; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(Dictionary<string, NDArray> arrays) => Named(arrays);

    /// <summary>
    /// Arrays of any kinds, of strings too, by the names of the model's inputs or outputs; <see langword="null"/> is none.
    /// </summary>
    public static implicit operator ArrayLike(Dictionary<string, ArrayLike> arrays) =>
        arrays is null ? None : new(arrays.Select(p => KeyValuePair.Create(p.Key, Single(p.Value, p.Key))));

    /// <summary>C# arrays, of strings too, by the names of the model's inputs or outputs; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(Dictionary<string, Array> arrays) => Named(arrays);

    /// <summary>Tensors by the names of the model's inputs or outputs; <see langword="null"/> is none.</summary>
    public static implicit operator ArrayLike(Dictionary<string, Tensor> tensors) => Named(tensors);

    /// <summary>Several arrays: what C# makes of <c>[x1, x2]</c>.</summary>
    /// <param name="items">Arrays of any kind that converts.</param>
    public static ArrayLike OfSeveral(ReadOnlySpan<ArrayLike> items) => new(items.ToArray());

    /// <summary>The arrays one by one.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<ArrayLike> GetEnumerator() => _items.Select(i => i as DataSource ?? new ArrayLike(i)).GetEnumerator();

    private static ArrayLike Named<T>(Dictionary<string, T> items)
        where T : class => items is null ? None : new(items.Select(p => KeyValuePair.Create(p.Key, (object)p.Value)));

    private static Tensor ToTensor(object item, string argument) =>
        item switch
        {
            // Data is not trained: a backward pass must not reach a tensor of the caller's.
            Tensor tensor => TensorGuard.Data(tensor, argument).detach(),
            NDArray array => TensorConversion.ToTensor(array, argument),
            Array array when StringTensors.Are(array) => throw new ArgumentException(
                $"Here numbers are needed, but {argument} holds strings. Strings are inputs of models that have an Input of the dtype "
                    + "\"string\"; number classes from 0 first.",
                argument
            ),
            Array array => TensorConversion.ToTensor(array, argument),
            DataSource => throw new ArgumentException(
                "Here data is given as arrays, but found a DataSource. A source is the x of Fit, Evaluate or Predict, or the validation "
                    + "data of Fit, and brings targets and weights itself.",
                argument
            ),
            _ => throw new ArgumentException(
                $"Data is given as NDArray, Tensor or C# arrays of numbers, strings as arrays of them (string[], string[,]), but found "
                    + $"{item.GetType().Name}.",
                argument
            ),
        };
}
