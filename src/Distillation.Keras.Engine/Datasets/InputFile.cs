namespace Distillation.Keras;

/// <summary>Opens files that are read, and says in words what lies there instead.</summary>
internal static class InputFile
{
    /// <summary>Opens a file to be read once from its beginning to its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is to be, with its article.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is a folder.</exception>
    public static FileStream Open(string path, string kind)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new InvalidDataException($"{kind} is one file, but '{full}' is a folder. Name the file in it.");
        }

        return File.Exists(full)
            ? new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan)
            : throw new FileNotFoundException($"{kind} is read from a file, but there is none at '{full}'. Check the path.", full);
    }
}
