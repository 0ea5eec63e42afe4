using System.Buffers.Binary;

namespace Distillation.Keras.Backend;

/// <summary>
/// Corrects the versions that a Linux library asks of other libraries (its <c>.gnu.version_r</c> table). A pure function of bytes.
/// </summary>
/// <remarks>
/// Why: a library that was built with GCC 13 asks libstdc++ for <c>GLIBCXX_3.4.32</c> as soon as it includes <c>&lt;iostream&gt;</c>, for
/// the marker <c>_ZSt21ios_base_library_initv</c> that no code calls. An older libstdc++ lacks the version, and the loader refuses
/// the whole library. The loader does not refuse a version whose entry is marked weak.
/// Source: Linux Standard Base, "Symbol Versioning"; glibc <c>elf/dl-version.c</c>.
/// </remarks>
internal static class ElfVersionNeeds
{
    private const ulong StringTable = 5;
    private const ulong SymbolTable = 6;
    private const ulong HashTable = 4;
    private const ulong GnuHashTable = 0x6ffffef5;
    private const ulong SymbolVersions = 0x6ffffff0;
    private const ulong VersionNeeds = 0x6ffffffe;
    private const ulong VersionNeedsCount = 0x6fffffff;
    private const ushort WeakFlag = 2;
    private const ushort VersionIndexMask = 0x7fff;
    private const int SymbolSize = 24;

    /// <summary>Marks each entry of a needed version as weak, provided that only a symbol that is never called is bound to it.</summary>
    /// <param name="image">The whole library file. It is not changed.</param>
    /// <param name="version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <param name="uncalledSymbol">The symbol that may be bound to the version since no code calls it.</param>
    /// <returns>A copy with the mark, or why there is none. Never throws for what is in the file.</returns>
    public static ElfCorrection MarkWeak(ReadOnlySpan<byte> image, string version, string uncalledSymbol)
    {
        if (image.Length < 6 || !image.StartsWith("\u007fELF"u8))
        {
            return new(ElfCorrectionStatus.NotElf, null, "It is not an ELF library.");
        }

        if (image[4] != 2 || image[5] != 1)
        {
            return new(ElfCorrectionStatus.UnsupportedElf, null, "It is not a 64-bit little-endian ELF library.");
        }

        try
        {
            return Correct(image, new ElfReader(image), version, uncalledSymbol);
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            return new(ElfCorrectionStatus.Malformed, null, $"Its ELF tables are damaged: {e.Message}");
        }
    }

    private static ElfCorrection Correct(ReadOnlySpan<byte> image, ElfReader elf, string version, string uncalledSymbol)
    {
        List<Entry> entries = FindEntries(elf, version);
        if (entries.Count == 0)
        {
            return new(ElfCorrectionStatus.VersionNotNeeded, null, $"It does not ask for {version}.");
        }

        if (entries.TrueForAll(entry => entry.IsWeak))
        {
            return new(ElfCorrectionStatus.AlreadyWeak, null, $"Its entry for {version} is marked weak already.");
        }

        if (FindOtherSymbol(elf, entries, uncalledSymbol) is { } symbol)
        {
            return new(
                ElfCorrectionStatus.VersionInUse,
                null,
                $"It calls '{symbol}' of {version}, so that it needs a C++ runtime that has it."
            );
        }

        byte[] copy = image.ToArray();
        foreach (Entry entry in entries)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(entry.FlagsOffset), (ushort)(entry.Flags | WeakFlag));
        }

        return new(ElfCorrectionStatus.Corrected, copy, $"Its entry for {version} is marked weak.");
    }

    private static List<Entry> FindEntries(ElfReader elf, string version)
    {
        var found = new List<Entry>();
        if (elf.DynamicTable(VersionNeeds) is not { } need)
        {
            return found;
        }

        int strings = elf.DynamicTable(StringTable) ?? throw new InvalidDataException("There is no string table.");
        ulong needs = elf.Dynamic(VersionNeedsCount) ?? throw new InvalidDataException("The number of needed versions is missing.");
        for (ulong i = 0; i < needs; i++)
        {
            int entry = elf.Offset(need, elf.UInt32(need + 8));
            ushort count = elf.UInt16(need + 2);
            for (int j = 0; j < count; j++)
            {
                if (elf.Name(elf.Offset(strings, elf.UInt32(entry + 8))) == version)
                {
                    found.Add(new(entry + 4, elf.UInt16(entry + 4), elf.UInt16(entry + 6)));
                }

                if (Next(elf, ref entry, elf.UInt32(entry + 12)))
                {
                    break;
                }
            }
            if (Next(elf, ref need, elf.UInt32(need + 12)))
            {
                break;
            }
        }
        return found;
    }

    // A distance of zero ends a list. Distances are unsigned and every offset lies in the file, so that no list runs in a circle.
    private static bool Next(ElfReader elf, ref int offset, uint distance)
    {
        offset = elf.Offset(offset, distance);
        return distance == 0;
    }

    // The name of a symbol, other than the uncalled one, that is bound to one of the entries. The uncalled one itself must be seen:
    // where it is not, the symbols were not read rightly, and nothing is proven.
    private static string? FindOtherSymbol(ElfReader elf, List<Entry> entries, string uncalledSymbol)
    {
        int symbols = elf.DynamicTable(SymbolTable) ?? throw new InvalidDataException("There is no symbol table.");
        int strings = elf.DynamicTable(StringTable) ?? throw new InvalidDataException("There is no string table.");
        int versions = elf.DynamicTable(SymbolVersions) ?? throw new InvalidDataException("There is no table of symbol versions.");
        uint count = UndefinedSymbolCount(elf);
        bool seen = false;
        for (uint i = 1; i < count; i++)
        {
            int index = elf.UInt16(elf.Offset(versions, 2ul * i)) & VersionIndexMask;
            if (!entries.Exists(entry => entry.Index == index))
            {
                continue;
            }

            string name = elf.Name(elf.Offset(strings, elf.UInt32(elf.Offset(symbols, (ulong)SymbolSize * i))));
            if (name != uncalledSymbol)
            {
                return name;
            }

            seen = true;
        }
        return seen ? null : throw new InvalidDataException($"No symbol '{uncalledSymbol}' is bound to the version.");
    }

    // The file does not say how many symbols there are. The GNU hash table says where the symbols that the library offers begin (all
    // that it asks for come before); the older hash table has one chain for each symbol.
    private static uint UndefinedSymbolCount(ElfReader elf)
    {
        if (elf.DynamicTable(GnuHashTable) is { } gnu)
        {
            return elf.UInt32(gnu + 4);
        }

        if (elf.DynamicTable(HashTable) is { } hash)
        {
            return elf.UInt32(hash + 4);
        }

        throw new InvalidDataException("There is no hash table of symbols.");
    }

    private readonly record struct Entry(int FlagsOffset, ushort Flags, ushort Index)
    {
        public bool IsWeak => (Flags & WeakFlag) != 0;
    }
}
