using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Enlarged images, held to the definition of each kernel; those that real Keras made are in the fixtures.</summary>
public sealed class InterpolationTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    // The kernels as their authors give them: a triangle, Keys' with a = -1/2, and Lanczos' windowed sinc.
    private static double Kernel(string name, double x)
    {
        double d = Math.Abs(x);
        double Sinc(double t) => t == 0 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t);
        return name switch
        {
            "bilinear" => d < 1 ? 1 - d : 0,
            "bicubic" => d < 1 ? (1.5 * d * d * d) - (2.5 * d * d) + 1
            : d < 2 ? (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2
            : 0,
            "lanczos3" => d < 3 ? Sinc(d) * Sinc(d / 3) : 0,
            _ => d < 5 ? Sinc(d) * Sinc(d / 5) : 0,
        };
    }

    [TestCase("bilinear")]
    [TestCase("bicubic")]
    [TestCase("lanczos3")]
    [TestCase("lanczos5")]
    public void A_new_pixel_is_the_weighted_mean_of_its_neighbours(string name)
    {
        // Powers of two: bicubic distances are then steps of TensorFlow's table.
        (int rows, int columns) = (4, 2);
        float[,] image =
        {
            { 1, 5, -2, 0 },
            { 3, 8, 1, 4 },
            { -6, 2, 7, 7 },
        };
        Tensor x = tensor(image).reshape(1, 3, 4, 1);
        Tensor found = new UpSampling2D((rows, columns), interpolation: name.ToUpperInvariant()).Call(x);
        Assert.That(found.shape, Is.EqualTo(new long[] { 1, 12, 8, 1 }));
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                double sum = 0;
                double weights = 0;
                for (int r = 0; r < 3; r++)
                {
                    for (int c = 0; c < 4; c++)
                    {
                        double weight = Kernel(name, r + 0.5 - ((i + 0.5) / rows)) * Kernel(name, c + 0.5 - ((j + 0.5) / columns));
                        sum += weight * image[r, c];
                        weights += weight;
                    }
                }

                Assert.That(found[0, i, j, 0].ToDouble(), Is.EqualTo(sum / weights).Within(1e-5), $"{i}, {j}");
            }
        }
    }

    [TestCase("bilinear")]
    [TestCase("bicubic")]
    [TestCase("lanczos3")]
    [TestCase("lanczos5")]
    public void Both_layouts_give_the_same_and_a_plane_stays_plane(string name)
    {
        Tensor x = arange(2 * 5 * 4 * 3, float32).sin().reshape(2, 5, 4, 3);
        Tensor last = new UpSampling2D((3, 2), interpolation: name).Call(x);
        Tensor first = new UpSampling2D((3, 2), "channels_first", name).Call(x.permute(0, 3, 1, 2));
        Assert.That(first.permute(0, 2, 3, 1).allclose(last, atol: 1e-6), Is.True);
        Assert.That(
            new UpSampling2D((3, 2), interpolation: name).Call(full([1, 5, 4, 1], 2.5f)).allclose(full([1, 15, 8, 1], 2.5f)),
            Is.True
        );
    }

    [Test]
    public void An_unknown_interpolation_is_refused() =>
        Assert.That(
            () => new UpSampling2D(interpolation: "cubic"),
            Throws.ArgumentException.With.Message.Contains("cubic").And.Message.Contains("\"bicubic\"")
        );
}
