using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The random numbers for a batch of images: float32, drawn on the host, on the device of the images.</summary>
/// <param name="images">(batch, channels, height, width).</param>
/// <param name="generator">Gives the generator, which is made when it is asked for.</param>
internal sealed class ImageDraws(Tensor images, Func<Generator> generator)
{
    private readonly torch.Device _device = images.device;

    /// <summary>How many images there are.</summary>
    public long Batch { get; } = images.size(0);

    /// <summary>How many channels they have.</summary>
    public long Channels { get; } = images.size(1);

    /// <summary>Their height.</summary>
    public long Height { get; } = images.size(2);

    /// <summary>Their width.</summary>
    public long Width { get; } = images.size(3);

    /// <summary>Where the images are.</summary>
    public torch.Device Device => _device;

    /// <summary>The generator, for draws of another kind.</summary>
    public Generator Generator => generator();

    /// <summary>Numbers from a range, each as likely: (batch, 1, 1, 1), one for each image.</summary>
    public Tensor PerImage(Factor range) => Uniform(range.Lower, range.Upper, Batch, 1, 1, 1);

    /// <summary>Numbers from 0 up to, without, 1: (batch, 1, 1, 1), one for each image.</summary>
    public Tensor PerImage() => Uniform(0, 1, Batch, 1, 1, 1);

    /// <summary>Numbers from a range, each as likely.</summary>
    /// <param name="lower">The least.</param>
    /// <param name="upper">The upper end, which does not come.</param>
    /// <param name="sizes">The sizes of the result's axes.</param>
    public Tensor Uniform(double lower, double upper, params long[] sizes) =>
        rand(sizes, ScalarType.Float32, CPU, generator: generator()).Scale(upper - lower).Shift(lower).to(_device);

    /// <summary>Numbers of the normal distribution with a mean of 0 and a standard deviation of 1.</summary>
    /// <param name="sizes">The sizes of the result's axes.</param>
    public Tensor Normal(params long[] sizes) => randn(sizes, ScalarType.Float32, CPU, generator: generator()).to(_device);

    /// <summary>One number from a range for all images, on the host.</summary>
    public double One(double lower, double upper)
    {
        using Tensor number = rand([1], ScalarType.Float32, CPU, generator: generator());
        return lower + ((upper - lower) * number.data<float>()[0]);
    }
}
