namespace Distillation.Keras;

public static partial class Datasets
{
    /// <summary>
    /// MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 (LeCun, Cortes and Burges).
    /// Source: <c>keras/src/datasets/mnist.py</c>. Thread-safe.
    /// </summary>
    /// <remarks>
    /// The data is looked for in this order:
    /// <list type="number">
    /// <item>the folder that the caller gives; then nowhere else;</item>
    /// <item>the folder that the environment variable <c>DISTILLATION_KERAS_DATA</c> names;</item>
    /// <item>Keras' cache, <c>~/.keras/datasets/mnist.npz</c> (below <c>KERAS_HOME</c> where that is set), if its SHA-256 is right;</item>
    /// <item>Keras' address. The file is checked by its SHA-256 and put into Keras' cache.</item>
    /// </list>
    /// A folder, or its subfolder <c>mnist</c>, holds the four IDX files (<c>train-images-idx3-ubyte</c>,
    /// <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>, plain or with <c>.gz</c>) or
    /// <c>mnist.npz</c>. It may hold fewer images.
    /// </remarks>
    public static class Mnist
    {
        /// <summary>Loads the images scaled to [0, 1], shape (n, 28, 28, 1), and one-hot labels, as a model wants them.</summary>
        /// <param name="folder">Where the files are; null searches the places that the class lists.</param>
        /// <param name="origin">The address of <c>mnist.npz</c>, for where a download is needed; null means Keras'.</param>
        /// <param name="sha256">
        /// The hash of the file at <paramref name="origin"/>, also asked of a cached one; null means that of Keras' file.
        /// </param>
        /// <returns>The dataset. The caller may dispose it.</returns>
        /// <exception cref="ArgumentException">
        /// An argument is malformed, or <paramref name="folder"/> comes with one of the others.
        /// </exception>
        /// <exception cref="IOException">
        /// The given folder lacks the data (<see cref="FileNotFoundException"/>, <see cref="DirectoryNotFoundException"/>),
        /// or no place has it and the download failed: the message lists what was tried and what to do.
        /// </exception>
        /// <exception cref="InvalidDataException">
        /// A file is damaged or holds something else, or a downloaded one has another hash.
        /// </exception>
        public static ImageDataset LoadData(string? folder = null, string? origin = null, string? sha256 = null)
        {
            using RawImageDataset raw = LoadRaw(folder, origin, sha256);
            return new ImageDataset(raw);
        }

        /// <summary>As <see cref="LoadData"/>, without blocking the caller while a download runs.</summary>
        /// <param name="folder">Where the files are; null searches the places that the class lists.</param>
        /// <param name="origin">Where a download comes from; null means the usual place.</param>
        /// <param name="sha256">The hash that a download must have; null means that of the published file.</param>
        /// <param name="cancellationToken">Ends a download; nothing is left behind.</param>
        /// <returns>The dataset. The caller may dispose it.</returns>
        /// <exception cref="OperationCanceledException">
        /// It was cancelled. All other exceptions are those of <see cref="LoadData"/>.
        /// </exception>
        public static async Task<ImageDataset> LoadDataAsync(
            string? folder = null,
            string? origin = null,
            string? sha256 = null,
            CancellationToken cancellationToken = default
        )
        {
            using RawImageDataset raw = await Task.Run(
                    () => DatasetLoader.ForProcess().LoadAsync(DatasetDescription.Mnist, folder, origin, ByName(sha256), cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new ImageDataset(raw);
        }

        /// <summary>Loads bytes (n, 28, 28) and integer labels (n,), as Keras' <c>load_data()</c> gives them.</summary>
        /// <inheritdoc cref="LoadData" path="/param|/returns|/exception"/>
        public static RawImageDataset LoadRaw(string? folder = null, string? origin = null, string? sha256 = null) =>
            DatasetLoader.ForProcess().Load(DatasetDescription.Mnist, folder, origin, ByName(sha256));

        private static Dictionary<string, string>? ByName(string? sha256) =>
            sha256 is null ? null : new() { [DatasetDescription.Mnist.RemoteFiles[0].Name] = sha256 };
    }
}
