namespace Distillation.Keras;

/// <summary>
/// Datasets to learn and to measure with (Keras' <c>keras.datasets</c>): <see cref="Digits"/> is bundled,
/// <see cref="Mnist"/> and <see cref="FashionMnist"/> are found on this machine or downloaded. Thread-safe.
/// </summary>
public static partial class Datasets;
