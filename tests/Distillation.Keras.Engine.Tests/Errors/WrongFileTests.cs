using System.Text;
using Distillation.Keras.Engine.Tests.DatasetTests;

namespace Distillation.Keras.Engine.Tests.Errors;

/// <summary>Whatever lies where a file is expected, the message names it and says what was found and what to do.</summary>
public sealed class WrongFileTests
{
    private static readonly Dictionary<string, Action<string>> Readers = new()
    {
        ["idx"] = path => IdxFile.Read(path),
        ["npz"] = path => NpzArchive.Read(path),
        ["MNIST in an archive"] = path => Datasets.Mnist.LoadData(FolderWith(path, "mnist.npz")),
        ["Fashion-MNIST in an archive"] = path => Datasets.FashionMnist.LoadRaw(FolderWith(path, "fashion-mnist.npz")),
        ["MNIST in IDX files"] = path => Datasets.Mnist.LoadRaw(FolderWith(path, SmallDataset.IdxNames)),
    };

    private static readonly Dictionary<string, Action<string>> Wrongs = new()
    {
        ["nothing"] = _ => { },
        ["a folder"] = path => Directory.CreateDirectory(path),
        ["an empty file"] = path => File.WriteAllBytes(path, []),
        ["text"] = path => File.WriteAllText(path, Text),
        ["packed text"] = path => File.WriteAllBytes(path, SmallDataset.Gzip(Encoding.UTF8.GetBytes(Text))),
        ["an empty archive"] = path => File.WriteAllBytes(path, SmallDataset.Zip()),
        ["an archive of text"] = path => File.WriteAllBytes(path, SmallDataset.Zip(("x_train.npy", Encoding.UTF8.GetBytes(Text)))),
        ["an archive of numbers"] = path => File.WriteAllBytes(path, Numbers),
        ["a cut archive"] = path => File.WriteAllBytes(path, Numbers[..^30]),
    };

    private const string Text = "pixel1,pixel2\n0,255\n";

    private static byte[] Numbers => SmallDataset.Zip(("x_train.npy", SmallDataset.Npy("(2,)", new byte[8], "<f4")));

    private static IEnumerable<string> ReaderNames => Readers.Keys;

    private static IEnumerable<string> WrongNames => Wrongs.Keys;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void What_lies_there_instead_is_told_with_its_path(
        [ValueSource(nameof(ReaderNames))] string reader,
        [ValueSource(nameof(WrongNames))] string wrong
    )
    {
        string path = _folder["given"];
        Wrongs[wrong](path);
        if ((reader, wrong) is ("npz", "an empty archive") or ("npz", "an archive of numbers"))
        {
            Assert.That(() => Readers[reader](path), Throws.Nothing);
            return;
        }

        bool isMissing = wrong == "nothing" || (wrong == "a folder" && reader.Contains("MNIST", StringComparison.Ordinal));
        Exception refusal = Assert.Catch(() => Readers[reader](path))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal, isMissing ? Is.TypeOf<FileNotFoundException>() : Is.TypeOf<InvalidDataException>());
            Assert.That(refusal.Message, Does.Contain(_folder.Root).And.Match("(Get|Name|Check|Put|Arrays are|An archive of)"));
            Assert.That(refusal.Message, Does.Not.Contain("Central Directory").And.Not.Contains("holds ."));
        }
    }

    // The wrong thing has the right names there.
    private static string FolderWith(string path, params string[] names)
    {
        string folder = path + "-folder";
        Directory.CreateDirectory(folder);
        foreach (string name in names)
        {
            if (Directory.Exists(path))
            {
                Directory.CreateDirectory(Path.Combine(folder, name));
            }
            else if (File.Exists(path))
            {
                File.Copy(path, Path.Combine(folder, name));
            }
        }

        return folder;
    }
}
