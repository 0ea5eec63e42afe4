namespace Distillation.Keras.Backend;

/// <summary>A corrected library on disk, ready to be loaded. Immutable.</summary>
/// <param name="Path">The full path of the file.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Detail">Why the cache was passed over; null where it was not.</param>
internal sealed record CorrectedCopy(string Path, CorrectedCopyOrigin Origin, string? Detail = null);
