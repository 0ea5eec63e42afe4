using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The masks of sequences: which steps count.</summary>
internal static class RecurrentMask
{
    /// <summary>A mask in booleans, (batch, steps).</summary>
    /// <param name="layer">Who asks, for the message.</param>
    /// <param name="sequences">(batch, steps, ...)</param>
    /// <param name="mask">(batch, steps), or with axes of size 1 behind.</param>
    /// <exception cref="ArgumentException">It is none of these sequences.</exception>
    public static Tensor Of(Layer layer, Tensor sequences, Tensor mask)
    {
        long[] sizes = mask.shape;
        bool fits =
            sizes.Length >= 2 && sizes[0] == sequences.shape[0] && sizes[1] == sequences.shape[1] && sizes.Skip(2).All(size => size == 1);
        return fits
            ? Masks.AsBool(mask).view(sizes[0], sizes[1])
            : throw new ArgumentException(
                $"A mask says of each step of the sequences whether it counts, (batch, steps), but the {layer.ClassName} '{layer.Name}' "
                    + $"got sequences of shape {Shape.FromSizes(sequences.shape)} with a mask of shape {Shape.FromSizes(sizes)}.",
                nameof(mask)
            );
    }
}
