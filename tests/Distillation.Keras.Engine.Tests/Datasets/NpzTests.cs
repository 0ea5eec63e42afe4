using NumSharp;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

[TestFixture]
public class NpzTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void An_archive_as_NumPy_writes_it_is_read()
    {
        _folder.Write(SmallDataset.Npz(4), "mnist.npz");
        using RawImageDataset data = Datasets.Mnist.LoadRaw(_folder.Root);
        SmallDataset.Check(data, 4);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void An_archive_that_NumSharp_writes_is_read(bool compressed)
    {
        var arrays = new Dictionary<string, NDArray>
        {
            ["x_train"] = new NDArray(SmallDataset.Images(3, 9)).reshape(3, 28, 28),
            ["y_train"] = SmallDataset.TrainLabels,
            ["x_test"] = new NDArray(SmallDataset.Images(2, 9)).reshape(2, 28, 28),
            ["y_test"] = SmallDataset.TestLabels,
        };
        if (compressed)
        {
            np.savez_compressed(_folder["fashion-mnist.npz"], arrays);
        }
        else
        {
            np.savez(_folder["fashion-mnist.npz"], arrays);
        }

        using RawImageDataset data = Datasets.FashionMnist.LoadRaw(_folder.Root);
        SmallDataset.Check(data, 9);
    }

    [Test]
    public void A_flipped_bit_in_the_pixels_is_found_by_the_checksum()
    {
        byte[] archive = SmallDataset.Zip(
            ("x_train.npy", SmallDataset.Npy("(3, 28, 28)", SmallDataset.Images(3, 0))),
            ("y_train.npy", SmallDataset.Npy("(3,)", SmallDataset.TrainLabels)),
            ("x_test.npy", SmallDataset.Npy("(2, 28, 28)", SmallDataset.Images(2, 0))),
            ("y_test.npy", SmallDataset.Npy("(2,)", SmallDataset.TestLabels))
        );
        byte[] stored = Stored(archive);
        _folder.Write(stored, "mnist.npz");
        using (RawImageDataset sound = Datasets.Mnist.LoadRaw(_folder.Root))
        {
            SmallDataset.Check(sound, 0);
        }

        // One bit of one pixel of the second training image: stored as it is, so that unpacking notices nothing.
        int at = stored.AsSpan().IndexOf(SmallDataset.Images(3, 0)) + 800;
        stored[at] ^= 0x10;
        _folder.Write(stored, "mnist.npz");
        Assert.That(
            () => Datasets.Mnist.LoadRaw(_folder.Root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("checksum").And.Message.Contains("x_train")
        );
    }

    // The same archive, not packed.
    private static byte[] Stored(byte[] archive)
    {
        using var source = new System.IO.Compression.ZipArchive(new MemoryStream(archive));
        var target = new MemoryStream();
        using (var copy = new System.IO.Compression.ZipArchive(target, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (System.IO.Compression.ZipArchiveEntry entry in source.Entries)
            {
                using Stream from = entry.Open();
                using Stream to = copy.CreateEntry(entry.FullName, System.IO.Compression.CompressionLevel.NoCompression).Open();
                from.CopyTo(to);
            }
        }

        return target.ToArray();
    }

    [Test]
    public void Shapes_with_the_L_of_Python_2_are_read()
    {
        _folder.Write(Archive(SmallDataset.Npy("(3L, 28L, 28L)", SmallDataset.Images(3, 0))), "mnist.npz");
        using RawImageDataset data = Datasets.Mnist.LoadRaw(_folder.Root);
        SmallDataset.Check(data, 0);
    }

    [TestCase("(3, 28, 28)", "|O", "False", "descr")]
    [TestCase("(3, 28, 28)", "<f4", "False", "descr")]
    [TestCase("(3, 28, 28)", "|u1", "True", "fortran_order")]
    [TestCase("(3, 28, 29)", "|u1", "False", "(3, 28, 29)")]
    [TestCase("(3, 28, 27)", "|u1", "False", "(3, 28, 27)")]
    [TestCase("(40000000000, 28, 28)", "|u1", "False", "(40000000000, 28, 28)")]
    [TestCase("(99999999999999999999999, 28, 28)", "|u1", "False", "(99999999999999999999999, 28, 28)")]
    [TestCase("(-3, 28, 28)", "|u1", "False", "shape")]
    [TestCase("(3, 784)", "|u1", "False", "(3, 784)")]
    [TestCase("(3, 14, 56)", "|u1", "False", "(3, 14, 56)")]
    [TestCase("(2, 28, 28)", "|u1", "False", "(2, 28, 28)")]
    public void Other_types_and_shapes_are_refused_with_the_path(string shape, string descr, string fortran, string reason)
    {
        string path = _folder.Write(Archive(SmallDataset.Npy(shape, SmallDataset.Images(3, 0), descr, fortran)), "mnist.npz");
        Assert.That(
            () => Datasets.Mnist.LoadRaw(_folder.Root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(path).And.Message.Contains(reason)
        );
    }

    [Test]
    public void A_missing_array_is_named_and_so_is_what_is_there()
    {
        _folder.Write(SmallDataset.Zip(("x_train.npy", SmallDataset.Npy("(3, 28, 28)", SmallDataset.Images(3, 0)))), "mnist.npz");
        Assert.That(
            () => Datasets.Mnist.LoadRaw(_folder.Root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'y_train'").And.Message.Contains("x_train.npy")
        );
    }

    [Test]
    public void A_file_that_is_no_archive_is_refused()
    {
        string path = _folder.Write([1, 2, 3], "mnist.npz");
        Assert.That(() => Datasets.Mnist.LoadRaw(_folder.Root), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path));
    }

    [Test]
    public void A_cut_archive_is_refused()
    {
        string path = _folder.Write(SmallDataset.Npz()[..^40], "mnist.npz");
        Assert.That(() => Datasets.Mnist.LoadRaw(_folder.Root), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path));
    }

    [TestCase("")]
    [TestCase("NUMPY")]
    [TestCase("not an array at all")]
    public void An_entry_that_is_no_array_is_refused(string content)
    {
        _folder.Write(Archive(System.Text.Encoding.ASCII.GetBytes(content)), "mnist.npz");
        Assert.That(() => Datasets.Mnist.LoadRaw(_folder.Root), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'x_train'"));
    }

    private static byte[] Archive(byte[] trainX) =>
        SmallDataset.Zip(
            ("x_train.npy", trainX),
            ("y_train.npy", SmallDataset.Npy("(3,)", SmallDataset.TrainLabels)),
            ("x_test.npy", SmallDataset.Npy("(2, 28, 28)", SmallDataset.Images(2, 0))),
            ("y_test.npy", SmallDataset.Npy("(2,)", SmallDataset.TestLabels))
        );
}
