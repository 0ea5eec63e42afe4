using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Strings for models that are called on tensors. Thread-safe.</summary>
public static class Strings
{
    /// <summary>
    /// A tensor for strings: what <c>Call</c> of <see cref="Layers.StringLookup"/>, and of a model whose <c>Input</c> has the dtype
    /// <c>"string"</c>, takes. <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> take arrays of strings themselves.
    /// </summary>
    /// <param name="strings">An array of strings of any rank, or rows of rows of them.</param>
    /// <returns>
    /// A tensor of the array's shape, which the caller owns, of 128 bits a string. They are no numbers: other layers refuse them, and the
    /// strings cannot be had from it again.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The array holds something else, a null, or half a surrogate pair, or its rows differ in length.
    /// </exception>
    public static Tensor ToTensor(Array strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        return StringTensors.Are(strings)
            ? StringTensors.Of(strings, nameof(strings))
            : throw new ArgumentException($"An array of strings is needed, but this one is a {strings.GetType().Name}.", nameof(strings));
    }
}
