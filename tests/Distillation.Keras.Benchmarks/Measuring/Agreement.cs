using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>How far two results of the same mathematics are apart.</summary>
/// <param name="What">What is compared.</param>
/// <param name="Largest">The largest difference of two numbers.</param>
/// <param name="Relative">
/// The norm of the differences, as a share of the norm of what is compared (for weights: of how far training moved them).
/// </param>
/// <param name="Limit">The largest share that rounding explains.</param>
internal sealed record Agreement(string What, double Largest, double Relative, double Limit)
{
    /// <summary>Whether both do the same.</summary>
    public bool Holds => Relative <= Limit;

    /// <summary>Compares lists of tensors.</summary>
    /// <param name="what">What they are.</param>
    /// <param name="ours">This library's.</param>
    /// <param name="theirs">The others, in the same order and of the same shapes.</param>
    /// <param name="start">What both began with, or null: the differences are measured by the values themselves.</param>
    /// <param name="limit">The largest share that rounding explains.</param>
    public static Agreement Of(
        string what,
        IReadOnlyList<Tensor> ours,
        IReadOnlyList<Tensor> theirs,
        IReadOnlyList<Tensor>? start,
        double limit
    )
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        double largest = 0,
            difference = 0,
            moved = 0;
        for (int i = 0; i < ours.Count; i++)
        {
            Tensor apart = ours[i].sub(theirs[i]).to(ScalarType.Float64);
            Tensor way = (start is null ? theirs[i] : theirs[i].sub(start[i])).to(ScalarType.Float64);
            largest = Math.Max(largest, apart.abs().max().item<double>());
            difference += apart.square().sum().item<double>();
            moved += way.square().sum().item<double>();
        }

        return new Agreement(what, largest, Math.Sqrt(difference / moved), limit);
    }
}
