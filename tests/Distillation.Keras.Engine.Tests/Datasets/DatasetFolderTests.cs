namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>A folder that the caller gives: which files are taken, and what is said when they are not there.</summary>
[TestFixture]
public class DatasetFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("", false)]
    [TestCase(".gz", false)]
    [TestCase("", true)]
    [TestCase(".gz", true)]
    public void The_four_IDX_files_are_read_plain_or_packed_with_dash_or_dot(string ending, bool dot)
    {
        SmallDataset.WriteIdx(_folder.Root, 2, ending, dot ? name => name.Replace("-idx", ".idx") : null);
        using RawImageDataset mnist = Datasets.Mnist.LoadRaw(_folder.Root);
        using RawImageDataset fashion = Datasets.FashionMnist.LoadRaw(_folder.Root);
        SmallDataset.Check(mnist, 2);
        SmallDataset.Check(fashion, 2);
        Assert.That(mnist.Source, Is.EqualTo(_folder.Root));
    }

    [Test]
    public void Each_dataset_has_its_subfolder_before_the_folder_itself()
    {
        SmallDataset.WriteIdx(_folder.Root, 1);
        SmallDataset.WriteIdx(_folder["mnist"], 2, ".gz");
        _folder.Write(SmallDataset.Npz(3), "fashion-mnist", "fashion_mnist.npz");
        using RawImageDataset mnist = Datasets.Mnist.LoadRaw(_folder.Root);
        using RawImageDataset fashion = Datasets.FashionMnist.LoadRaw(_folder.Root);
        SmallDataset.Check(mnist, 2);
        SmallDataset.Check(fashion, 3);
    }

    [Test]
    public void Plain_files_come_before_packed_ones_and_those_before_an_archive()
    {
        _folder.Write(SmallDataset.Npz(3), "mnist.npz");
        using (RawImageDataset archive = Datasets.Mnist.LoadRaw(_folder.Root))
        {
            SmallDataset.Check(archive, 3);
        }

        SmallDataset.WriteIdx(_folder.Root, 2, ".gz");
        using (RawImageDataset packed = Datasets.Mnist.LoadRaw(_folder.Root))
        {
            SmallDataset.Check(packed, 2);
        }

        SmallDataset.WriteIdx(_folder.Root, 1);
        using RawImageDataset plain = Datasets.Mnist.LoadRaw(_folder.Root);
        SmallDataset.Check(plain, 1);
    }

    [Test]
    public void LoadData_scales_adds_the_channel_and_encodes_the_labels()
    {
        SmallDataset.WriteIdx(_folder.Root, 5);
        using ImageDataset data = Datasets.FashionMnist.LoadData(_folder.Root);
        float[] expected = SmallDataset.Images(3, 5).Select(b => b / 255f).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(data.TrainX.shape, Is.EqualTo(new long[] { 3, 28, 28, 1 }));
            Assert.That(data.TestX.shape, Is.EqualTo(new long[] { 2, 28, 28, 1 }));
            Assert.That(data.TrainX.ToArray<float>(), Is.EqualTo(expected));
            Assert.That(data.TrainY.shape, Is.EqualTo(new long[] { 3, 10 }));
            Assert.That(
                data.TrainY.ToArray<float>(),
                Is.EqualTo(new float[] { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 })
            );
            Assert.That(data.TestY.shape, Is.EqualTo(new long[] { 2, 10 }));
            Assert.That(data.TrainLabels.ToArray<int>(), Is.EqualTo(new[] { 3, 9, 0 }));
            Assert.That(data.TestLabels.ToArray<int>(), Is.EqualTo(new[] { 7, 1 }));
            Assert.That(data.ClassCount, Is.EqualTo(10));
            Assert.That(data.ClassNames[9], Is.EqualTo("Ankle boot"));
        });
    }

    [Test]
    public async Task LoadDataAsync_gives_the_same()
    {
        SmallDataset.WriteIdx(_folder.Root, 5);
        using ImageDataset mnist = await Datasets.Mnist.LoadDataAsync(_folder.Root);
        using ImageDataset fashion = await Datasets.FashionMnist.LoadDataAsync(_folder.Root);
        Assert.That(mnist.TrainLabels.ToArray<int>(), Is.EqualTo(new[] { 3, 9, 0 }));
        Assert.That(fashion.TrainX.ToArray<float>(), Is.EqualTo(mnist.TrainX.ToArray<float>()));
    }

    [Test]
    public void A_folder_that_is_not_there_is_an_error_at_once() =>
        Assert.That(
            () => Datasets.Mnist.LoadData(_folder["none"]),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains(_folder["none"])
        );

    [Test]
    public void A_folder_without_the_data_is_an_error_at_once_that_lists_what_was_looked_for() =>
        Assert.That(
            () => Datasets.FashionMnist.LoadData(_folder.Root),
            Throws
                .TypeOf<FileNotFoundException>()
                .With.Message.Contains(_folder["fashion-mnist"])
                .And.Message.Contains("train-images-idx3-ubyte")
                .And.Message.Contains("fashion-mnist.npz")
        );

    [Test]
    public void A_folder_that_lacks_one_file_is_an_error_that_names_it()
    {
        SmallDataset.WriteIdx(_folder.Root);
        File.Delete(_folder["t10k-labels-idx1-ubyte"]);
        Assert.That(
            () => Datasets.Mnist.LoadData(_folder.Root),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("t10k-labels-idx1-ubyte (plain or .gz) missing")
        );
    }

    [Test]
    public void Counts_that_differ_are_refused()
    {
        SmallDataset.WriteIdx(_folder.Root);
        _folder.Write(SmallDataset.Idx(8, [4], [1, 2, 3, 4]), "train-labels-idx1-ubyte");
        Assert.That(
            () => Datasets.Mnist.LoadData(_folder.Root),
            Throws
                .TypeOf<InvalidDataException>()
                .With.Message.Contains("training labels")
                .And.Message.Contains("3 images")
                .And.Message.Contains("(4)")
        );
    }

    [Test]
    public void A_label_that_is_no_class_is_refused()
    {
        SmallDataset.WriteIdx(_folder.Root);
        _folder.Write(SmallDataset.Idx(8, [2], [1, 10]), "t10k-labels-idx1-ubyte");
        Assert.That(
            () => Datasets.Mnist.LoadData(_folder.Root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("test labels must be from 0 to 9, and the one at place 1 is 10")
        );
    }

    [Test]
    public void Images_of_another_size_are_refused()
    {
        SmallDataset.WriteIdx(_folder.Root);
        _folder.Write(SmallDataset.Idx(8, [3, 2, 2], new byte[12]), "train-images-idx3-ubyte");
        Assert.That(() => Datasets.Mnist.LoadData(_folder.Root), Throws.TypeOf<InvalidDataException>().With.Message.Contains("(3, 2, 2)"));
    }

    [Test]
    public void MNIST_is_not_taken_for_Fashion_MNIST_though_its_files_have_the_same_names()
    {
        FakeMnist.Write(_folder.Root);
        using RawImageDataset mnist = Datasets.Mnist.LoadRaw(_folder.Root);
        Assert.That(mnist.TrainX.shape[0], Is.EqualTo(60_000));
        Assert.That(
            () => Datasets.FashionMnist.LoadRaw(_folder.Root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("images of MNIST, not of Fashion-MNIST")
        );
    }

    [Test]
    public void A_folder_together_with_an_address_is_refused()
    {
        SmallDataset.WriteIdx(_folder.Root);
        Assert.That(() => Datasets.Mnist.LoadData(_folder.Root, "http://localhost/mnist.npz"), Throws.ArgumentException);
        Assert.That(() => Datasets.Mnist.LoadData(_folder.Root, sha256: new string('0', 64)), Throws.ArgumentException);
    }

    [TestCase("mnist.npz")]
    [TestCase("ftp://localhost/mnist.npz")]
    [TestCase("file:///tmp/mnist.npz")]
    public void An_origin_that_is_no_web_address_is_refused(string origin) =>
        Assert.That(() => Datasets.Mnist.LoadData(origin: origin), Throws.ArgumentException.With.Message.Contains(origin));

    [Test]
    public void A_hash_that_is_none_is_refused()
    {
        Assert.That(() => Datasets.Mnist.LoadData(sha256: "abc"), Throws.ArgumentException.With.Message.Contains("64 hexadecimal digits"));
        Assert.That(
            () => Datasets.FashionMnist.LoadData(sha256: new Dictionary<string, string> { ["train.gz"] = new('0', 64) }),
            Throws.ArgumentException.With.Message.Contains("'train.gz'").And.Message.Contains("train-labels-idx1-ubyte.gz")
        );
    }
}
