using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Adaptive pooling of sequences and volumes, beside the images of the fixtures. Numbers are Keras'.</summary>
public sealed class AdaptivePoolingTests
{
    private static readonly long[] Volumes = [2, 5, 4, 6, 3];

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void Windows_of_volumes_are_those_of_Keras()
    {
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(new AdaptiveMaxPooling3D((4, 3, 6)), null, Volumes), 28.835, 66.84, 194.4);
            KerasDigest.Check(
                KerasDigest.Run(new AdaptiveMaxPooling3D((3, 4, 6), data_format: "channels_first"), null, [2, 3, 5, 4, 6]),
                22.725,
                45.48,
                146.2
            );
            KerasDigest.Check(KerasDigest.Run(new AdaptiveMaxPooling3D((5, 3, 2)), null, [1, 7, 3, 2, 2]), 3.015, 5.715, 20.0);
            KerasDigest.Check(KerasDigest.Run(new AdaptiveAveragePooling3D((4, 3, 6)), null, Volumes), 2.9375, 6.3625, 35.3);
            KerasDigest.Check(
                KerasDigest.Run(new AdaptiveAveragePooling3D((3, 4, 6), data_format: "channels_first"), null, [2, 3, 5, 4, 6]),
                3.989167,
                5.7525,
                63.95
            );
            KerasDigest.Check(
                KerasDigest.Run(new AdaptiveAveragePooling3D((5, 3, 2)), null, [1, 7, 3, 2, 2]),
                0.6466667,
                -0.04666665,
                8.166667
            );
        }
    }

    [Test]
    public void Windows_of_sequences_are_those_of_Keras()
    {
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(new AdaptiveMaxPooling1D(5), null, [2, 7, 3]), -0.495, 1.99, 9.1);
            KerasDigest.Check(
                KerasDigest.Run(new AdaptiveMaxPooling1D(5, data_format: "channels_first"), null, [2, 3, 7]),
                1.715,
                2.94,
                9.2
            );
            KerasDigest.Check(KerasDigest.Run(new AdaptiveAveragePooling1D(5), null, [2, 7, 3]), -0.1408334, 1.094167, 6.783333);
            KerasDigest.Check(
                KerasDigest.Run(new AdaptiveAveragePooling1D(4, data_format: "channels_first"), null, [2, 3, 7]),
                -0.1741667,
                0.8241667,
                2.983333
            );
        }
    }

    [Test]
    public void Windows_that_overlap_share_their_gradients()
    {
        // Of 3 steps the windows are the first two and the last two.
        Tensor x = tensor(new float[] { 1, 3, 2 }).reshape(1, 3, 1).requires_grad_();
        new AdaptiveMaxPooling1D(2).Call(x).sum().backward();
        Assert.That(x.grad!.data<float>().ToArray(), Is.EqualTo(new[] { 0f, 2f, 0f }));
        x.grad!.zero_();
        new AdaptiveAveragePooling1D(2).Call(x).sum().backward();
        Assert.That(x.grad!.data<float>().ToArray(), Is.EqualTo(new[] { 0.5f, 1f, 0.5f }));
    }

    [Test]
    public void Numbers_that_are_no_sizes_are_refused()
    {
        Assert.That(() => new AdaptiveMaxPooling3D(0), Throws.InstanceOf<ArgumentException>().With.Message.Contains("output_size"));
        Assert.That(
            () => new AdaptiveMaxPooling3D((1, 2)),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("output_size").And.Message.Contains("(1, 2)")
        );
        Assert.That(
            () => new AdaptiveMaxPooling3D(2, name: "it").ComputeOutputShape((null, 5, 4, 3)),
            Throws.ArgumentException.With.Message.Contains("AdaptiveMaxPooling3D 'it'").And.Message.Contains("(None, 5, 4, 3)")
        );
    }
}
