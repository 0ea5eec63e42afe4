using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What convolutions and poolings share: Keras' words for layouts and padding, TensorFlow's padding arithmetic, and views between layouts.</summary>
/// <remarks>Source: <c>keras/src/backend/config.py</c>, <c>keras/src/utils/argument_validation.py</c>, <c>keras/src/ops/operation_utils.py</c>.</remarks>
internal static class Spatial
{
    private const long Border = 4096;

    public const string ChannelsLast = "channels_last";
    public const string ChannelsFirst = "channels_first";

    /// <summary>Keras' layout word in lower case; null is <c>channels_last</c>.</summary>
    public static string DataFormat(string? data_format, string layer) => data_format?.ToLowerInvariant() switch
    {
        null or ChannelsLast => ChannelsLast,
        ChannelsFirst => ChannelsFirst,
        _ => throw new ArgumentException($"The data_format of {layer} is \"{ChannelsLast}\" or \"{ChannelsFirst}\", but \"{data_format}\" was given.", nameof(data_format)),
    };

    /// <summary>Keras' padding word in lower case.</summary>
    public static string Padding(string padding, string layer) => padding?.ToLowerInvariant() switch
    {
        "valid" => "valid",
        "same" => "same",
        _ => throw new ArgumentException($"The padding of {layer} is \"valid\" or \"same\", but \"{padding}\" was given.", nameof(padding)),
    };

    /// <summary>Refuses what is not a batch of images.</summary>
    public static void RequireImages(Shape shape, string layer, string dataFormat)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank != 4)
        {
            throw new ArgumentException(
                $"{layer} takes a batch of images with 4 axes, {(dataFormat == ChannelsLast ? "(batch, height, width, channels)" : "(batch, channels, height, width)")}, "
                + Invariant($"but its input's shape is {shape}, with {shape.Rank}.{(shape.Rank == 3 ? " Add the axis of channels, or that of the batch, which is missing." : string.Empty)}"));
        }

        if (shape[dataFormat == ChannelsLast ? -1 : 1] == 0)
        {
            throw new ArgumentException($"{layer} takes images with at least one channel, but its input's shape is {shape}.");
        }
    }

    /// <summary>The first of the two axes of height and width.</summary>
    public static int FirstAxis(string dataFormat) => dataFormat == ChannelsLast ? 1 : 2;

    /// <summary>The size of an output axis, not checked to be positive; null where the input's size is unknown.</summary>
    public static int? OutputSize(int? size, int window, int stride, int dilation, bool same)
    {
        if (size is not int known)
        {
            return null;
        }

        long reach = ((window - 1L) * dilation) + 1;
        return same ? (int)((known + (stride - 1L)) / stride) : known < reach ? 0 : (int)((known - reach) / stride) + 1;
    }

    /// <summary>The output's shape; refuses an axis that would be empty.</summary>
    public static Shape OutputShape(Shape input, Size window, Size strides, Size? dilation, string padding, string dataFormat, string layer)
    {
        int first = FirstAxis(dataFormat);
        Shape output = input;
        for (int i = 0; i < 2; i++)
        {
            int spacing = dilation?[i] ?? 1;
            (long before, long after) = padding == "same" ? SamePadding(input[first + i] ?? 1, window[i], strides[i], spacing) : (0, 0);
            long padded = (input[first + i] ?? 1) + before + after;
            if (padded > int.MaxValue)
            {
                throw new ArgumentException(Invariant(
                    $"{layer} with padding \"same\" would pad an axis to {padded} entries, but an axis has at most {int.MaxValue}: its window is {window}{(dilation is null ? string.Empty : $" with dilation_rate {dilation}")}. Take a smaller one."));
            }

            int? size = OutputSize(input[first + i], window[i], strides[i], spacing, padding == "same");
            if (size <= 0)
            {
                throw new ArgumentException(
                    $"{layer} would have no output: its window {window}{(dilation is null || dilation.All(d => d == 1) ? string.Empty : $" with dilation_rate {dilation}")} "
                    + $"is larger than the image, as the input's shape is {input}. Take a smaller window, or padding: \"same\".");
            }

            output = output.With(first + i, size);
        }

        return output;
    }

    /// <summary>How much TensorFlow pads an axis before and after for padding <c>same</c>.</summary>
    public static (long Before, long After) SamePadding(long size, int window, int stride, int dilation)
    {
        long output = (size + stride - 1) / stride;
        long total = Math.Max(0, ((output - 1) * stride) + ((window - 1L) * dilation) + 1 - size);
        return (total / 2, total - (total / 2));
    }

    /// <summary>The input as libtorch takes it: (batch, channels, height, width). For channels_last it is a view, with channels-last strides, no copy.</summary>
    public static Tensor ToChannelsFirst(Tensor x, string dataFormat) => dataFormat == ChannelsLast ? x.permute(0, 3, 1, 2) : x;

    /// <summary>The way back. The result of a channels-last convolution becomes a contiguous (batch, height, width, channels) without a copy.</summary>
    public static Tensor FromChannelsFirst(Tensor x, string dataFormat) => dataFormat == ChannelsLast ? x.permute(0, 2, 3, 1) : x;

    /// <summary>Pads height and width of (batch, channels, height, width).</summary>
    public static Tensor Pad(Tensor x, (long Before, long After) height, (long Before, long After) width, double value = 0)
    {
        RequireMemory(x, height, width);
        return nn.functional.pad(x, [width.Before, width.After, height.Before, height.After], PaddingModes.Constant, value);
    }

    /// <summary>Refuses padding of (batch, channels, height, width) beyond what an image's border takes, if there is no memory for it.</summary>
    /// <exception cref="InsufficientMemoryException">There is none.</exception>
    public static void RequireMemory(Tensor x, (long Before, long After) height, (long Before, long After) width)
    {
        if (height.Before + height.After + width.Before + width.After > Border)
        {
            long[] sizes = x.shape;
            SystemMemory.Require(
                $"Padding {height} and {width} around images of shape {Shape.FromSizes(sizes)}",
                (double)sizes[0] * sizes[1] * (sizes[2] + height.Before + height.After) * (sizes[3] + width.Before + width.After) * x.ElementSize);
        }
    }
}
