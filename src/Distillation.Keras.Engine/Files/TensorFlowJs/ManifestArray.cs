using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>An array of a manifest: numbers in the files of its group, as they are or as steps of a scale.</summary>
/// <param name="name">Its name.</param>
/// <param name="shape">Its shape.</param>
/// <param name="storage">How its numbers are written.</param>
/// <param name="shards">The files of its group.</param>
/// <param name="start">How many bytes of them are before it.</param>
internal sealed class ManifestArray(string name, long[] shape, NumberStorage storage, WeightShards shards, long start) : StoredArray
{
    private const int NumbersAtOnce = 1 << 20;

    public override string Place => $"'{name}' of the manifest";

    public override long[] Shape => shape;

    public override ScalarType? Type => storage.Type;

    public override string TypeText => storage.Text;

    public override Tensor Read()
    {
        if (storage.Steps is not null)
        {
            return ReadSteps();
        }

        // In a boolean each byte but 0 says yes.
        Tensor values = empty(shape, storage.Type is ScalarType.Bool ? ScalarType.Byte : storage.Type);
        new TensorBytes(values).ForParts((at, part) => shards.Read(start + at, part));
        return values.to(storage.Type);
    }

    private Tensor ReadSteps()
    {
        Tensor values = empty(shape, storage.Type);
        int[] numbers = storage.Steps!();
        byte[] bytes = new byte[(int)Math.Min(values.numel(), NumbersAtOnce) * storage.Size];
        new TensorBytes(values).ForParts(
            (at, part) =>
            {
                Span<int> target = MemoryMarshal.Cast<byte, int>(part);
                Span<byte> source = bytes.AsSpan(0, target.Length * storage.Size);
                shards.Read(start + (at / sizeof(int) * storage.Size), source);
                Span<ushort> wide = storage.Size == sizeof(ushort) ? MemoryMarshal.Cast<byte, ushort>(source) : [];
                for (int k = 0; k < target.Length; k++)
                {
                    target[k] = numbers[storage.Size == sizeof(ushort) ? wide[k] : source[k]];
                }
            },
            NumbersAtOnce * sizeof(int)
        );
        return values;
    }
}
