using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The arguments of one call of an operation by name: tensors, numbers, texts, lists.</summary>
/// <param name="what">Who is called, for messages.</param>
/// <param name="values">The arguments.</param>
/// <param name="device">Where the tensors are.</param>
internal sealed class OperationValues(string what, IReadOnlyDictionary<string, object?> values, torch.Device device)
{
    /// <summary>Who is called, for messages.</summary>
    public string What => what;

    /// <summary>Where the tensors are.</summary>
    public torch.Device Device => device;

    /// <summary>An argument as it was given; <see langword="null"/> where it was not.</summary>
    public object? this[string name] => values.GetValueOrDefault(name);

    /// <summary>The tensor <c>x</c>.</summary>
    public Tensor X => Tensor("x");

    /// <summary>The option <c>keepdims</c>.</summary>
    public bool KeepDims => Flag("keepdims");

    /// <summary>A tensor; a number, a list or a constant as one.</summary>
    public Tensor Tensor(string name) => AsTensor(this[name]) ?? throw Refused(name, "a tensor");

    /// <summary>A list of tensors.</summary>
    public Tensor[] Tensors(string name) =>
        this[name] is object?[] list
            ? Array.ConvertAll(list, v => AsTensor(v) ?? throw Refused(name, "a list of tensors"))
            : throw Refused(name, "a list of tensors");

    /// <summary>A whole number.</summary>
    public long Whole(string name) => WholeOrNull(name) ?? throw Refused(name, "a whole number");

    /// <summary>A whole number, or <see langword="null"/>.</summary>
    public long? WholeOrNull(string name) =>
        this[name] switch
        {
            null => null,
            long whole => whole,
            _ => throw Refused(name, "a whole number"),
        };

    /// <summary>A number.</summary>
    public double Number(string name) =>
        this[name] switch
        {
            long whole => whole,
            double real => real,
            _ => throw Refused(name, "a number"),
        };

    /// <summary>True or false; false where it is not given.</summary>
    public bool Flag(string name) =>
        this[name] switch
        {
            null => false,
            bool flag => flag,
            _ => throw Refused(name, "true or false"),
        };

    /// <summary>Whole numbers, one or a list; <see langword="null"/> where none is given.</summary>
    public long[]? Wholes(string name) =>
        this[name] switch
        {
            null => null,
            long whole => [whole],
            object?[] list => Array.ConvertAll(list, v => v as long? ?? throw Refused(name, "whole numbers")),
            _ => throw Refused(name, "whole numbers"),
        };

    /// <summary>An axis of a tensor, not negative.</summary>
    public long Axis(string name, long rank) => Resolved(name, Whole(name), rank);

    /// <summary>Axes of a tensor, not negative; all where none is given.</summary>
    public long[] AxesOf(string name, long rank)
    {
        long[] axes = Wholes(name) is { } given
            ? Array.ConvertAll(given, a => Resolved(name, a, rank))
            : [.. Enumerable.Range(0, (int)rank).Select(a => (long)a)];
        return axes.Distinct().Count() == axes.Length ? axes : throw Refused(name, "different axes");
    }

    /// <summary>An element type; <see langword="null"/> where none is given.</summary>
    public ScalarType? Type(string name) =>
        this[name] switch
        {
            null => null,
            string text when DTypes.TryGet(text, out ScalarType type) => type,
            _ => throw Refused(name, $"a type ({string.Join(", ", DTypes.Names)})"),
        };

    /// <summary>Two arguments as tensors of the type that Keras computes with for both.</summary>
    public (Tensor First, Tensor Second) Pair(string first, string second)
    {
        object? a = this[first];
        object? b = this[second];
        ScalarType type = Promotion.Resolve(Promotion.Of(Promotion.KindOf(a), Promotion.KindOf(b)));
        return (
            AsTensor(a, type) ?? throw Refused(first, "a tensor or a number"),
            AsTensor(b, type) ?? throw Refused(second, "a tensor or a number")
        );
    }

    /// <summary>What to throw where an argument is not what it has to be.</summary>
    public ArgumentException Refused(string name, string rule) =>
        new($"{what}: the argument '{name}' is {rule}, but got {Shown(this[name])}.");

    /// <summary>A value as a tensor: of its own type, or of the one given; <see langword="null"/> where it is none.</summary>
    public Tensor? AsTensor(object? value, ScalarType? type = null)
    {
        Tensor? made = value switch
        {
            Tensor tensor => tensor,
            ConstantArray constant => constant.On(device),
            bool flag => Scalar(flag ? 1 : 0, type ?? ScalarType.Bool),
            long whole => Scalar(whole, type ?? ScalarType.Int32),
            double real => Scalar(real, type ?? ScalarType.Float32),
            object?[] list => OfList(list),
            _ => null,
        };
        return made is null || type is not ScalarType asked || made.dtype == asked ? made : made.to(asked);
    }

    private static string Shown(object? value) =>
        value switch
        {
            null => "none",
            Tensor tensor => $"a tensor of shape {Shape.FromSizes(tensor.shape)}",
            object?[] list => $"[{string.Join(", ", list.Select(Shown))}]",
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty,
        };

    // On the host, where libtorch takes it as a number beside tensors of any device.
    private Tensor Scalar(double value, ScalarType type) =>
        device.type == DeviceType.META ? empty([], type, device) : Arithmetic.Filled([], value, type, CPU);

    private Tensor? OfList(object?[] list)
    {
        Tensor?[] items = Array.ConvertAll(list, v => AsTensor(v));
        if (items.Length == 0 || Array.Exists(items, i => i is null))
        {
            return null;
        }

        ScalarType type = Promotion.Resolve(list.Select(Promotion.KindOf).Aggregate(Promotion.Of));
        return stack([.. items.Select(i => i!.to(type).to(device))], 0);
    }

    private long Resolved(string name, long axis, long rank) =>
        axis >= -rank && axis < rank
            ? (axis < 0 ? axis + rank : axis)
            : throw Refused(name, Invariant($"an axis of at least {-rank} and below {rank}"));
}
