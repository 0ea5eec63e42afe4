using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>What a teacher is asked about.</summary>
/// <remarks>
/// Immutable. The tensors belong to the caller. They are on the host where a fit asks about all samples before it begins, and on the
/// student's device where it asks within a step: a teacher that computes elsewhere moves them. Its answer may be on any device.
/// </remarks>
public sealed class TeacherBatch
{
    /// <summary>A question.</summary>
    /// <param name="inputs">One tensor for each input, batch first.</param>
    /// <param name="sampleIndices">Which samples these are, int64 (batch,); <see langword="null"/> where they have no numbers.</param>
    /// <param name="features">
    /// Whose features are wanted; none by default. A teacher may keep what it makes for a list with that list: give the same one with each
    /// batch.
    /// </param>
    /// <param name="needsOutputs">Whether the outputs are wanted.</param>
    /// <exception cref="ArgumentException">
    /// There is no input, one is no batch or of another length, a feature is null, or the numbers are of another type or count.
    /// </exception>
    /// <exception cref="ObjectDisposedException">A tensor was disposed.</exception>
    public TeacherBatch(
        IReadOnlyList<Tensor> inputs,
        Tensor? sampleIndices = null,
        IReadOnlyList<LayerReference>? features = null,
        bool needsOutputs = true
    )
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0 || inputs.Any(i => i is null || TensorGuard.Alive(i).dim() == 0))
        {
            throw new ArgumentException(
                "A teacher is asked about one tensor for each input, batch first, but there is none, or one that is null or a "
                    + "single number.",
                nameof(inputs)
            );
        }

        long size = inputs[0].shape[0];
        if (inputs.Any(i => i.shape[0] != size))
        {
            throw new ArgumentException(
                "The inputs of a teacher have one row a sample, but their shapes are "
                    + $"{string.Join(", ", inputs.Select(i => Shape.FromSizes(i.shape)))}.",
                nameof(inputs)
            );
        }

        if (features?.Contains(null!) == true)
        {
            throw new ArgumentException("A feature is asked for by its layer, but one of the features is null.", nameof(features));
        }

        if (
            sampleIndices is not null
            && (TensorGuard.Alive(sampleIndices).dtype != ScalarType.Int64 || !sampleIndices.shape.AsSpan().SequenceEqual([size]))
        )
        {
            throw new ArgumentException(
                Invariant(
                    $"The numbers of {size} samples are int64 ({size},), but a tensor of type {sampleIndices.dtype} and shape "
                        + $"{Shape.FromSizes(sampleIndices.shape)} was given."
                ),
                nameof(sampleIndices)
            );
        }

        Inputs = inputs;
        SampleIndices = sampleIndices;
        Features = features ?? [];
        NeedsOutputs = needsOutputs;
    }

    /// <summary>One tensor for each input, batch first.</summary>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>
    /// Which samples these are, int64 (batch,): their places in the <c>x</c> of the fit, whatever the shuffling or the split, or the
    /// indices that a <see cref="DataSource"/> gives. <see langword="null"/> where they have no such numbers.
    /// </summary>
    public Tensor? SampleIndices { get; }

    /// <summary>Whose features are wanted.</summary>
    public IReadOnlyList<LayerReference> Features { get; }

    /// <summary>Whether the outputs are wanted.</summary>
    public bool NeedsOutputs { get; }

    /// <summary>How many samples there are.</summary>
    public long Size => Inputs[0].shape[0];
}
