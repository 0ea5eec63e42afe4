using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.initializers</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class InitializersModule
{
    internal InitializersModule()
    {
    }

    /// <inheritdoc cref="Initializers.Constant.Constant(double)"/>
    public Initializers.Constant Constant(double value = 0.0) =>
        new(value);

    /// <inheritdoc cref="Initializers.Constant.Constant(double)"/>
    public Initializers.Constant constant(double value = 0.0) =>
        new(value);

    /// <inheritdoc cref="Initializers.GlorotNormal.GlorotNormal(int?)"/>
    public Initializers.GlorotNormal GlorotNormal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.GlorotNormal.GlorotNormal(int?)"/>
    public Initializers.GlorotNormal glorot_normal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.GlorotUniform.GlorotUniform(int?)"/>
    public Initializers.GlorotUniform GlorotUniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.GlorotUniform.GlorotUniform(int?)"/>
    public Initializers.GlorotUniform glorot_uniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.HeNormal.HeNormal(int?)"/>
    public Initializers.HeNormal HeNormal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.HeNormal.HeNormal(int?)"/>
    public Initializers.HeNormal he_normal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.HeUniform.HeUniform(int?)"/>
    public Initializers.HeUniform HeUniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.HeUniform.HeUniform(int?)"/>
    public Initializers.HeUniform he_uniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.Identity.Identity(double)"/>
    public Initializers.Identity Identity(double gain = 1.0) =>
        new(gain);

    /// <inheritdoc cref="Initializers.Identity.Identity(double)"/>
    public Initializers.Identity identity(double gain = 1.0) =>
        new(gain);

    /// <inheritdoc cref="Initializers.LecunNormal.LecunNormal(int?)"/>
    public Initializers.LecunNormal LecunNormal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.LecunNormal.LecunNormal(int?)"/>
    public Initializers.LecunNormal lecun_normal(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.LecunUniform.LecunUniform(int?)"/>
    public Initializers.LecunUniform LecunUniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.LecunUniform.LecunUniform(int?)"/>
    public Initializers.LecunUniform lecun_uniform(int? seed = null) =>
        new(seed);

    /// <inheritdoc cref="Initializers.Ones.Ones()"/>
    public Initializers.Ones Ones() =>
        new();

    /// <inheritdoc cref="Initializers.Ones.Ones()"/>
    public Initializers.Ones ones() =>
        new();

    /// <inheritdoc cref="Initializers.Orthogonal.Orthogonal(double, int?)"/>
    public Initializers.Orthogonal Orthogonal(double gain = 1.0, int? seed = null) =>
        new(gain, seed);

    /// <inheritdoc cref="Initializers.Orthogonal.Orthogonal(double, int?)"/>
    public Initializers.Orthogonal orthogonal(double gain = 1.0, int? seed = null) =>
        new(gain, seed);

    /// <inheritdoc cref="Initializers.RandomNormal.RandomNormal(double, double, int?)"/>
    public Initializers.RandomNormal RandomNormal(double mean = 0.0, double stddev = 0.05, int? seed = null) =>
        new(mean, stddev, seed);

    /// <inheritdoc cref="Initializers.RandomNormal.RandomNormal(double, double, int?)"/>
    public Initializers.RandomNormal random_normal(double mean = 0.0, double stddev = 0.05, int? seed = null) =>
        new(mean, stddev, seed);

    /// <inheritdoc cref="Initializers.RandomUniform.RandomUniform(double, double, int?)"/>
    public Initializers.RandomUniform RandomUniform(double minval = -0.05, double maxval = 0.05, int? seed = null) =>
        new(minval, maxval, seed);

    /// <inheritdoc cref="Initializers.RandomUniform.RandomUniform(double, double, int?)"/>
    public Initializers.RandomUniform random_uniform(double minval = -0.05, double maxval = 0.05, int? seed = null) =>
        new(minval, maxval, seed);

    /// <inheritdoc cref="Initializers.TruncatedNormal.TruncatedNormal(double, double, int?)"/>
    public Initializers.TruncatedNormal TruncatedNormal(double mean = 0.0, double stddev = 0.05, int? seed = null) =>
        new(mean, stddev, seed);

    /// <inheritdoc cref="Initializers.TruncatedNormal.TruncatedNormal(double, double, int?)"/>
    public Initializers.TruncatedNormal truncated_normal(double mean = 0.0, double stddev = 0.05, int? seed = null) =>
        new(mean, stddev, seed);

    /// <inheritdoc cref="Initializers.VarianceScaling.VarianceScaling(double, string, string, int?)"/>
    public Initializers.VarianceScaling VarianceScaling(
        double scale = 1.0,
        string mode = "fan_in",
        string distribution = "truncated_normal",
        int? seed = null) =>
        new(scale, mode, distribution, seed);

    /// <inheritdoc cref="Initializers.VarianceScaling.VarianceScaling(double, string, string, int?)"/>
    public Initializers.VarianceScaling variance_scaling(
        double scale = 1.0,
        string mode = "fan_in",
        string distribution = "truncated_normal",
        int? seed = null) =>
        new(scale, mode, distribution, seed);

    /// <inheritdoc cref="Initializers.Zeros.Zeros()"/>
    public Initializers.Zeros Zeros() =>
        new();

    /// <inheritdoc cref="Initializers.Zeros.Zeros()"/>
    public Initializers.Zeros zeros() =>
        new();
}
