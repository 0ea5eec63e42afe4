using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks;

/// <summary>The bundled digits as both sides take them. <see cref="Dispose"/> frees them.</summary>
internal sealed class DigitTensors : IDisposable
{
    /// <summary>The notebook's.</summary>
    public const int BatchSize = 128;

    public DigitTensors()
    {
        using DisposeScope scope = NewDisposeScope();
        using ImageDataset digits = Datasets.Digits.LoadData();
        ChannelsLast = Copy(digits.TrainX);
        OneHot = Copy(digits.TrainY);
        ChannelsFirst = ChannelsLast.permute(0, 3, 1, 2).contiguous().DetachFromDisposeScope();
        Labels = OneHot.argmax(1).DetachFromDisposeScope();
    }

    /// <summary>(samples, 28, 28, 1).</summary>
    public Tensor ChannelsLast { get; }

    /// <summary>(samples, 1, 28, 28).</summary>
    public Tensor ChannelsFirst { get; }

    /// <summary>(samples, 10).</summary>
    public Tensor OneHot { get; }

    /// <summary>(samples,), int64.</summary>
    public Tensor Labels { get; }

    /// <summary>How many samples there are.</summary>
    public long Samples => Labels.shape[0];

    public void Dispose()
    {
        ChannelsLast.Dispose();
        ChannelsFirst.Dispose();
        OneHot.Dispose();
        Labels.Dispose();
    }

    private static Tensor Copy(NDArray array) =>
        tensor(array.ToArray<float>(), [.. array.shape.Select(s => (long)s)]).DetachFromDisposeScope();
}
