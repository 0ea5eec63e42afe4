namespace Distillation.Keras.Backend;

/// <summary>What came of an attempt to mark a needed version of an ELF library as weak.</summary>
internal enum ElfCorrectionStatus
{
    /// <summary>The entry was found and is marked weak in the returned copy.</summary>
    Corrected,

    /// <summary>The entry is weak already: the file needs no correction.</summary>
    AlreadyWeak,

    /// <summary>The file does not ask for that version: its load fails for another reason.</summary>
    VersionNotNeeded,

    /// <summary>A symbol that the library really calls is bound to that version: a weak mark would let the process die later.</summary>
    VersionInUse,

    /// <summary>The bytes are not an ELF file.</summary>
    NotElf,

    /// <summary>An ELF file, but not a 64-bit little-endian one.</summary>
    UnsupportedElf,

    /// <summary>An ELF file whose tables point outside the file, are missing or contradict each other.</summary>
    Malformed,
}
