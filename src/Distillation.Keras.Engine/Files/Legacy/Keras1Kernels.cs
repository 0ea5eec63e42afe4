using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The kernels of convolutions as Keras 1 kept them: of channels-first layers (filters, channels, rows, columns), of sequences with a
/// second spatial axis, and of models that Theano computed rotated by 180 degrees, as its convolution is one in the mathematical sense.
/// </summary>
/// <remarks>
/// Source: <c>preprocess_weights_for_loading</c> in <c>keras/engine/topology.py</c> of Keras 2.0, and Keras 1's <c>convert_kernel</c>.
/// </remarks>
internal static class Keras1Kernels
{
    // A bias has one axis; a kernel over sequences has a second spatial axis of size 1.
    private const int LeastKernelRank = 4;

    /// <summary>The arrays of a layer as later versions have them.</summary>
    /// <remarks>TensorFlow puts ":0" behind the names of weights, Theano does not.</remarks>
    public static StoredArray[] Turned(Layer layer, StoredArray[] arrays)
    {
        bool isTheano = arrays is [StoredArray first, ..] && !first.Place.EndsWith(":0", StringComparison.Ordinal);
        return (layer is TimeDistributed each ? each.Layer : layer) is SpatialConvolution convolution
            ? Array.ConvertAll(arrays, a => a.Shape.Length >= LeastKernelRank ? Turned(convolution, a, isTheano) : a)
            : arrays;
    }

    private static StoredArray Turned(SpatialConvolution layer, StoredArray kernel, bool isTheano)
    {
        long[] spatial = [.. Enumerable.Range(0, kernel.Shape.Length - 2).Select(i => (long)i)];
        long[] order = [.. spatial.Select(i => i + 2), 1, 0];
        bool isOverSequences = layer.KernelSize.Count == 1;
        bool isFiltersFirst = isOverSequences
            ? kernel.Shape[0] != layer.KernelSize[0] || kernel.Shape[1] != 1
            : layer.DataFormat == "channels_first";
        StoredArray ordered = isFiltersFirst
            ? kernel.Changed(k => k.permute(order), Array.ConvertAll(order, axis => kernel.Shape[axis]))
            : kernel;
        StoredArray turned = isTheano ? ordered.Changed(k => k.flip(spatial), ordered.Shape) : ordered;
        return isOverSequences && turned.Shape[1] == 1
            ? turned.Changed(k => k.squeeze(1), [turned.Shape[0], .. turned.Shape[2..]])
            : turned;
    }
}
