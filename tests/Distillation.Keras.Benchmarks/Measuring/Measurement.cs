namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>The timings of a contest.</summary>
/// <param name="Name">The contest's name.</param>
/// <param name="Steps">The steps of a block.</param>
/// <param name="Ours">Milliseconds a step of this library, one for each round.</param>
/// <param name="Theirs">Milliseconds a step of the code written by hand, one for each round.</param>
/// <param name="Agreement">How far both results are apart.</param>
internal sealed record Measurement(string Name, int Steps, IReadOnlyList<double> Ours, IReadOnlyList<double> Theirs, Agreement Agreement)
{
    /// <summary>The ratio of the two neighbours of each round.</summary>
    public IReadOnlyList<double> Ratios { get; } = [.. Ours.Zip(Theirs, static (a, b) => a / b)];
}
