using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>How often values are, and values spread so that all are as often. The results are new tensors.</summary>
internal static class ImageHistograms
{
    private const int Levels = 256;

    /// <summary>How often each number is in each row: (rows, bins), whole numbers.</summary>
    /// <param name="rows">(rows, values): whole numbers from 0 to below the number of bins, int64.</param>
    /// <param name="bins">How many numbers there are.</param>
    public static Tensor Counts(Tensor rows, int bins) =>
        zeros([rows.size(0), bins], ScalarType.Int64, rows.device)
            .scatter_add(1, rows, ones([1, 1], ScalarType.Int64, rows.device).expand_as(rows));

    /// <summary>Values from 0 to 255, spread over that range, so that as many lie below each as are below it in the whole batch.</summary>
    /// <remarks>A channel that has values of one bin alone stays as it is.</remarks>
    /// <param name="images">(batch, channels, height, width), float32 or float64, from 0 to 255.</param>
    /// <param name="bins">How finely values are told apart.</param>
    public static Tensor Equalized(Tensor images, int bins)
    {
        // One row for each channel of the batch.
        Tensor channels = images.transpose(0, 1);
        Tensor rows = channels.reshape(channels.size(0), -1);
        Tensor counts = Counts(Bin(rows.Times(bins - 1).Over(255), bins), bins);
        Tensor below = counts.cumsum(1);
        Tensor total = below.narrow(1, bins - 1, 1);
        Tensor least = where(below.IsAbove(0), below, total).amin([1], keepdim: true);
        Tensor spread = below.sub(least).to(ScalarType.Float64).Times(255).div(total.sub(least).AtLeast(1L));
        Tensor table = spread.round().Between(0.0, 255.0).to(rows.dtype);
        Tensor isOneBin = counts.IsAbove(0).sum(1, keepdim: true).IsAtMost(1);
        Tensor result = table.gather(1, Bin(rows.Over(255).Times(bins - 1), bins));
        return where(isOneBin, rows, result).reshape(channels.shape).transpose(0, 1);
    }

    /// <summary>
    /// Values from 0 to 255, spread over that range within each tile of each image, no steeper than a limit, and mixed between the tiles.
    /// </summary>
    /// <param name="images">(batch, channels, height, width), float32, from 0 to 255.</param>
    /// <param name="limit">How often a value may be, as a multiple of the mean; 0 or less: as often as it is.</param>
    /// <param name="grid">The numbers of tiles along the height and the width.</param>
    public static Tensor EqualizedByTiles(Tensor images, double limit, (int Height, int Width) grid)
    {
        (long height, long width) = (images.size(2), images.size(3));
        (long tileHeight, long tileWidth) = ((height + grid.Height - 1) / grid.Height, (width + grid.Width - 1) / grid.Width);
        Tensor padded = Mirrored(Mirrored(images, 2, tileHeight * grid.Height), 3, tileWidth * grid.Width);
        Tensor levels = Bin(padded, Levels);
        Tensor tiles = levels
            .reshape(images.size(0), images.size(1), grid.Height, tileHeight, grid.Width, tileWidth)
            .permute(0, 1, 2, 4, 3, 5)
            .reshape(-1, tileHeight * tileWidth);
        Tensor tables = Tables(Counts(tiles, Levels).to(ScalarType.Float32), limit, tileHeight * tileWidth);

        // A table for each tile, one behind the other: each pixel looks into those of the four tiles around it.
        Tensor flat = tables.reshape(-1);
        (long[] top, long[] bottom, float[] down) = Neighbours(tileHeight, grid.Height);
        (long[] left, long[] right, float[] along) = Neighbours(tileWidth, grid.Width);
        long row = (long)grid.Width * Levels;
        long[] firsts = [.. Enumerable.Range(0, (int)(images.size(0) * images.size(1))).Select(i => i * grid.Height * row)];
        Tensor entries = OnDevice(tensor(firsts, device: CPU)).reshape(images.size(0), images.size(1), 1, 1).Plus(levels);
        Tensor share = OnDevice(tensor(along, device: CPU));
        Tensor upper = Mixed(At(top, left), At(top, right), share);
        Tensor lower = Mixed(At(bottom, left), At(bottom, right), share);
        return Mixed(upper, lower, OnDevice(tensor(down, device: CPU)).unsqueeze(1)).narrow(2, 0, height).narrow(3, 0, width);

        Tensor OnDevice(Tensor numbers) => numbers.to(images.device);

        Tensor At(long[] rows, long[] columns)
        {
            Tensor vertical = OnDevice(tensor(Array.ConvertAll(rows, r => r * row), device: CPU)).unsqueeze(1);
            Tensor horizontal = OnDevice(tensor(Array.ConvertAll(columns, c => c * Levels), device: CPU));
            return flat.take(entries.Plus(vertical).Plus(horizontal));
        }
    }

    private static Tensor Bin(Tensor values, int bins) => values.to(ScalarType.Int64).Between(0L, bins - 1L);

    // (1 - share) * a + share * b.
    private static Tensor Mixed(Tensor a, Tensor b, Tensor share) => a.mul(share.Complement()).Accumulate(b.mul(share));

    private static Tensor Tables(Tensor counts, double limit, long pixels)
    {
        if (limit > 0)
        {
            Tensor cut = counts.AtMost(limit * pixels / Levels);
            counts = cut.Plus(counts.sub(cut).sum(1, keepdim: true).Over(Levels));
        }

        Tensor below = counts.cumsum(1);
        Tensor least = below.narrow(1, 0, 1);
        Tensor span = least.SubtractedFrom(pixels);
        return below.sub(least).Times(255).div(span.Replaced(span.Is(0), 1)).Between(0.0, 255.0);
    }

    // Which tiles lie before and behind each pixel of an axis, and how near the second one is. Beyond the border there is the last tile.
    private static (long[] Before, long[] Behind, float[] Share) Neighbours(long tile, int count)
    {
        double[] places = [.. Enumerable.Range(0, (int)(tile * count)).Select(i => (i - (tile / 2.0)) / tile)];
        return (
            Array.ConvertAll(places, p => Math.Clamp((long)Math.Floor(p), 0, count - 1)),
            Array.ConvertAll(places, p => Math.Clamp((long)Math.Floor(p) + 1, 0, count - 1)),
            Array.ConvertAll(places, p => (float)(p - Math.Floor(p)))
        );
    }

    // The axis goes on as if a mirror stood behind its last entry, and another one before the first.
    private static Tensor Mirrored(Tensor images, int axis, long size)
    {
        long old = images.size(axis);
        if (size == old)
        {
            return images;
        }

        long[] entries = [.. Enumerable.Range(0, (int)size).Select(i => i % (2 * old)).Select(i => i < old ? i : (2 * old) - 1 - i)];
        return images.index_select(axis, tensor(entries, device: CPU).to(images.device));
    }
}
