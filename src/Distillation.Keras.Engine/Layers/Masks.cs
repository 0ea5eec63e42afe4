using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What layers do with masks: bool (or 0 and 1), over the first axes of the tensor that they belong to.</summary>
internal static class Masks
{
    /// <summary>The mask in booleans.</summary>
    public static Tensor AsBool(Tensor mask) =>
        mask.dtype == ScalarType.Bool ? mask
        : mask.is_floating_point() ? mask.IsAbove(0.5)
        : mask.to_type(ScalarType.Bool);

    /// <summary>The mask over all axes but the last of its tensor, in booleans: (batch, steps) for (batch, steps, features).</summary>
    /// <param name="layer">Who asks, for the message.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="mask">Its mask, or <see langword="null"/>: all count.</param>
    /// <exception cref="ArgumentException">It is none of that tensor.</exception>
    public static Tensor OfRows(Layer layer, Tensor tensor, Tensor? mask)
    {
        long[] rows = tensor.shape[..^1];
        if (mask is null)
        {
            return ones(rows, ScalarType.Bool, tensor.device);
        }

        long[] sizes = mask.shape;
        bool fits = sizes.Length > 0 && sizes.Length <= rows.Length + 1;
        for (int i = 0; fits && i < sizes.Length; i++)
        {
            fits = sizes[i] == 1 || sizes[i] == tensor.shape[i];
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"A mask says of the first axes of its input what counts, but the {layer.ClassName} '{layer.Name}' got an input of shape "
                    + $"{Shape.FromSizes(tensor.shape)} with a mask of shape {Shape.FromSizes(sizes)}.",
                nameof(mask)
            );
        }

        Tensor known = AsBool(mask);
        if (sizes.Length > rows.Length)
        {
            known = known.any(-1, keepdim: false);
        }

        for (int axis = sizes.Length; axis < rows.Length; axis++)
        {
            known = known.unsqueeze(-1);
        }

        return known.expand(rows);
    }
}
