using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The kernels of convolutions as Keras 1 kept them: of channels-first layers (filters, channels, rows, columns), and of models that Theano
/// computed rotated by 180 degrees, as its convolution is one in the mathematical sense.
/// </summary>
/// <remarks>
/// Source: <c>preprocess_weights_for_loading</c> in <c>keras/engine/topology.py</c> of Keras 2.0, and Keras 1's <c>convert_kernel</c>.
/// </remarks>
internal static class Keras1Kernels
{
    private const int KernelRank = 4;

    /// <summary>The arrays of a layer as later versions have them.</summary>
    /// <remarks>TensorFlow puts ":0" behind the names of weights, Theano does not.</remarks>
    public static StoredArray[] Turned(Layer layer, StoredArray[] arrays)
    {
        bool isTheano = arrays is [StoredArray first, ..] && !first.Place.EndsWith(":0", StringComparison.Ordinal);
        return (layer is TimeDistributed each ? each.Layer : layer) is BaseConv convolution
            ? Array.ConvertAll(arrays, a => a.Shape.Length == KernelRank ? Turned(convolution, a, isTheano) : a)
            : arrays;
    }

    private static StoredArray Turned(BaseConv layer, StoredArray kernel, bool isTheano)
    {
        long[] shape = kernel.Shape;
        StoredArray ordered =
            layer.DataFormat == "channels_first"
                ? kernel.Changed(k => k.permute(2, 3, 1, 0), [shape[2], shape[3], shape[1], shape[0]])
                : kernel;
        return isTheano ? ordered.Changed(k => k.flip(0, 1), ordered.Shape) : ordered;
    }
}
