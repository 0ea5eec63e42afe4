namespace Distillation.Keras;

/// <summary>One dataset that lies in files: how they are called, where Keras gets and keeps them, and how they are told apart.</summary>
internal sealed class DatasetDescription
{
    private const string KerasDatasets = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";

    /// <summary>Source: <c>keras/src/datasets/mnist.py</c>, which also gives the hash.</summary>
    public static readonly DatasetDescription Mnist = new()
    {
        Name = "MNIST",
        Member = "Datasets.Mnist",
        Subfolder = "mnist",
        NpzNames = ["mnist.npz"],
        ClassNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Origin = KerasDatasets + "mnist.npz",
        RemoteFiles = [new("mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")],
        OriginIsFile = true,
        CacheSubfolder = "",
        ChecksCache = true,
        FirstLabels = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
    };

    /// <summary>
    /// Source: <c>keras/src/datasets/fashion_mnist.py</c>. Keras gives no hashes;
    /// these are the ones of the files as their authors publish them (also in TensorFlow Datasets), and Keras' copies have the same sizes.
    /// </summary>
    public static readonly DatasetDescription FashionMnist = new()
    {
        Name = "Fashion-MNIST",
        Member = "Datasets.FashionMnist",
        Subfolder = "fashion-mnist",
        NpzNames = ["fashion-mnist.npz", "fashion_mnist.npz"],
        ClassNames = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        Origin = KerasDatasets,
        RemoteFiles =
        [
            new("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            new("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            new("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            new("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        ],
        OriginIsFile = false,
        CacheSubfolder = "fashion-mnist",
        ChecksCache = false,
        FirstLabels = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
    };

    /// <summary>For messages.</summary>
    public required string Name { get; init; }

    /// <summary>How a user reaches it, for messages.</summary>
    public required string Member { get; init; }

    /// <summary>A folder of several datasets has this one here.</summary>
    public required string Subfolder { get; init; }

    /// <summary>Names of an archive with x_train, y_train, x_test, y_test.</summary>
    public required IReadOnlyList<string> NpzNames { get; init; }

    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Where Keras downloads: the address of the file, or of the folder of files.</summary>
    public required string Origin { get; init; }

    /// <summary>What Keras downloads.</summary>
    public required IReadOnlyList<RemoteFile> RemoteFiles { get; init; }

    /// <summary>Whether <see cref="Origin"/> names the one file itself.</summary>
    public required bool OriginIsFile { get; init; }

    /// <summary>The folder within Keras' cache.</summary>
    public required string CacheSubfolder { get; init; }

    /// <summary>Whether a cached file must have its hash. Keras checks where it has one.</summary>
    public required bool ChecksCache { get; init; }

    /// <summary>The first labels of the 60,000: the files of MNIST and Fashion-MNIST have the same names and sizes.</summary>
    public required byte[] FirstLabels { get; init; }

    /// <summary>The address of one file, given the caller's origin or Keras'.</summary>
    public Uri Address(Uri origin, RemoteFile file)
    {
        if (OriginIsFile)
        {
            return origin;
        }

        string folder = origin.AbsoluteUri;
        return new Uri(folder.EndsWith('/') ? folder + file.Name : folder + "/" + file.Name);
    }

    /// <summary>The name of the dataset whose training labels these are, null where none is known by them.</summary>
    public static string? NameByLabels(ReadOnlySpan<byte> trainLabels)
    {
        foreach (DatasetDescription? dataset in new[] { Mnist, FashionMnist })
        {
            if (trainLabels.Length == 60_000 && trainLabels.StartsWith(dataset.FirstLabels))
            {
                return dataset.Name;
            }
        }

        return null;
    }

    /// <param name="Name">The file's name.</param>
    /// <param name="Sha256">Its SHA-256 in hexadecimal digits.</param>
    public sealed record RemoteFile(string Name, string Sha256);
}
