namespace Distillation.Keras.Conformance;

/// <summary>The end of one case.</summary>
/// <param name="File">The fixture file, such as <c>layers</c>.</param>
/// <param name="Case">The case's name.</param>
/// <param name="State">How it ended.</param>
/// <param name="Worst">Its largest error, relative to the largest magnitude expected there; null where no numbers were compared.</param>
/// <param name="Where">Where that error is.</param>
/// <param name="Why">Why it did not pass; empty if it did.</param>
public sealed record CaseResult(string File, string Case, CaseState State, double? Worst, string Where, string Why);
