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

    /// <summary>Whether its values may turn out to be damaged when they are read.</summary>
    public abstract bool MayFail { get; }

    /// <summary>Its values, in the dispose scope of the caller.</summary>
    public abstract Tensor Read();

    /// <summary>The same array, changed after it is read.</summary>
    /// <param name="change">From the values to the values; the shape that it gives is <paramref name="shape"/>.</param>
    /// <param name="shape">The shape afterwards.</param>
    public StoredArray Changed(Func<Tensor, Tensor> change, long[] shape) => new ChangedArray(this, change, shape);

    public static StoredArray Of(Hdf5Dataset dataset) => new Hdf5Array(dataset);

    private sealed class ChangedArray(StoredArray array, Func<Tensor, Tensor> change, long[] shape) : StoredArray
    {
        public override string Place => array.Place;

        public override long[] Shape => shape;

        public override ScalarType? Type => array.Type;

        public override string TypeText => array.TypeText;

        public override bool MayFail => array.MayFail;

        public override Tensor Read() => change(array.Read());
    }

    private sealed class Hdf5Array(Hdf5Dataset dataset) : StoredArray
    {
        private const int AtOnce = 1 << 26;

        public override string Place => dataset.Path;

        public override long[] Shape => dataset.Shape;

        public override ScalarType? Type => IsBFloat16 ? ScalarType.BFloat16 : dataset.Type.ScalarType;

        public override string TypeText => dataset.Type.ToString();

        public override bool MayFail => !dataset.IsContiguous;

        private bool IsBFloat16 =>
            dataset.Type is { Kind: Hdf5Kind.Opaque, Size: 2 }
            && dataset.Attributes.TryGetValue("dtype", out Hdf5Attribute? type)
            && type is { IsList: false, Type.Kind: Hdf5Kind.Text or Hdf5Kind.FixedText }
            && type.Text == "bfloat16";

        public override Tensor Read()
        {
            Tensor values = empty(Shape, Type!.Value);
            if (!dataset.IsContiguous)
            {
                dataset.Read(values.numel() == 0 ? [] : values.bytes);
                return values;
            }

            using Tensor flat = values.view(-1);
            long step = AtOnce / dataset.Type.Size;
            for (long start = 0; start < flat.numel(); start += step)
            {
                using Tensor part = flat.narrow(0, start, Math.Min(step, flat.numel() - start));
                dataset.Read(part.bytes, start * dataset.Type.Size);
            }

            return values;
        }
    }
}
