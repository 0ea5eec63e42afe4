using System.Security.Cryptography;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>Where a dataset is looked for when the caller gives no folder, and in which order.</summary>
[TestFixture]
public class DatasetLookupTests
{
    private TemporaryFolder _folder = null!;
    private LoopbackServer _server = null!;

    private static DatasetDescription Mnist => DatasetDescription.Mnist;

    private static DatasetDescription Fashion => DatasetDescription.FashionMnist;

    private string Home => _folder["home", ".keras"];

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
    public void The_given_folder_comes_before_the_variable()
    {
        SmallDataset.WriteIdx(_folder["given"], 1);
        SmallDataset.WriteIdx(_folder["variable"], 2);
        using RawImageDataset data = Loader(_folder["variable"]).Load(Mnist, _folder["given"], null, null);
        SmallDataset.Check(data, 1);
    }

    [Test]
    public void The_variable_comes_before_the_cache()
    {
        SmallDataset.WriteIdx(_folder["variable", "mnist"], 2);
        Dictionary<string, string> hash = Cache(SmallDataset.Npz(3));
        using RawImageDataset data = Loader(_folder["variable"]).Load(Mnist, null, null, hash);
        SmallDataset.Check(data, 2);
    }

    [Test]
    public void The_cache_comes_before_a_download()
    {
        Dictionary<string, string> hash = Cache(SmallDataset.Npz(3));
        _server.Files["/mnist.npz"] = SmallDataset.Npz(4);
        using RawImageDataset data = Loader(null).Load(Mnist, null, _server.Address + "mnist.npz", hash);
        SmallDataset.Check(data, 3);
        Assert.That(_server.Requests, Is.Empty);
    }

    [Test]
    public void A_variable_whose_folder_lacks_the_dataset_is_passed_over()
    {
        Dictionary<string, string> hash = Cache(SmallDataset.Npz(3));
        using RawImageDataset data = Loader(_folder["variable"]).Load(Mnist, null, null, hash);
        SmallDataset.Check(data, 3);
    }

    [Test]
    public void A_variable_whose_folder_holds_the_other_dataset_is_passed_over_and_that_is_said()
    {
        FakeMnist.Write(_folder["variable"]);
        Assert.That(
            () => Loader(_folder["variable"]).Load(Fashion, null, LoopbackServer.Nobody(), null),
            Throws.InstanceOf<IOException>().With.Message.Contains($"{_folder["variable"]}: holds the images of MNIST")
        );
    }

    [Test]
    public void A_damaged_file_in_the_variables_folder_is_an_error()
    {
        SmallDataset.WriteIdx(_folder["variable"]);
        string path = _folder.Write([0, 0, 8], "variable", "t10k-labels-idx1-ubyte");
        Dictionary<string, string> hash = Cache(SmallDataset.Npz(3));
        Assert.That(
            () => Loader(_folder["variable"]).Load(Mnist, null, null, hash),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(path)
        );
    }

    [Test]
    public void A_cached_file_with_another_hash_is_downloaded_anew()
    {
        Cache(SmallDataset.Npz(3));
        byte[] content = SmallDataset.Npz(4);
        _server.Files["/mnist.npz"] = content;
        using RawImageDataset data = Loader(null).Load(Mnist, null, _server.Address + "mnist.npz", Hash(content));
        SmallDataset.Check(data, 4);
        Assert.That(File.ReadAllBytes(_folder["home", ".keras", "datasets", "mnist.npz"]), Is.EqualTo(content));
    }

    [Test]
    public void Fashion_MNIST_is_read_from_its_folder_in_the_cache_without_hashes_as_Keras_has_none()
    {
        SmallDataset.WriteIdx(_folder["home", ".keras", "datasets", "fashion-mnist"], 6, ".gz");
        using RawImageDataset data = Loader(null).Load(Fashion, null, _server.Address, null);
        SmallDataset.Check(data, 6);
        Assert.That(_server.Requests, Is.Empty);
    }

    [Test]
    public void A_damaged_file_in_the_cache_is_told_and_downloaded_anew()
    {
        SmallDataset.WriteIdx(_folder["home", ".keras", "datasets", "fashion-mnist"], 6, ".gz");
        string path = _folder.Write([0x1F, 0x8B], "home", ".keras", "datasets", "fashion-mnist", "t10k-images-idx3-ubyte.gz");
        Assert.That(
            () => Loader(null).Load(Fashion, null, LoopbackServer.Nobody(), null),
            Throws.InstanceOf<IOException>().With.Message.Contains(path)
        );
        using RawImageDataset data = Loader(null).Load(Fashion, null, _server.Address, ServeFashion("/", 7));
        SmallDataset.Check(data, 7);
    }

    [Test]
    public void The_variables_are_read_as_Keras_reads_its_own()
    {
        var none = DatasetEnvironment.From(_ => null, "/home/somebody");
        var blank = DatasetEnvironment.From(_ => " ", "/home/somebody");
        var both = DatasetEnvironment.From(name => "/" + name, "/home/somebody");
        Assert.Multiple(() =>
        {
            Assert.That(none.DataFolder, Is.Null);
            Assert.That(none.Cache, Is.EqualTo(Path.Combine("/home/somebody", ".keras", "datasets")));
            Assert.That(blank, Is.EqualTo(none));
            Assert.That(both.DataFolder, Is.EqualTo("/DISTILLATION_KERAS_DATA"));
            Assert.That(both.Cache, Is.EqualTo(Path.Combine("/KERAS_HOME", "datasets")));
        });
    }

    [Test, NonParallelizable]
    public void The_public_call_reads_the_variable_of_the_process()
    {
        SmallDataset.WriteIdx(_folder["fashion-mnist"], 8);
        string? before = Environment.GetEnvironmentVariable(DatasetEnvironment.DataVariable);
        try
        {
            Environment.SetEnvironmentVariable(DatasetEnvironment.DataVariable, _folder.Root);
            using RawImageDataset data = Datasets.FashionMnist.LoadRaw();
            SmallDataset.Check(data, 8);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DatasetEnvironment.DataVariable, before);
        }
    }

    private static Dictionary<string, string> Hash(byte[] npz) => new() { ["mnist.npz"] = Convert.ToHexString(SHA256.HashData(npz)) };

    private DatasetLoader Loader(string? variable) => new(new DatasetEnvironment(variable, Home), new DatasetDownloader());

    private Dictionary<string, string> Cache(byte[] npz)
    {
        _folder.Write(npz, "home", ".keras", "datasets", "mnist.npz");
        return Hash(npz);
    }

    private Dictionary<string, string> ServeFashion(string under, int salt)
    {
        var hashes = new Dictionary<string, string>();
        foreach ((string? name, byte[]? content) in SmallDataset.IdxNames.Zip(SmallDataset.Idx(salt)))
        {
            byte[] packed = SmallDataset.Gzip(content);
            _server.Files[$"{under}{name}.gz"] = packed;
            hashes[name + ".gz"] = Convert.ToHexString(SHA256.HashData(packed));
        }

        return hashes;
    }
}
