namespace Distillation.Keras.Files.Hdf5;

/// <summary>An attribute of an object of an HDF5 file. Texts are read when they are asked for.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">What its values are.</param>
/// <param name="shape">How many there are; empty for a single one, <see langword="null"/> for none at all.</param>
/// <param name="values">Their bytes, or where their texts are.</param>
/// <param name="heap">Where the texts of variable length are.</param>
internal sealed class Hdf5Attribute(string name, Hdf5Type type, long[]? shape, Hdf5Bytes values, Hdf5GlobalHeap heap)
{
    // Many texts of variable length may be the same one in the file.
    private const long Longest = 1 << 26;

    public string Name => name;

    public Hdf5Type Type => type;

    public long[]? Shape => shape;

    /// <summary>Whether it is a list of values, not a single one.</summary>
    public bool IsList => shape is not { Length: 0 };

    /// <summary>Its only text.</summary>
    /// <exception cref="ModelFormatException">It is no text, or several.</exception>
    public string Text =>
        !IsList && IsText && Texts() is [string text] ? text : throw values.Fault($"a text is needed, but it has {Shown}");

    /// <summary>Its texts in order; none where it is an empty list of any type, as Keras writes an empty list of names.</summary>
    /// <exception cref="ModelFormatException">It is no list of texts.</exception>
    public IReadOnlyList<string> List =>
        shape is { Length: 1 } && (IsText || shape[0] == 0)
            ? Texts()
            : throw values.Fault($"a list of texts is needed, but it has {Shown}");

    private bool IsText => type.Kind is Hdf5Kind.FixedText or Hdf5Kind.Text;

    private string Shown => shape is null ? "nothing" : $"{type} of shape {Hdf5Shape.Text(shape)}";

    private string[] Texts()
    {
        // A part of its own, as this may be asked for again.
        Hdf5Bytes bytes = values.Again();
        ulong size = Hdf5Shape.Bytes(shape, type.Size);
        if (size > (ulong)bytes.Left || (type.Kind is Hdf5Kind.Text && type.Size != heap.ReferenceSize))
        {
            throw values.Fault($"it is too short for {Shown}");
        }

        string[] texts = new string[type.Size == 0 ? 0 : size / (ulong)type.Size];
        long length = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = type.Kind is Hdf5Kind.FixedText ? bytes.Text(type.Size) : heap.Text(bytes);
            length += texts[i].Length;
            if (length > Longest)
            {
                throw values.Fault(Invariant($"its texts have more than {Longest} characters together"));
            }
        }

        return texts;
    }

    /// <summary>Reads an attribute message.</summary>
    /// <remarks>Source: section IV.A.2.m of the HDF5 file format specification, version 3.0.</remarks>
    public static Hdf5Attribute Read(Hdf5Bytes message, Hdf5GlobalHeap heap, string owner)
    {
        byte version = message.Version(1, 3);
        byte flags = message.U8();
        (int nameSize, int typeSize, int shapeSize) = (message.U16(), message.U16(), message.U16());
        if (version == 3)
        {
            message.Skip(1);
        }

        if (version > 1 && flags != 0)
        {
            throw message.Fault("its type or shape is kept elsewhere");
        }

        string name = message.Of(Padded(nameSize), "the name of an attribute of " + owner).Text(nameSize);
        string what = $"the attribute '{name}' of {owner}";
        Hdf5Type type = Hdf5Type.Read(message.Of(Padded(typeSize), what));
        long[]? shape = Hdf5Shape.Read(message.Of(Padded(shapeSize), what));
        return new Hdf5Attribute(name, type, shape, message.Of(message.Left, what), heap);

        int Padded(int size) => version == 1 ? (size + 7) / 8 * 8 : size;
    }
}
