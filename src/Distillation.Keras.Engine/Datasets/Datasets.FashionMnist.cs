namespace Distillation.Keras;

public static partial class Datasets
{
    /// <summary>
    /// Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 x 28, in ten classes
    /// (Xiao, Rasul and Vollgraf, arXiv 1708.07747).
    /// Source: <c>keras/src/datasets/fashion_mnist.py</c>. Thread-safe.
    /// </summary>
    /// <remarks>
    /// The data is looked for in this order:
    /// <list type="number">
    /// <item>the folder that the caller gives; then nowhere else;</item>
    /// <item>the folder that the environment variable <c>DISTILLATION_KERAS_DATA</c> names;</item>
    /// <item>Keras' cache, <c>~/.keras/datasets/fashion-mnist</c> (below <c>KERAS_HOME</c> where that is set). Keras has no hashes
    /// for these files, so their structure and counts are checked, and the hashes where the caller gives some;</item>
    /// <item>Keras' address. The files are checked by their SHA-256, as their authors publish them, and put into Keras' cache.</item>
    /// </list>
    /// A folder, or its subfolder <c>fashion-mnist</c>, holds the four IDX files (<c>train-images-idx3-ubyte</c>,
    /// <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>, plain or with <c>.gz</c>) or
    /// <c>fashion-mnist.npz</c> with <c>x_train</c>, <c>y_train</c>, <c>x_test</c> and <c>y_test</c>. It may hold fewer images.
    /// MNIST's files have the same names; where they are found, they are not taken for these.
    /// </remarks>
    public static class FashionMnist
    {
        /// <summary>Loads the images scaled to [0, 1], shape (n, 28, 28, 1), and one-hot labels, as a model wants them.</summary>
        /// <param name="folder">Where the files are; null searches the places that the class lists.</param>
        /// <param name="origin">
        /// The address of a folder with the four <c>.gz</c> files, for where a download is needed; null means Keras'.
        /// </param>
        /// <param name="sha256">
        /// The hashes of the files at <paramref name="origin"/> by file name, also asked of cached ones; null means the published ones.
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
        public static ImageDataset LoadData(
            string? folder = null,
            string? origin = null,
            IReadOnlyDictionary<string, string>? sha256 = null
        )
        {
            using RawImageDataset raw = LoadRaw(folder, origin, sha256);
            return new ImageDataset(raw);
        }

        /// <summary>As <see cref="LoadData"/>, without blocking the caller while a download runs.</summary>
        /// <param name="folder">Where the files are; null searches the places that the class lists.</param>
        /// <param name="origin">Where a download comes from; null means the usual place.</param>
        /// <param name="sha256">The hash that a download must have; null means that of the published file.</param>
        /// <param name="cancellationToken">Ends a download; nothing half-done is left behind.</param>
        /// <returns>The dataset. The caller may dispose it.</returns>
        /// <exception cref="OperationCanceledException">
        /// It was cancelled. All other exceptions are those of <see cref="LoadData"/>.
        /// </exception>
        public static async Task<ImageDataset> LoadDataAsync(
            string? folder = null,
            string? origin = null,
            IReadOnlyDictionary<string, string>? sha256 = null,
            CancellationToken cancellationToken = default
        )
        {
            using RawImageDataset raw = await Task.Run(
                    () => DatasetLoader.ForProcess().LoadAsync(DatasetDescription.FashionMnist, folder, origin, sha256, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new ImageDataset(raw);
        }

        /// <summary>Loads bytes (n, 28, 28) and integer labels (n,), as Keras' <c>load_data()</c> gives them.</summary>
        /// <inheritdoc cref="LoadData" path="/param|/returns|/exception"/>
        public static RawImageDataset LoadRaw(
            string? folder = null,
            string? origin = null,
            IReadOnlyDictionary<string, string>? sha256 = null
        ) => DatasetLoader.ForProcess().Load(DatasetDescription.FashionMnist, folder, origin, sha256);
    }
}
