namespace Distillation.Keras.Soak.Collector;

/// <summary>Something that computes the same numbers each time.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Compute">Computes it from the start; the numbers are compared bit for bit.</param>
internal sealed record Job(string Name, Func<double[]> Compute);
