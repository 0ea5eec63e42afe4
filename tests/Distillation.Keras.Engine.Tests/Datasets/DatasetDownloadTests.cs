using System.Security.Cryptography;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>Downloads, from a server of the test's own on 127.0.0.1.</summary>
[TestFixture]
public class DatasetDownloadTests
{
    private TemporaryFolder _folder = null!;
    private LoopbackServer _server = null!;

    private static DatasetDescription Mnist => DatasetDescription.Mnist;

    private static DatasetDescription Fashion => DatasetDescription.FashionMnist;

    private string Cache => _folder["datasets"];

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _server = new LoopbackServer();
    }

    [TearDown]
    public void TearDown()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void MNIST_is_downloaded_into_the_cache_and_found_there_the_second_time()
    {
        byte[] content = SmallDataset.Npz(1);
        _server.Files["/somewhere/mnist.npz"] = content;
        for (int time = 0; time < 2; time++)
        {
            using RawImageDataset data = Loader().Load(Mnist, null, _server.Address + "somewhere/mnist.npz", HashOf(content));
            SmallDataset.Check(data, 1);
        }

        Assert.Multiple(() =>
        {
            Assert.That(_server.Requests, Is.EqualTo(new[] { "/somewhere/mnist.npz" }));
            Assert.That(Directory.GetFileSystemEntries(Cache), Is.EqualTo(new[] { Path.Combine(Cache, "mnist.npz") }));
            Assert.That(File.ReadAllBytes(Path.Combine(Cache, "mnist.npz")), Is.EqualTo(content));
        });
    }

    [TestCase("")]
    [TestCase("some/where")]
    [TestCase("some/where/")]
    public void The_four_files_of_Fashion_MNIST_are_downloaded_into_its_folder_and_found_there_the_second_time(string where)
    {
        Dictionary<string, string> hashes = ServeFashion("/" + (where.Length == 0 ? "" : where.TrimEnd('/') + "/"));
        for (int time = 0; time < 2; time++)
        {
            using RawImageDataset data = Loader().Load(Fashion, null, _server.Address + where, hashes);
            SmallDataset.Check(data, 1);
        }

        Assert.That(_server.Requests, Has.Count.EqualTo(4));
        Assert.That(
            Directory.GetFiles(Path.Combine(Cache, "fashion-mnist")).Select(Path.GetFileName),
            Is.EquivalentTo(SmallDataset.IdxNames.Select(name => name + ".gz"))
        );
    }

    [Test]
    public void Files_that_are_there_already_are_not_downloaded_again()
    {
        Dictionary<string, string> hashes = ServeFashion("/");
        _folder.Write(_server.Files["/train-images-idx3-ubyte.gz"], "datasets", "fashion-mnist", "train-images-idx3-ubyte.gz");
        using RawImageDataset data = Loader().Load(Fashion, null, _server.Address, hashes);
        Assert.That(_server.Requests, Has.Count.EqualTo(3).And.None.Contains("train-images"));
    }

    [Test]
    public void A_wrong_hash_deletes_the_file_and_names_both()
    {
        byte[] content = SmallDataset.Npz(1);
        _server.Files["/mnist.npz"] = content;
        Assert.That(
            () => Loader().Load(Mnist, null, _server.Address + "mnist.npz", null),
            Throws
                .TypeOf<InvalidDataException>()
                .With.Message.Contains("Expected 731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")
                .And.Message.Contains("found " + HashOf(content)["mnist.npz"].ToLowerInvariant())
        );
        Assert.That(Directory.GetFileSystemEntries(Cache), Is.Empty);
    }

    [Test]
    public void A_wrong_hash_leaves_what_was_cached_before()
    {
        string cached = _folder.Write([1, 2, 3], "datasets", "mnist.npz");
        _server.Files["/mnist.npz"] = SmallDataset.Npz(1);
        Assert.That(() => Loader().Load(Mnist, null, _server.Address + "mnist.npz", null), Throws.TypeOf<InvalidDataException>());
        Assert.That(File.ReadAllBytes(cached), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void A_wrong_hash_of_one_file_of_Fashion_MNIST_is_refused()
    {
        Dictionary<string, string> hashes = ServeFashion("/");
        hashes["t10k-images-idx3-ubyte.gz"] = new string('a', 64);
        Assert.That(
            () => Loader().Load(Fashion, null, _server.Address, hashes),
            Throws
                .TypeOf<InvalidDataException>()
                .With.Message.Contains("t10k-images-idx3-ubyte.gz")
                .And.Message.Contains(new string('a', 64))
        );
        Assert.That(File.Exists(Path.Combine(Cache, "fashion-mnist", "t10k-images-idx3-ubyte.gz")), Is.False);
    }

    [Test]
    public void Without_a_connection_the_error_says_what_was_tried_and_what_to_do()
    {
        string nobody = LoopbackServer.Nobody() + "mnist.npz";
        _folder.Write([1], "datasets", "mnist.npz");
        IOException error = Assert.Throws<IOException>(() => Loader(_folder["variable"]).Load(Mnist, null, nobody, null))!;
        Assert.That(error.InnerException, Is.InstanceOf<HttpRequestException>());
        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.StartWith("MNIST was not found and could not be downloaded."));
            Assert.That(
                error.Message,
                Does.Contain($"1. the environment variable DISTILLATION_KERAS_DATA: {_folder["variable", "mnist"]}: no such folder")
            );
            Assert.That(
                error.Message,
                Does.Contain($"2. the environment variable DISTILLATION_KERAS_DATA: {_folder["variable"]}: no such folder")
            );
            Assert.That(error.Message, Does.Contain($"3. Keras' cache: {Path.Combine(Cache, "mnist.npz")}: its SHA-256 is"));
            Assert.That(error.Message, Does.Contain($"4. download of {nobody}: "));
            Assert.That(error.Message, Does.Contain($"download {nobody} into {Cache}"));
            Assert.That(error.Message, Does.Contain("train-images-idx3-ubyte"));
            Assert.That(error.Message, Does.Contain("Datasets.Mnist.LoadData(folder: "));
            Assert.That(error.Message, Does.Contain("Datasets.Mnist.LoadData(origin: "));
            Assert.That(error.Message, Does.Contain("Datasets.Digits.LoadData()"));
        });
    }

    [Test]
    public void Without_a_connection_the_error_of_Fashion_MNIST_names_its_four_files()
    {
        string nobody = LoopbackServer.Nobody();
        Assert.That(
            () => Loader().Load(Fashion, null, nobody, null),
            Throws
                .TypeOf<IOException>()
                .With.Message.Contains("DISTILLATION_KERAS_DATA: not set")
                .And.Message.Contains($"{nobody}t10k-labels-idx1-ubyte.gz")
                .And.Message.Contains($"into {Path.Combine(Cache, "fashion-mnist")}")
        );
    }

    [Test]
    public void An_address_without_the_file_is_an_error_that_gives_the_status() =>
        Assert.That(
            () => Loader().Load(Mnist, null, _server.Address + "other.npz", null),
            Throws.TypeOf<IOException>().With.Message.Contains("404").And.Message.Contains("other.npz")
        );

    [Test]
    public void A_server_that_falls_silent_is_given_up_and_nothing_is_left()
    {
        _server.Files["/mnist.npz"] = SmallDataset.Npz(1);
        _server.Silent["/mnist.npz"] = true;
        Assert.That(
            () => Loader(patience: 0.3).Load(Mnist, null, _server.Address + "mnist.npz", null),
            Throws.TypeOf<IOException>().With.Message.Contains("gave nothing for 0.3 seconds")
        );
        Assert.That(Directory.GetFileSystemEntries(Cache), Is.Empty);
    }

    [Test]
    public void A_download_can_be_cancelled_and_nothing_is_left()
    {
        _server.Files["/mnist.npz"] = SmallDataset.Npz(1);
        _server.Silent["/mnist.npz"] = true;
        using var cancel = new CancellationTokenSource();
        _server.OnSilence = cancel.Cancel;
        Assert.That(
            async () => await Loader().LoadAsync(Mnist, null, _server.Address + "mnist.npz", null, cancel.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );
        Assert.That(Directory.GetFileSystemEntries(Cache), Is.Empty);
    }

    [Test]
    public void A_right_hash_of_something_else_is_refused_when_it_is_read()
    {
        byte[] content = [1, 2, 3];
        _server.Files["/mnist.npz"] = content;
        Assert.That(
            () => Loader().Load(Mnist, null, _server.Address + "mnist.npz", HashOf(content)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("mnist.npz")
        );
    }

    private static Dictionary<string, string> HashOf(byte[] content) =>
        new() { ["mnist.npz"] = Convert.ToHexString(SHA256.HashData(content)) };

    private DatasetLoader Loader(string? variable = null, double patience = 20) =>
        new(new DatasetEnvironment(variable, _folder.Root), new DatasetDownloader(TimeSpan.FromSeconds(patience)));

    private Dictionary<string, string> ServeFashion(string under)
    {
        var hashes = new Dictionary<string, string>();
        foreach ((string? name, byte[]? content) in SmallDataset.IdxNames.Zip(SmallDataset.Idx(1)))
        {
            byte[] packed = SmallDataset.Gzip(content);
            _server.Files[$"{under}{name}.gz"] = packed;
            hashes[name + ".gz"] = Convert.ToHexString(SHA256.HashData(packed));
        }

        return hashes;
    }
}
