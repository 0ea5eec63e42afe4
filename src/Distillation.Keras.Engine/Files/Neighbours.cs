using Distillation.Keras.Backend;

namespace Distillation.Keras.Files;

/// <summary>The files beside a file that names them. It comes from elsewhere, and may not name what is not its own.</summary>
internal sealed class Neighbours
{
    private readonly string _folder;
    private readonly bool _followsLinks;

    private Neighbours(string folder, bool followsLinks)
    {
        _folder = folder;
        _followsLinks = followsLinks;
    }

    /// <summary>
    /// Those of a file. Links among them are followed only where it is one itself: caches keep whole models as links, and an archive that
    /// was unpacked may have a link to anywhere.
    /// </summary>
    public static Neighbours Of(string path)
    {
        string full = Path.GetFullPath(path);
        return new Neighbours(Path.GetDirectoryName(full)!, new FileInfo(full).LinkTarget is not null);
    }

    /// <summary>The path of one of them.</summary>
    /// <param name="names">Its name, behind the folders below that it is in. No part leads elsewhere.</param>
    /// <param name="shown">The whole name, for messages.</param>
    /// <param name="namer">What names it, for messages: "The index of ...".</param>
    /// <exception cref="ModelFormatException">There is none, it is no ordinary file, or a link that is not followed.</exception>
    public string Find(IEnumerable<string> names, string shown, string namer)
    {
        string path = _folder;
        foreach (string name in names)
        {
            path = Path.Combine(path, name);
            if (!_followsLinks && new FileInfo(path).LinkTarget is not null)
            {
                throw new ModelFormatException(
                    $"{namer} names '{shown}', which is a link. Links are followed only where the file that names them is one itself."
                );
            }
        }

        return !File.Exists(path)
                ? throw new ModelFormatException(
                    $"{namer} names the file '{shown}', but there is none beside it. The files of a model belong into one folder: copy or "
                        + "download all of them."
                )
            : SafeFile.IsStream(path)
                ? throw new ModelFormatException($"{namer} names '{shown}', which is a device or a pipe, and no file of weights.")
            : path;
    }
}
