using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A convolution by libtorch with Keras' padding. Immutable.</summary>
internal sealed class NativeConvolution
{
    private readonly Size _window;
    private readonly Size _steps;
    private readonly Size _spacing;
    private readonly string _padding;
    private readonly long[] _strides;
    private readonly long[] _dilation;

    /// <summary>A convolution.</summary>
    /// <param name="window">The window, with one value for each spatial axis of the layer, as have the next two.</param>
    /// <param name="strides">The steps.</param>
    /// <param name="dilation">The distance between the window's points.</param>
    /// <param name="padding">Keras' word.</param>
    public NativeConvolution(Size window, Size strides, Size dilation, string padding)
    {
        (_window, _steps, _spacing, _padding) = (window, strides, dilation, padding);
        _strides = Spatial.Native(strides);
        _dilation = Spatial.Native(dilation);
    }

    private int Rank => _window.Count;

    /// <summary>Convolves, within the dispose scope of the caller.</summary>
    /// <param name="x">The input in libtorch's layout.</param>
    /// <param name="kernel">(filters, channels / groups, window).</param>
    /// <param name="bias">(filters), or null.</param>
    /// <param name="groups">Into how many groups the channels are split.</param>
    public Tensor Run(Tensor x, Tensor kernel, Tensor? bias, long groups)
    {
        long[] padding = new long[_strides.Length];
        if (_padding != Spatial.Valid)
        {
            (long Before, long After)[] sides = Spatial.NativeSides(x, _window, _steps, _spacing, _padding);

            // libtorch pads both sides alike; where they differ, the input is padded before.
            if (Array.TrueForAll(sides, s => s.Before == s.After))
            {
                Spatial.RequireMemory(x, sides, firstAxis: 2);
                padding = Array.ConvertAll(sides, s => s.Before);
            }
            else
            {
                x = Spatial.Pad(x, sides, firstAxis: 2);
            }
        }

        bool alone = IsSlowAlone(x, groups);
        Tensor several = alone ? cat([x, x]) : x;
        long[] strides = StridesOver(x, padding);
        Tensor y =
            Rank == 3
                ? nn.functional.conv3d(several, kernel, bias, strides, padding, _dilation, groups)
                : nn.functional.conv2d(several, kernel, bias, strides, padding, _dilation, groups);
        return alone ? y.narrow(0, 0, 1) : y;
    }

    // A step beyond the input is none, and libtorch asks for memory for it.
    private long[] StridesOver(Tensor x, long[] padding)
    {
        long[] strides = [.. _strides];
        for (int i = 0; i < strides.Length; i++)
        {
            strides[i] = Math.Min(strides[i], Math.Max(1, x.size(i + 2) + (2 * padding[i])));
        }

        return strides;
    }

    // libtorch keeps one small input from oneDNN (ConvParams::use_mkldnn) and asks NNPACK, which writes a warning at every call on a
    // processor that it does not know. Twice the same input goes the way that all other batches go.
    private bool IsSlowAlone(Tensor x, long groups)
    {
        if (x.size(0) != 1 || groups != 1 || x.device_type != DeviceType.CPU)
        {
            return false;
        }

        // The last two axes of the window, and the first four of the input, are what libtorch looks at.
        bool small = Rank == 1 || _window[^1] <= 3 || _window[^2] <= 3;
        return small && x.size(1) * x.size(2) * x.size(3) <= 20480;
    }
}
