using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What convolutions, poolings, paddings and the like share, whether they have one, two or three spatial axes: Keras' words for layouts and
/// padding, TensorFlow's padding arithmetic, and views between layouts.
/// </summary>
/// <remarks>
/// Source: <c>keras/src/backend/config.py</c>, <c>keras/src/utils/argument_validation.py</c>, <c>keras/src/ops/operation_utils.py</c>.
/// </remarks>
internal static class Spatial
{
    public const string ChannelsLast = "channels_last";
    public const string ChannelsFirst = "channels_first";
    public const string Valid = "valid";
    public const string Same = "same";
    public const string Causal = "causal";

    private const long Border = 4096;

    // Where the axes come from, by the number of spatial axes.
    private static readonly long[][] ChannelsToFront =
    [
        [],
        [0, 2, 1],
        [0, 3, 1, 2],
        [0, 4, 1, 2, 3],
    ];
    private static readonly long[][] ChannelsToBack =
    [
        [],
        [0, 2, 1],
        [0, 2, 3, 1],
        [0, 2, 3, 4, 1],
    ];
    private static readonly long[][] FiltersToFront =
    [
        [],
        [2, 1, 0],
        [3, 2, 0, 1],
        [4, 3, 0, 1, 2],
    ];

    /// <summary>Keras' layout word in lower case; null is <c>channels_last</c>.</summary>
    public static string DataFormat(string? data_format, string layer) =>
        data_format?.ToLowerInvariant() switch
        {
            null or ChannelsLast => ChannelsLast,
            ChannelsFirst => ChannelsFirst,
            _ => throw new ArgumentException(
                $"The data_format of {layer} is \"{ChannelsLast}\" or \"{ChannelsFirst}\", but \"{data_format}\" was given.",
                nameof(data_format)
            ),
        };

    /// <summary>Keras' padding word in lower case.</summary>
    /// <param name="padding">The word.</param>
    /// <param name="layer">Whose it is, for the message.</param>
    /// <param name="causal">Whether <c>"causal"</c> is one of the words.</param>
    public static string Padding(string padding, string layer, bool causal = false) =>
        padding?.ToLowerInvariant() switch
        {
            Valid => Valid,
            Same => Same,
            Causal when causal => Causal,
            _ => throw new ArgumentException(
                $"The padding of {layer} is {(causal ? $"\"{Valid}\", \"{Same}\" or \"{Causal}\"" : $"\"{Valid}\" or \"{Same}\"")}, but "
                    + $"\"{padding}\" was given.",
                nameof(padding)
            ),
        };

    /// <summary>What an input with that many spatial axes is called.</summary>
    public static string Noun(int rank) =>
        rank switch
        {
            1 => "sequence",
            2 => "image",
            _ => "volume",
        };

    /// <summary>Refuses what is not a batch of sequences, images or volumes.</summary>
    /// <param name="shape">The input's shape, with the batch axis.</param>
    /// <param name="rank">How many spatial axes there are: 1, 2 or 3.</param>
    /// <param name="layer">The layer, for the message.</param>
    /// <param name="dataFormat">Where the channels are.</param>
    public static void RequireInput(Shape shape, int rank, string layer, string dataFormat)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank != rank + 2)
        {
            string axes = rank switch
            {
                1 => "steps",
                2 => "height, width",
                _ => "depth, height, width",
            };
            string all = dataFormat == ChannelsLast ? $"(batch, {axes}, channels)" : $"(batch, channels, {axes})";
            string remedy = shape.Rank == rank + 1 ? " Add the axis of channels, or that of the batch, which is missing." : string.Empty;
            throw new ArgumentException(
                Invariant(
                    $"{layer} takes a batch of {Noun(rank)}s with {rank + 2} axes, {all}, but its input's shape is {shape}, with "
                        + $"{shape.Rank}.{remedy}"
                )
            );
        }

        if (shape[ChannelAxis(dataFormat)] == 0)
        {
            throw new ArgumentException($"{layer} takes {Noun(rank)}s with at least one channel, but its input's shape is {shape}.");
        }
    }

    /// <summary>The axis of the channels.</summary>
    public static int ChannelAxis(string dataFormat) => dataFormat == ChannelsLast ? -1 : 1;

    /// <summary>The first of the spatial axes.</summary>
    public static int FirstAxis(string dataFormat) => dataFormat == ChannelsLast ? 1 : 2;

    /// <summary>The output's shape; refuses an axis that would be empty.</summary>
    public static Shape OutputShape(Shape input, Size window, Size strides, Size? dilation, string padding, string dataFormat, string layer)
    {
        int first = FirstAxis(dataFormat);
        Shape output = input;
        for (int i = 0; i < window.Count; i++)
        {
            int spacing = dilation?[i] ?? 1;
            (long before, long after) = SidePadding(input[first + i] ?? 1, window[i], strides[i], spacing, padding);
            long padded = (input[first + i] ?? 1) + before + after;
            if (padded > int.MaxValue)
            {
                throw new ArgumentException(
                    Invariant(
                        $"{layer} with padding \"{padding}\" would pad an axis to {padded} entries, but an axis has at most "
                            + $"{int.MaxValue}: its window is "
                            + $"{window}{(dilation is null ? string.Empty : $" with dilation_rate {dilation}")}. Take a smaller one."
                    )
                );
            }

            int? size = OutputSize(input[first + i], window[i], strides[i], spacing, padding != Valid);
            if (size <= 0)
            {
                throw new ArgumentException(
                    $"{layer} would have no output: its window "
                        + $"{window}{(dilation is null || dilation.All(d => d == 1) ? string.Empty : $" with dilation_rate {dilation}")} "
                        + $"is larger than the {Noun(window.Count)}, as the input's shape is {input}. Take a smaller window, or "
                        + $"padding: \"{Same}\"."
                );
            }

            output = output.With(first + i, size);
        }

        return output;
    }

    /// <summary>How much an axis is padded before and after: for <c>same</c> as TensorFlow does, for <c>causal</c> before alone.</summary>
    public static (long Before, long After) SidePadding(long size, int window, int stride, int dilation, string padding)
    {
        long reach = (window - 1L) * dilation;
        if (padding != Same)
        {
            return padding == Causal ? (reach, 0) : (0, 0);
        }

        long output = (size + stride - 1) / stride;
        long total = Math.Max(0, ((output - 1) * stride) + reach + 1 - size);
        return (total / 2, total - (total / 2));
    }

    /// <summary>
    /// The input as libtorch takes it: (batch, channels, height, width) or (batch, channels, depth, height, width). For channels_last it is
    /// a view, with channels-last strides, no copy. A sequence becomes an image of height 1, which libtorch would make of it too, though
    /// only after a copy.
    /// </summary>
    public static Tensor ToNative(Tensor x, int rank, string dataFormat)
    {
        Tensor first = dataFormat == ChannelsLast ? x.permute(ChannelsToFront[rank]) : x;
        return rank == 1 ? first.unsqueeze(2) : first;
    }

    /// <summary>
    /// The way back. The result of a channels-last convolution becomes a contiguous (batch, height, width, channels) without a copy.
    /// </summary>
    public static Tensor FromNative(Tensor x, int rank, string dataFormat)
    {
        Tensor first = rank == 1 ? x.squeeze(2) : x;
        return dataFormat == ChannelsLast ? first.permute(ChannelsToBack[rank]) : first;
    }

    /// <summary>
    /// A kernel (spatial axes, channels, filters) as libtorch takes it: (filters, channels, spatial axes), with those of
    /// <see cref="ToNative"/>. A view, unless there is one channel or filter alone: libtorch takes such a view's gradient for one of
    /// another layout, and refuses it.
    /// </summary>
    public static Tensor KernelToNative(Tensor kernel, int rank)
    {
        Tensor first = kernel.permute(FiltersToFront[rank]);
        first = kernel.size(rank) == 1 || kernel.size(rank + 1) == 1 ? first.contiguous() : first;
        return rank == 1 ? first.unsqueeze(2) : first;
    }

    /// <summary>
    /// A kernel (spatial axes, channels, multiplier) as libtorch takes it: (channels * multiplier, 1, spatial axes). A view where the
    /// multiplier is 1.
    /// </summary>
    public static Tensor DepthwiseToNative(Tensor kernel, int rank)
    {
        // (channels, multiplier, 1, spatial axes), of which the first two are one axis then.
        long[] axes = [rank, rank + 1, .. Enumerable.Range(0, rank).Select(i => (long)i)];
        Tensor first = kernel.permute(axes).flatten(0, 1).unsqueeze(1);
        return rank == 1 ? first.unsqueeze(2) : first;
    }

    /// <summary>One value for each spatial axis that libtorch sees: those of a sequence begin with that of the height.</summary>
    /// <param name="size">The values, one for each spatial axis of the layer.</param>
    public static long[] Native(Size size) => size.Count == 1 ? [1, size[0]] : size.ToSizes();

    /// <summary>How much is padded before and after, for each spatial axis that libtorch sees.</summary>
    /// <param name="x">The input as libtorch takes it.</param>
    /// <param name="window">The window, with one value for each spatial axis of the layer, as have the next two.</param>
    /// <param name="strides">The steps.</param>
    /// <param name="dilation">The distance between the window's points; null is 1.</param>
    /// <param name="padding">Keras' word.</param>
    public static (long Before, long After)[] NativeSides(Tensor x, Size window, Size strides, Size? dilation, string padding)
    {
        var sides = new (long Before, long After)[(int)x.dim() - 2];
        int added = sides.Length - window.Count;
        for (int i = 0; i < window.Count; i++)
        {
            sides[added + i] = SidePadding(x.size(added + i + 2), window[i], strides[i], dilation?[i] ?? 1, padding);
        }

        return sides;
    }

    /// <summary>Pads the spatial axes.</summary>
    /// <param name="x">(batch, channels, ...), or with the channels last.</param>
    /// <param name="sides">How much before and after, for each spatial axis.</param>
    /// <param name="firstAxis">The first spatial axis.</param>
    /// <param name="value">What is put there.</param>
    /// <exception cref="InsufficientMemoryException">There is no memory for it.</exception>
    public static Tensor Pad(Tensor x, IReadOnlyList<(long Before, long After)> sides, int firstAxis, double value = 0)
    {
        RequireMemory(x, sides, firstAxis);

        // libtorch begins with the last axis.
        long[] padding = new long[2 * ((int)x.dim() - firstAxis)];
        for (int i = 0; i < sides.Count; i++)
        {
            int at = padding.Length - (2 * (i + 1));
            (padding[at], padding[at + 1]) = sides[i];
        }

        return nn.functional.pad(x, padding, PaddingModes.Constant, value);
    }

    /// <summary>Refuses padding beyond what a border takes, if there is no memory for it on the host.</summary>
    /// <exception cref="InsufficientMemoryException">There is none.</exception>
    public static void RequireMemory(Tensor x, IReadOnlyList<(long Before, long After)> sides, int firstAxis)
    {
        if (sides.Sum(s => s.Before + s.After) <= Border || x.device_type != DeviceType.CPU)
        {
            return;
        }

        long[] sizes = x.shape;
        double bytes = x.ElementSize;
        for (int i = 0; i < sizes.Length; i++)
        {
            (long before, long after) = i >= firstAxis && i < firstAxis + sides.Count ? sides[i - firstAxis] : (0, 0);
            bytes *= (double)sizes[i] + before + after;
        }

        SystemMemory.Require(
            $"Padding {string.Join(" and ", sides.Select(s => Invariant($"({s.Before}, {s.After})")))} around an input of shape "
                + $"{Shape.FromSizes(sizes)}",
            bytes
        );
    }

    private static int? OutputSize(int? size, int window, int stride, int dilation, bool padded)
    {
        if (size is not int known)
        {
            return null;
        }

        long reach = ((window - 1L) * dilation) + 1;
        return padded ? (int)((known + (stride - 1L)) / stride)
            : known < reach ? 0
            : (int)((known - reach) / stride) + 1;
    }
}
