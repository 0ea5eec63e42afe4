namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>Files of MNIST's full size, black images, with the first labels of MNIST.</summary>
internal static class FakeMnist
{
    public static void Write(string folder)
    {
        SmallDataset.WriteIdx(folder);
        byte[] labels = new byte[60_000];
        new byte[] { 5, 0, 4, 1, 9, 2, 1, 3, 1, 4 }.CopyTo(labels, 0);
        File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte"), SmallDataset.Idx(8, [60_000], labels));
        File.WriteAllBytes(
            Path.Combine(folder, "train-images-idx3-ubyte"),
            SmallDataset.Idx(8, [60_000, 28, 28], new byte[60_000 * 28 * 28])
        );
    }
}
