using Distillation.Keras.Files.Hdf5;
using static TorchSharp.torch;

namespace Distillation.Keras.Files;

/// <summary>An array in a file, whose values are read when they are asked for.</summary>
internal abstract class StoredArray
{
    /// <summary>Where it is, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>Its shape.</summary>
    public abstract long[] Shape { get; }

    /// <summary>Its type; <see langword="null"/> where no tensor can have it.</summary>
    public abstract ScalarType? Type { get; }

    /// <summary>Its type as the file has it, for messages.</summary>
    public abstract string TypeText { get; }

    /// <summary>Whether it has numbers without a sign that are read as a wider type, which they may need as a whole.</summary>
    public virtual bool IsWidened => false;

    /// <summary>Refuses values that <see cref="Read"/> would refuse, where there may be some. None are kept.</summary>
    /// <exception cref="ModelFormatException">A value is damaged, or cannot be one of a tensor.</exception>
    public virtual void Check() { }

    /// <summary>Its values, in the dispose scope of the caller.</summary>
    public abstract Tensor Read();

    /// <summary>The same array, changed after it is read.</summary>
    /// <param name="change">From the values to the values; the shape that it gives is <paramref name="shape"/>.</param>
    /// <param name="shape">The shape afterwards.</param>
    public StoredArray Changed(Func<Tensor, Tensor> change, long[] shape) => new ChangedArray(this, change, shape);

    /// <summary>Arrays beside each other along their last axis; the first one alone where they are not alike.</summary>
    public static StoredArray Joined(StoredArray[] arrays)
    {
        StoredArray first = arrays[0];
        bool fit = Array.TrueForAll(arrays, a => a.Shape.Length > 0 && a.Shape.AsSpan().SequenceEqual(first.Shape) && a.Type == first.Type);
        return fit
            ? first.Changed(
                values => cat([values, .. arrays.Skip(1).Select(a => a.Read())], -1),
                [.. first.Shape[..^1], first.Shape[^1] * arrays.Length]
            )
            : first;
    }

    public static StoredArray Of(Hdf5Dataset dataset) => new Hdf5Array(dataset);

    private sealed class ChangedArray(StoredArray array, Func<Tensor, Tensor> change, long[] shape) : StoredArray
    {
        public override string Place => array.Place;

        public override long[] Shape => shape;

        public override ScalarType? Type => array.Type;

        public override string TypeText => array.TypeText;

        public override bool IsWidened => array.IsWidened;

        public override void Check() => array.Check();

        public override Tensor Read() => change(array.Read());
    }
}
