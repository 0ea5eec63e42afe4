namespace Distillation.Keras.Files;

/// <summary>What a file is, by its first bytes.</summary>
internal enum FileKind
{
    Other,
    Zip,
    Hdf5,
    Json,
}
