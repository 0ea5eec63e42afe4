namespace Distillation.Keras.Layers;

/// <summary>What a convolution is told of its window, as it was given.</summary>
/// <param name="Rank">How many spatial axes there are.</param>
/// <param name="KernelSize">The size of the window.</param>
/// <param name="Strides">The steps; null is 1.</param>
/// <param name="Padding">Keras' word.</param>
/// <param name="DataFormat">Keras' word for the layout, or null.</param>
/// <param name="DilationRate">The distance between the window's points; null is 1.</param>
internal sealed record WindowArguments(int Rank, Size KernelSize, Size? Strides, string Padding, string? DataFormat, Size? DilationRate);
