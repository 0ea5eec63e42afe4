namespace Distillation.Keras.Backend;

/// <summary>What <see cref="NativeLibraryResolver"/> did. Immutable.</summary>
/// <param name="Kind">How the library was loaded.</param>
/// <param name="Copy">The corrected copy; null where there is none.</param>
/// <param name="Problems">What went wrong, in order, for an error message; empty where nothing did.</param>
internal sealed record NativeLoadReport(NativeLoadKind Kind, CorrectedCopy? Copy, IReadOnlyList<string> Problems)
{
    /// <summary>Before the resolver was asked for anything.</summary>
    public static NativeLoadReport NotAsked { get; } = new(NativeLoadKind.NotAsked, null, []);
}
