using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>A dataset of an HDF5 file as an array for a weight.</summary>
/// <param name="dataset">The dataset.</param>
internal sealed class Hdf5Array(Hdf5Dataset dataset) : StoredArray
{
    private const int ValuesAtOnce = 1 << 16;

    public override string Place => dataset.Path;

    public override long[] Shape => dataset.Shape;

    public override ScalarType? Type => IsBFloat16 ? ScalarType.BFloat16 : dataset.Type.ScalarType;

    public override string TypeText => dataset.Type.ToString();

    public override bool IsWidened => dataset.Type is { Kind: Hdf5Kind.Unsigned, Size: > 1 };

    private bool IsBFloat16 =>
        dataset.Type is { Kind: Hdf5Kind.Opaque, Size: 2 }
        && dataset.Attributes.TryGetValue("dtype", out Hdf5Attribute? type)
        && type is { IsList: false, Type.Kind: Hdf5Kind.Text or Hdf5Kind.FixedText }
        && type.Text == "bfloat16";

    public override void Check() => dataset.Check();

    public override Tensor Read()
    {
        Tensor values = empty(Shape, Type!.Value);
        var bytes = new TensorBytes(values);
        bool isWider = bytes.Length > (long)dataset.Bytes;

        // Values that grow are read into the second half, and grow into the first one: none is overwritten before it has its place.
        long start = bytes.Length - (long)dataset.Bytes;
        dataset.Read(bytes, start);
        if (isWider)
        {
            Widen(bytes, start);
        }

        return values;
    }

    // Unsigned numbers of which a tensor has no type, in the signed one of twice the size.
    private void Widen(TensorBytes bytes, long start)
    {
        int size = dataset.Type.Size;
        for (long from = start, to = 0; from < bytes.Length; )
        {
            int count = (int)Math.Min(ValuesAtOnce, (bytes.Length - from) / size);
            Span<byte> narrow = bytes.Part(from, count * size);
            Span<byte> wide = bytes.Part(to, 2 * count * size);
            for (int i = 0; i < count; i++)
            {
                if (size == sizeof(ushort))
                {
                    BinaryPrimitives.WriteInt32LittleEndian(wide[(4 * i)..], BinaryPrimitives.ReadUInt16LittleEndian(narrow[(2 * i)..]));
                }
                else
                {
                    BinaryPrimitives.WriteInt64LittleEndian(wide[(8 * i)..], BinaryPrimitives.ReadUInt32LittleEndian(narrow[(4 * i)..]));
                }
            }

            from += count * size;
            to += 2 * count * size;
        }
    }
}
