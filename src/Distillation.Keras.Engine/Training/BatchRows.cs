using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Which samples of a source make a batch: some that follow each other, or any.</summary>
/// <param name="Samples">Their numbers (int64), or <see langword="null"/> where they follow each other or have none.</param>
/// <param name="Start">The number of the first one where they follow each other; -1 where they have none.</param>
/// <param name="Size">How many.</param>
internal readonly record struct BatchRows(Tensor? Samples, long Start, int Size)
{
    /// <summary>The device that <see cref="Indices"/> are on; <see langword="null"/>: the host, where the data are.</summary>
    public Device? Device { get; init; }

    /// <summary>Samples without numbers.</summary>
    public static BatchRows Unnumbered(int size) => new(null, -1, size);

    /// <summary>Their numbers, or <see langword="null"/> where they have none.</summary>
    public Tensor? Indices =>
        Samples is null ? (Start < 0 ? null : Arithmetic.Range(Start, Start + Size, ScalarType.Int64, Device ?? Device.Cpu))
        : Device is null ? Samples
        : Samples.to(Device);

    /// <summary>The rows of a tensor with one row for each sample of the source: a view where they follow each other.</summary>
    public Tensor Of(Tensor all) => Samples is null ? all.narrow(0, Start, Size) : all.index_select(0, Samples);
}
