using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>An initializer that draws random values.</summary>
/// <remarks>
/// One instance gives the same values at every call for one shape and type, as in Keras, also without a seed; two instances of one seed
/// give the same. The numbers are libtorch's, not TensorFlow's. Immutable and thread-safe. Source:
/// <c>keras/src/initializers/random_initializers.py</c>.
/// </remarks>
public abstract class RandomInitializer : Initializer
{
    private protected RandomInitializer(int? seed)
    {
        Seed = seed;
        Drawn = seed ?? RandomState.NextSeed();
    }

    /// <summary>The seed that was given, or <see langword="null"/>; then the library's own random state gave one.</summary>
    public int? Seed { get; }

    /// <summary>The seed that it draws by.</summary>
    private protected int Drawn { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The shape has an unknown size or does not fit, or the type is not a floating-point type.
    /// </exception>
    public sealed override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32)
    {
        long[] sizes = SizesOf(shape, dtype == ScalarType.Float64 ? dtype : ScalarType.Float32, Copies);
        if (dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException($"{ClassName} draws floating-point values, but the type {dtype} was asked for.", nameof(dtype));
        }

        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = RandomState.NewGenerator(Drawn);
        Tensor values = Draw(sizes, dtype == ScalarType.Float64 ? dtype : ScalarType.Float32, generator);
        return (values.dtype == dtype ? values : values.to_type(dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>How many tensors of the weight's size it needs at a time.</summary>
    private protected virtual int Copies => 1;

    private protected abstract Tensor Draw(long[] sizes, ScalarType dtype, Generator generator);

    private protected static Tensor Uniform(long[] sizes, ScalarType dtype, Generator generator, double minimum, double maximum) =>
        Scaled(rand(sizes, dtype, CPU, generator: generator), maximum - minimum, minimum);

    private protected static Tensor Normal(long[] sizes, ScalarType dtype, Generator generator, double mean, double stddev) =>
        Scaled(randn(sizes, dtype, CPU, generator: generator), stddev, mean);

    /// <summary>
    /// The normal distribution without what is more than two standard deviations off, by its inverse distribution function.
    /// </summary>
    private protected static Tensor TruncatedNormal(long[] sizes, ScalarType dtype, Generator generator, double mean, double stddev)
    {
        // erf(2 / sqrt(2)): the part of the normal distribution that is left.
        const double Inside = 0.95449973610364158;
        Tensor normal = Scaled(Uniform(sizes, dtype, generator, -Inside, Inside).erfinv_(), Math.Sqrt(2), 0);
        return Scaled(normal.Between(-2.0, 2.0), stddev, mean);
    }

    private static Tensor Scaled(Tensor values, double factor, double offset) => values.Scale(factor).Shift(offset);
}
