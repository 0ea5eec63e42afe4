using System.Buffers.Binary;
using System.Text;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>
/// Writes the smallest ELF library that asks for versions of libstdc++.so.6: the header, a load segment, the dynamic segment and its
/// tables. Written from the System V ABI and the Linux Standard Base, independently of the reader under test.
/// </summary>
internal sealed class SyntheticElf
{
    public const ulong LoadAddress = 0x10000;
    private readonly byte[] _image = new byte[2048];
    private readonly List<byte> _strings = [0];

    public int FirstFlagsOffset { get; } = VersionNeedOffset + 16 + 4;

    private const int DynamicOffset = 0x100;
    private const int VersionNeedOffset = 0x200;
    private const int SymbolOffset = 0x300;
    private const int SymbolVersionOffset = 0x400;
    private const int HashOffset = 0x500;
    private const int StringOffset = 0x600;

    /// <param name="versions">The versions asked for; their indices are 2, 3, ...</param>
    /// <param name="symbols">The undefined symbols and the position of the version that each is bound to.</param>
    public SyntheticElf((string Name, ushort Flags)[] versions, (string Name, int Version)[] symbols, bool hash = true)
    {
        "\u007fELF"u8.CopyTo(_image);
        _image[4] = 2;
        _image[5] = 1;
        U64(32, 64);
        U16(54, 56);
        U16(56, 2);
        U32(64, 1);
        U64(64 + 16, LoadAddress);
        U64(64 + 32, (ulong)_image.Length);
        U32(120, 2);
        U64(120 + 8, DynamicOffset);
        U64(120 + 16, LoadAddress + DynamicOffset);
        U64(120 + 32, 7 * 16);

        U16(VersionNeedOffset, 1);
        U16(VersionNeedOffset + 2, (ushort)versions.Length);
        U32(VersionNeedOffset + 4, Text("libstdc++.so.6"));
        U32(VersionNeedOffset + 8, 16);
        for (int i = 0; i < versions.Length; i++)
        {
            int at = VersionNeedOffset + 16 + 16 * i;
            U16(at + 4, versions[i].Flags);
            U16(at + 6, (ushort)(i + 2));
            U32(at + 8, Text(versions[i].Name));
            U32(at + 12, i < versions.Length - 1 ? 16u : 0u);
        }
        for (int i = 0; i < symbols.Length; i++)
        {
            U32(SymbolOffset + 24 * (i + 1), Text(symbols[i].Name));
            U16(SymbolVersionOffset + 2 * (i + 1), (ushort)(symbols[i].Version + 2));
        }
        U32(HashOffset + 4, (uint)symbols.Length + 1);
        _strings.ToArray().CopyTo(_image, StringOffset);

        (ulong Tag, ulong Value)[] dynamic =
        [
            (5, LoadAddress + StringOffset),
            (6, LoadAddress + SymbolOffset),
            (0x6ffffff0, LoadAddress + SymbolVersionOffset),
            (0x6ffffffe, LoadAddress + VersionNeedOffset),
            (0x6fffffff, 1),
            (hash ? 4ul : 0x21ul, LoadAddress + HashOffset),
            (0, 0),
        ];
        for (int i = 0; i < dynamic.Length; i++)
        {
            U64(DynamicOffset + 16 * i, dynamic[i].Tag);
            U64(DynamicOffset + 16 * i + 8, dynamic[i].Value);
        }
    }

    public byte[] Image => (byte[])_image.Clone();

    private uint Text(string text)
    {
        uint at = (uint)_strings.Count;
        _strings.AddRange(Encoding.ASCII.GetBytes(text + "\0"));
        return at;
    }

    private void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(at), value);

    private void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan(at), value);

    private void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_image.AsSpan(at), value);
}
