using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>One step's share of the data. The tensors live in the step's dispose scope.</summary>
/// <param name="X">One tensor for each input.</param>
/// <param name="Y">One tensor for each output that has targets; empty without.</param>
/// <param name="Weights">Sample weights for each output (an entry may be missing), or <see langword="null"/>.</param>
/// <param name="Samples">Which samples these are (int64), or <see langword="null"/> where they are <paramref name="Start"/> and the following ones.</param>
/// <param name="Start">The number of the first sample where they follow each other.</param>
/// <param name="Size">How many samples there are.</param>
/// <param name="Source">What it was cut from.</param>
internal sealed record Batch(Tensor[] X, Tensor[] Y, Tensor?[]? Weights, Tensor? Samples, long Start, int Size, BatchSource Source);
