using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;

namespace Distillation.Keras.Files;

/// <summary>Opens model files, and names them in what is said of them.</summary>
internal static class FileErrors
{
    private const int Longest = 1200;

    /// <summary>Reads a file, and refuses it by its name where it is not what it should be.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="ModelFormatException">It cannot be read.</exception>
    public static T InWords<T>(string path, Func<Stream, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new ModelFormatException(
                $"'{path}' is a folder. A model is one file (.keras, .h5), and so are weights; a SavedModel of TensorFlow is not read: "
                    + "load it in Keras and save it as .keras."
            );
        }

        if (SafeFile.IsStream(full))
        {
            throw new ModelFormatException(
                $"'{path}' is a device or a pipe. Model files are read here and there: give the path of a file."
            );
        }

        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"A model is read from a file, but there is none at '{full}'. Check the path.", full);
        }

        using var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return read(file);
        }
        catch (Exception e)
            when (e
                    is ModelFormatException
                        or ArgumentException
                        or NotSupportedException
                        or InvalidOperationException
                        or FormatException
                        or OverflowException
                        or InsufficientMemoryException
                        or InsufficientExecutionStackException
                        or EndOfStreamException
                        or InvalidDataException
            )
        {
            throw new ModelFormatException(
                $"The model file '{path}' cannot be read. {Shortened(e.Message)}",
                e is ModelFormatException ? e.InnerException : e
            );
        }
    }

    // Names of a file stand in what is said of it, and may be as long as it is.
    private static string Shortened(string message) =>
        message.Length <= Longest ? message : $"{message[..(Longest / 2)]} ... {message[^(Longest / 2)..]}";

    /// <summary>What a file is.</summary>
    public static FileKind KindOf(Stream file)
    {
        Span<byte> begin = stackalloc byte[64];
        file.Position = 0;
        begin = begin[..file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)];
        FileKind kind =
            begin.StartsWith("PK\u0003\u0004"u8) || begin.StartsWith("PK\u0005\u0006"u8) ? FileKind.Zip
            : begin.TrimStart("\uFEFF \t\r\n"u8).StartsWith("{"u8) ? FileKind.Json
            : Hdf5Source.Signature(file) is not null ? FileKind.Hdf5
            : FileKind.Other;
        file.Position = 0;
        return kind;
    }

    /// <summary>Refuses what is no model file at all.</summary>
    public static ModelFormatException Unknown() =>
        new("It is no model file of Keras: neither a zip archive (.keras) nor HDF5 (.h5, .hdf5, .weights.h5).");
}
