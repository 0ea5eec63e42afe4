namespace Distillation.Keras.Files.Hdf5;

/// <summary>What the values of a dataset or an attribute are.</summary>
internal enum Hdf5Kind
{
    Integer,
    Unsigned,
    Float,
    BFloat16,
    Bool,
    Opaque,
    FixedText,
    Text,
    Other,
}
