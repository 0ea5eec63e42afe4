using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// Convolutions and poolings by their definition, for (batch, spatial axes, channels): a sum, a mean or a maximum over the window's points,
/// each of which is a slice of the padded input. Padding <c>same</c> is TensorFlow's: the output has ceil(size / stride) entries, and one
/// more is padded behind than before.
/// </summary>
internal sealed record WindowDefinition(int[] Window, int[] Strides, int[] Dilation, string Padding)
{
    public Tensor Convolve(Tensor x, Tensor kernel, Tensor bias, int groups)
    {
        Tensor padded = Padded(x, 0);
        Tensor? sum = null;
        foreach (int[] point in Points())
        {
            Tensor weights = kernel;
            foreach (int index in point)
            {
                weights = weights[index];
            }

            Tensor slice = Slice(padded, x.shape, point);
            Tensor[] parts = slice.chunk(groups, -1).Zip(weights.chunk(groups, -1), (s, w) => s.matmul(w)).ToArray();
            Tensor part = cat(parts, -1);
            sum = sum is null ? part : sum.add(part);
        }

        return sum!.add(bias);
    }

    public Tensor Max(Tensor x) => stack(Points().Select(p => Slice(Padded(x, double.NegativeInfinity), x.shape, p))).amax([0]);

    public Tensor Mean(Tensor x)
    {
        Tensor Sum(Tensor t) => stack(Points().Select(p => Slice(Padded(t, 0), t.shape, p))).sum([0]);
        return Sum(x).div(Sum(ones_like(x)));
    }

    private IEnumerable<int[]> Points()
    {
        int count = Window.Aggregate(1, (a, b) => a * b);
        for (int n = 0; n < count; n++)
        {
            int[] point = new int[Window.Length];
            int rest = n;
            for (int i = Window.Length - 1; i >= 0; i--)
            {
                (rest, point[i]) = (rest / Window[i], rest % Window[i]);
            }

            yield return point;
        }
    }

    private Tensor Slice(Tensor padded, long[] shape, int[] point)
    {
        Tensor slice = padded;
        for (int i = 0; i < Window.Length; i++)
        {
            long start = point[i] * Dilation[i];
            slice = slice.slice(i + 1, start, start + ((Outputs(shape[i + 1], i) - 1) * Strides[i]) + 1, Strides[i]);
        }

        return slice;
    }

    private Tensor Padded(Tensor x, double value)
    {
        Tensor padded = x;
        for (int i = 0; i < Window.Length; i++)
        {
            (long before, long after) = Sides(x.shape[i + 1], i);
            padded = cat([Border(padded, i + 1, before, value), padded, Border(padded, i + 1, after, value)], i + 1);
        }

        return padded;
    }

    private static Tensor Border(Tensor x, int axis, long size, double value)
    {
        long[] shape = x.shape;
        shape[axis] = size;
        return full(shape, value, x.dtype);
    }

    private long Reach(int axis) => ((Window[axis] - 1) * Dilation[axis]) + 1;

    private long Outputs(long size, int axis) =>
        Padding == "valid" ? ((size - Reach(axis)) / Strides[axis]) + 1 : (long)Math.Ceiling((double)size / Strides[axis]);

    private (long Before, long After) Sides(long size, int axis)
    {
        switch (Padding)
        {
            case "valid":
                return (0, 0);
            case "causal":
                return (Reach(axis) - 1, 0);
            default:
                long total = Math.Max(((Outputs(size, axis) - 1) * Strides[axis]) + Reach(axis) - size, 0);
                return (total / 2, total - (total / 2));
        }
    }
}
