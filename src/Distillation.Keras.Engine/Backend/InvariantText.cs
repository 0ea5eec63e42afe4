namespace Distillation.Keras.Backend;

/// <summary>
/// Texts that are the same in every culture: <c>Invariant($"{1.5} of " + $"{count}")</c>, which <see cref="FormattableString.Invariant"/>
/// cannot take in two parts.
/// </summary>
internal static class InvariantText
{
    /// <summary>The text, its numbers written in the invariant culture.</summary>
    public static string Invariant(InvariantInterpolatedStringHandler text) => text.ToStringAndClear();
}
