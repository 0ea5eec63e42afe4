using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a layer learns from before training: one array, several batches, or a source of them.</summary>
internal static class AdaptBatches
{
    /// <summary>Calls a function with each batch, in a dispose scope.</summary>
    /// <param name="layer">The layer that learns.</param>
    /// <param name="data">One array, batches in a list, or a source, of whose batches x is taken.</param>
    /// <param name="steps">At most so many batches of a list or a source; <see langword="null"/>: all.</param>
    /// <param name="take">Takes a batch, which is not empty.</param>
    /// <exception cref="ArgumentException">
    /// There is no batch, or one that is empty, more than one array, or not finite.
    /// </exception>
    public static void ForEach(Layer layer, ArrayLike data, int? steps, Action<Tensor> take) =>
        ForEachBatch(
            layer,
            data,
            steps,
            (batch, count) =>
            {
                Tensor tensor = batch.ToTensors(nameof(data))[0];
                if (tensor.numel() == 0)
                {
                    throw new ArgumentException(
                        Invariant(
                            $"'{layer.Name}' learns from batches that are not empty, but batch {count}, from 0, has the shape "
                                + $"{Shape.FromSizes(tensor.shape)}."
                        ),
                        nameof(data)
                    );
                }

                ValueChecks.Finite(tensor, data.IsList || data.Source is not null ? Invariant($"data[{count}]") : nameof(data));
                take(tensor);
            }
        );

    /// <summary>Calls a function with each batch as it was given: an array, or a tensor.</summary>
    /// <inheritdoc cref="ForEach"/>
    public static void ForEachItem(Layer layer, ArrayLike data, int? steps, Action<object> take) =>
        ForEachBatch(layer, data, steps, (batch, _) => take(batch.Items[0]));

    private static void ForEachBatch(Layer layer, ArrayLike data, int? steps, Action<ArrayLike, int> take)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Arguments.AtLeast(1, steps) is not null && !data.IsList && data.Source is null)
        {
            throw new ArgumentException("'steps' counts the batches of a list or a DataSource, but data is one array.", nameof(steps));
        }

        if (data.Names is not null)
        {
            throw new ArgumentException($"'{layer.Name}' learns from one array, but data holds arrays by name. Give the one of its input.");
        }

        int count = 0;
        foreach (ArrayLike batch in (data.Source is DataSource source ? Read(source) : Each(data)).Take(steps ?? int.MaxValue))
        {
            using DisposeScope scope = NewDisposeScope();
            if (batch.Count != 1)
            {
                throw new ArgumentException(
                    Invariant($"'{layer.Name}' learns from one array a batch, but batch {count}, from 0, holds {batch.Count}."),
                    nameof(data)
                );
            }

            take(batch, count);
            count++;
        }

        if (count == 0)
        {
            throw new ArgumentException($"'{layer.Name}' learns from at least one batch, but data holds none.", nameof(data));
        }
    }

    private static IEnumerable<ArrayLike> Each(ArrayLike data)
    {
        foreach (ArrayLike item in data)
        {
            yield return item;
        }
    }

    private static IEnumerable<ArrayLike> Read(DataSource source) =>
        (
            source.Read(new DataPass(0)) ?? throw new InvalidOperationException($"Read of the source {source.GetType().Name} gave null.")
        ).Select((batch, i) => batch?.X ?? throw new ArgumentException(Invariant($"Batch {i} of the source, from 0, is null.")));
}
