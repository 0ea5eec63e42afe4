using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>
/// Values whose variance is <c>scale / n</c>, n being how many inputs or outputs a unit has, so that signals neither grow nor shrink from
/// layer to layer.
/// </summary>
/// <remarks>
/// Of a shape <c>(..., i, o)</c> the inputs are i and the outputs o, each times the sizes before them (a convolution's field); of a shape
/// <c>(n,)</c> both are n. With <c>input_axes</c> and <c>output_axes</c>, both, they are the sizes along these. The truncated normal
/// distribution is that of an enlarged standard deviation, so that after truncation the variance is right. Immutable and thread-safe.
/// Source: <c>keras/src/initializers/random_initializers.py</c>.
/// </remarks>
public class VarianceScaling : RandomInitializer
{
    // The standard deviation of a standard normal distribution truncated at -2 and 2.
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <inheritdoc cref="VarianceScaling" path="/summary"/>
    /// <param name="scale">The variance times n; positive.</param>
    /// <param name="mode">What n is: <c>"fan_in"</c> (inputs), <c>"fan_out"</c> (outputs) or <c>"fan_avg"</c> (their mean).</param>
    /// <param name="distribution">
    /// <c>"truncated_normal"</c> (also <c>"normal"</c>), <c>"untruncated_normal"</c> or <c>"uniform"</c>.
    /// </param>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <param name="input_axes">The weight's axes that are inputs of a unit; heeded where both are given.</param>
    /// <param name="output_axes">The weight's axes that are outputs of a unit.</param>
    /// <exception cref="ArgumentException">An argument is none of these.</exception>
    public VarianceScaling(
        double scale = 1.0,
        string mode = "fan_in",
        string distribution = "truncated_normal",
        int? seed = null,
        IReadOnlyList<int>? input_axes = null,
        IReadOnlyList<int>? output_axes = null
    )
        : base(seed)
    {
        InputAxes = input_axes is null ? null : [.. input_axes];
        OutputAxes = output_axes is null ? null : [.. output_axes];
        Scale = Arguments.Positive(scale);
        Mode = OneOf(mode, nameof(mode), "fan_in", "fan_out", "fan_avg");
        Distribution = OneOf(distribution, nameof(distribution), "truncated_normal", "untruncated_normal", "uniform", "normal");
        if (Distribution == "normal")
        {
            Distribution = "truncated_normal";
        }
    }

    /// <summary>The variance times n.</summary>
    public double Scale { get; }

    /// <summary>What n is.</summary>
    public string Mode { get; }

    /// <summary>The distribution; <c>"normal"</c> is kept as <c>"truncated_normal"</c>.</summary>
    public string Distribution { get; }

    /// <summary>The weight's axes that are inputs of a unit.</summary>
    public IReadOnlyList<int>? InputAxes { get; }

    /// <summary>The weight's axes that are outputs of a unit.</summary>
    public IReadOnlyList<int>? OutputAxes { get; }

    /// <summary>One that draws the same numbers, for a weight whose axes have these roles.</summary>
    internal VarianceScaling Along(IReadOnlyList<int> inputs, IReadOnlyList<int> outputs) =>
        new(Scale, Mode, Distribution, Drawn, inputs, outputs);

    private protected override Tensor Draw(long[] sizes, ScalarType dtype, Generator generator)
    {
        (double fanIn, double fanOut) =
            InputAxes is not null && OutputAxes is not null ? (Size(sizes, InputAxes), Size(sizes, OutputAxes)) : Fans(sizes);
        double n = Mode switch
        {
            "fan_in" => fanIn,
            "fan_out" => fanOut,
            _ => (fanIn + fanOut) / 2,
        };
        double variance = Scale / Math.Max(1, n);
        double limit = Math.Sqrt(3 * variance);
        return Distribution switch
        {
            "uniform" => Uniform(sizes, dtype, generator, -limit, limit),
            "untruncated_normal" => Normal(sizes, dtype, generator, 0, Math.Sqrt(variance)),
            _ => TruncatedNormal(sizes, dtype, generator, 0, Math.Sqrt(variance) / TruncatedDeviation),
        };
    }

    /// <summary>The numbers of inputs and outputs of a weight: for a kernel, its window's size times the channels.</summary>
    internal static (double In, double Out) Fans(long[] sizes)
    {
        double field = sizes.Length > 2 ? sizes[..^2].Aggregate(1.0, (product, size) => product * size) : 1;
        return sizes.Length switch
        {
            0 => (1, 1),
            1 => (sizes[0], sizes[0]),
            _ => (sizes[^2] * field, sizes[^1] * field),
        };
    }

    private static double Size(long[] sizes, IReadOnlyList<int> axes) =>
        axes.All(a => a >= -sizes.Length && a < sizes.Length)
            ? axes.Aggregate(1.0, (product, axis) => product * sizes[axis < 0 ? axis + sizes.Length : axis])
            : throw new ArgumentException(
                Invariant(
                    $"The input_axes and output_axes of an initializer are axes of the weight, but they name {string.Join(", ", axes)}, "
                        + $"and the weight's shape is {Shape.FromSizes(sizes)}."
                )
            );

    private static string OneOf(string value, string name, params string[] known)
    {
        string? found = Array.Find(known, k => string.Equals(k, value, StringComparison.OrdinalIgnoreCase));
        return found
            ?? throw new ArgumentException(
                $"The {name} of VarianceScaling is one of {string.Join(", ", known)}, but '{value}' was given.",
                name
            );
    }
}
