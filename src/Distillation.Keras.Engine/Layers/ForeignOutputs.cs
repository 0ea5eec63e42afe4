using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Refuses what a layer or Lambda of a user's own gave back, where libtorch would end the process or say something foreign.
/// </summary>
internal static class ForeignOutputs
{
    /// <summary>Whether a user wrote what the layer computes.</summary>
    public static bool AreMadeBy(Layer layer) => layer is Lambda || layer.GetType().Assembly != typeof(Layer).Assembly;

    /// <summary>Refuses outputs that are no tensors of real numbers.</summary>
    /// <exception cref="InvalidOperationException">One is null, disposed or complex.</exception>
    public static void Check(Layer layer, IReadOnlyList<Tensor>? outputs)
    {
        if (outputs is null or { Count: 0 })
        {
            throw Refused(layer, outputs is null ? "null" : "none");
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            string? found =
                outputs[i] is not Tensor output ? "null"
                : output.IsInvalid
                    ? "a tensor that is disposed (a tensor that is made in a dispose scope ends with it, unless it is moved out with "
                        + "MoveToOuterDisposeScope)"
                : output.is_complex()
                    ? "complex numbers, half of which the layers behind it would lose. Give back the real and the imaginary part "
                        + "(real, imag)"
                : null;
            if (found is not null)
            {
                throw Refused(layer, found);
            }
        }
    }

    /// <summary>Refuses masks that are none of the outputs'.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="outputs">What it computed, which <see cref="Check"/> looks at.</param>
    /// <param name="masks">What its <see cref="Layer.ComputeMask"/> gave.</param>
    /// <exception cref="InvalidOperationException">There are none, too many, or one is disposed or not of type bool.</exception>
    public static void CheckMasks(Layer layer, IReadOnlyList<Tensor>? outputs, IReadOnlyList<Tensor?>? masks)
    {
        string? found =
            masks is null ? "null"
            : masks.Count > 0 && outputs is not null && masks.Count != outputs.Count
                ? Invariant($"{masks.Count} for {outputs.Count} outputs")
            : masks.Any(m => m is { IsInvalid: true }) ? "a tensor that is disposed"
            : masks.FirstOrDefault(m => m is not null && m.dtype != ScalarType.Bool) is Tensor other ? $"a tensor of type {other.dtype}"
            : null;
        if (found is not null)
        {
            throw new InvalidOperationException(
                $"ComputeMask gives the mask of each output, bool or null, or an empty list where none has one, but that of the "
                    + $"{layer.ClassName} '{layer.Name}' gave {found}."
            );
        }
    }

    /// <summary>Refuses outputs of other shapes than the layer has said: the layers behind it have been made for those.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="declared">What it has said, by its <see cref="Layer.ComputeOutputShapes"/>; the batch axis is not looked at.</param>
    /// <param name="outputs">What it gave.</param>
    /// <exception cref="InvalidOperationException">Their number or a shape differs.</exception>
    public static void CheckShapes(Layer layer, IReadOnlyList<Shape> declared, IReadOnlyList<Tensor> outputs)
    {
        if (outputs.Count != declared.Count)
        {
            throw new InvalidOperationException(
                Invariant($"The {layer.ClassName} '{layer.Name}' said that it has {declared.Count} outputs, but gave {outputs.Count}.")
            );
        }

        for (int i = 0; i < declared.Count; i++)
        {
            long[] sizes = outputs[i].shape;
            bool fits = sizes.Length == declared[i].Rank;
            for (int axis = 1; fits && axis < sizes.Length; axis++)
            {
                fits = declared[i][axis] is not int size || size == sizes[axis];
            }

            if (!fits)
            {
                throw new InvalidOperationException(
                    $"The {layer.ClassName} '{layer.Name}' said that its output has the shape {declared[i]}, but gave one of shape "
                        + $"{Shape.FromSizes(sizes)}. "
                        + (
                            layer is Lambda
                                ? "Correct its output_shape, or leave it out."
                                : "Its ComputeOutputShape and its Forward must agree."
                        )
                );
            }
        }
    }

    private static InvalidOperationException Refused(Layer layer, string found) =>
        new($"The {layer.ClassName} '{layer.Name}' should give back its outputs, but gave {found}.");
}
