namespace Distillation.Keras.Backend;

/// <summary>The outcome of <see cref="ElfVersionNeeds.MarkWeak"/>. Immutable.</summary>
/// <param name="Status">What was found.</param>
/// <param name="Image">The corrected copy of the whole file; null for all but <see cref="ElfCorrectionStatus.Corrected"/>.</param>
/// <param name="Detail">One sentence for an error message.</param>
internal sealed record ElfCorrection(ElfCorrectionStatus Status, byte[]? Image, string Detail);
