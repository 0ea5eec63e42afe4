using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>Samples in the order of their confidence, to be put into bins.</summary>
internal sealed class SortedConfidences
{
    private readonly Tensor _confidence;
    private readonly Tensor _right;
    private readonly double[] _sorted;

    /// <summary>Sorts samples; equal ones keep their order.</summary>
    /// <param name="confidence">(samples,), float64, from 0 to 1.</param>
    /// <param name="right">1 or 0, (samples,), float64.</param>
    public SortedConfidences(Tensor confidence, Tensor right)
    {
        (_confidence, Tensor order) = confidence.sort(0, false, true);
        _right = right.index_select(0, order);
        _sorted = [.. _confidence.data<double>()];
    }

    /// <summary>Bins (i / n, (i + 1) / n].</summary>
    public ReliabilityBin[] EqualWidth(int bins)
    {
        double[] edges = [.. Enumerable.Range(0, bins + 1).Select(i => (double)i / bins)];
        return Bins(bucketize(_confidence, tensor(edges[1..^1], device: CPU)), edges);
    }

    /// <summary>
    /// Bins of equally many samples: the ranks from ⌊i n / bins⌋ to ⌊(i + 1) n / bins⌋ - 1. Their edges are the confidences of their last
    /// samples.
    /// </summary>
    public ReliabilityBin[] EqualMass(int bins)
    {
        long samples = _sorted.Length;
        long[] ends = [.. Enumerable.Range(1, bins).Select(i => i * samples / bins)];
        double[] edges = [0, .. ends.Select(end => end == 0 ? 0 : _sorted[end - 1])];
        return Bins(bucketize(Arithmetic.Range(0, samples, ScalarType.Int64, CPU), tensor(ends[..^1], device: CPU), right: true), edges);
    }

    /// <summary>
    /// Bins (e_i, e_i+1] between the confidences interpolated at the ranks i n / bins. Samples that are not above e_0 are in none.
    /// </summary>
    public ReliabilityBin[] BetweenQuantiles(int bins)
    {
        double step = (double)_sorted.Length / bins;
        double[] edges = [.. Enumerable.Range(0, bins).Select(i => AtRank(i * step)), _sorted[^1]];
        return Bins(bucketize(_confidence, tensor(edges, device: CPU)), [0, .. edges])[1..];
    }

    private ReliabilityBin[] Bins(Tensor bin, double[] edges)
    {
        int bins = edges.Length - 1;
        long[] count = [.. bincount(bin, minlength: bins).data<long>()];
        double[] confidence = [.. bincount(bin, _confidence, bins).data<double>()];
        double[] right = [.. bincount(bin, _right, bins).data<double>()];
        return
        [
            .. Enumerable
                .Range(0, bins)
                .Select(i => new ReliabilityBin(edges[i], edges[i + 1], (int)count[i], Mean(confidence, i), Mean(right, i))),
        ];

        double Mean(double[] sums, int i) => count[i] == 0 ? 0 : sums[i] / count[i];
    }

    // Linear between ranks; after the last one its value.
    private double AtRank(double rank)
    {
        int below = (int)rank;
        return below >= _sorted.Length - 1 ? _sorted[^1]
            : below == rank ? _sorted[below]
            : ((_sorted[below + 1] - _sorted[below]) * (rank - below)) + _sorted[below];
    }
}
