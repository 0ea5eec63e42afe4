using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>
/// The kernel of a convolution that computes the real or the imaginary part of a short-time Fourier transform: cosines or sines under a
/// window.
/// </summary>
/// <remarks>
/// Of the shape (frame length, 1, bands), where the bands are those of a transform of (bands - 1) · 2 numbers. Immutable and thread-safe.
/// Source: <c>keras/src/initializers/constant_initializers.py</c>.
/// </remarks>
[Identifiers("stft", "STFTInitializer")]
public sealed class STFT : Initializer
{
    /// <inheritdoc cref="STFT" path="/summary"/>
    /// <param name="side"><c>"real"</c> or <c>"imag"</c>.</param>
    /// <param name="window">
    /// <c>"hann"</c>, <c>"hamming"</c>, <c>"blackman"</c>, <c>"blackmanharris"</c>, <c>"nuttall"</c>, <c>"flattop"</c>, <c>"bartlett"</c>,
    /// <c>"barthann"</c>, <c>"bohman"</c>, <c>"cosine"</c> or <c>"boxcar"</c>; <see langword="null"/>: none, and no scaling.
    /// </param>
    /// <param name="scaling">
    /// What the window is divided by: the root of the sum of its squares (<c>"density"</c>), its sum (<c>"spectrum"</c>), or nothing
    /// (<see langword="null"/>).
    /// </param>
    /// <param name="periodic">Whether the window goes on after its end, as a spectrum wants it, or is symmetric, as a filter does.</param>
    /// <exception cref="ArgumentException">An argument is none of these.</exception>
    public STFT(string side = "real", string? window = "hann", string? scaling = "density", bool periodic = false)
    {
        ArgumentNullException.ThrowIfNull(side);
        Side = OneOf(side, nameof(side), ["real", "imag"]);
        Window = window is null ? null : OneOf(window, nameof(window), Windows.Names);
        Scaling = scaling is null ? null : OneOf(scaling, nameof(scaling), ["density", "spectrum"]);
        Periodic = periodic;
    }

    /// <summary>Which part of the transform it is.</summary>
    public string Side { get; }

    /// <summary>The window; <see langword="null"/>: none.</summary>
    public string? Window { get; }

    /// <summary>What the window is divided by; <see langword="null"/>: nothing.</summary>
    public string? Scaling { get; }

    /// <summary>Whether the window goes on after its end.</summary>
    public bool Periodic { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shape is none of such a kernel.</exception>
    public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32)
    {
        long[] sizes = SizesOf(shape, ScalarType.Float64, copies: 2);
        if (sizes.Length != 3 || sizes[0] < 1 || sizes[1] != 1 || sizes[2] < 2)
        {
            throw new ArgumentException(
                $"STFT makes kernels of the shape (frame length, 1, bands), with at least 2 bands, but {shape} was asked for.",
                nameof(shape)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor time = Arithmetic.Range(0, sizes[0], float64, CPU).reshape(-1, 1, 1);
        Tensor bands = Arithmetic.Range(0, sizes[2], float64, CPU);
        Tensor angle = time.mul(bands).Times(-Math.PI / (sizes[2] - 1));
        Tensor kernel = Side == "real" ? angle.cos() : angle.sin();
        if (Window is string name)
        {
            double[] window = Windows.Of(name, sizes[0], Periodic);
            double divisor = Scaling switch
            {
                "density" => Math.Sqrt(window.Sum(static w => w * w)),
                "spectrum" => window.Sum(Math.Abs),
                _ => 1,
            };
            kernel = kernel.mul(tensor(window, device: CPU).reshape(-1, 1, 1)).Over(divisor);
        }

        return kernel.to_type(dtype).MoveToOuterDisposeScope();
    }

    private static string OneOf(string value, string name, IReadOnlyList<string> known) =>
        known.Contains(value)
            ? value
            : throw new ArgumentException($"The {name} of STFT is one of {string.Join(", ", known)}, but '{value}' was given.", name);
}
