using System.Text.Json.Nodes;
using Distillation.Keras.Engine.Tests.Layers;
using Distillation.Keras.Initializers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Functions;

/// <summary>Axes of inputs and outputs, copies, and kernels of Fourier transforms. Numbers are Keras'.</summary>
public sealed class InitializerTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    // sqrt(3 scale / n), of which the largest of many draws comes near.
    [TestCase(typeof(GlorotUniform), 1.0, 15.0)]
    [TestCase(typeof(HeUniform), 2.0, 10.0)]
    [TestCase(typeof(LecunUniform), 1.0, 10.0)]
    public void The_numbers_of_inputs_and_outputs_are_the_sizes_along_axes(Type type, double scale, double n)
    {
        // Of (10, 4, 20, 500) the inputs are the first axis, the outputs the third.
        var made = (VarianceScaling)Activator.CreateInstance(type, 3, (int[])[0], (int[])[-2])!;
        Assert.That(made.Call((10, 4, 20, 500)).abs().max().item<float>(), Is.EqualTo(Math.Sqrt(3 * scale / n)).Within(1e-4));
    }

    [TestCase(typeof(GlorotNormal), 1.0, 15.0)]
    [TestCase(typeof(HeNormal), 2.0, 10.0)]
    [TestCase(typeof(LecunNormal), 1.0, 10.0)]
    public void So_they_are_for_normal_distributions(Type type, double scale, double n)
    {
        var made = (VarianceScaling)Activator.CreateInstance(type, 3, (int[])[0], (int[])[2])!;
        Assert.That(made.Call((10, 4, 20, 500)).std().item<float>(), Is.EqualTo(Math.Sqrt(scale / n)).Within(1).Percent);
    }

    [Test]
    public void One_kind_of_axes_alone_says_nothing()
    {
        Tensor plain = new VarianceScaling(seed: 3).Call((10, 4, 20));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new VarianceScaling(seed: 3, input_axes: [0]).Call((10, 4, 20)).Matches(plain), Is.True);
            Assert.That(new VarianceScaling(seed: 3, input_axes: [0], output_axes: [2]).Call((10, 4, 20)).Matches(plain), Is.False);
        }
    }

    [Test]
    public void Axes_are_written_and_read()
    {
        VarianceScaling made = new(2, "fan_avg", "uniform", 3, [0, 1], [2]);
        JsonObject node = KerasSerializer.Serialize(made);
        Initializer read = Initializer.FromConfig(node);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(node["config"]!["input_axes"]!.ToJsonString(), Is.EqualTo("[0,1]"));
            Assert.That(node["config"]!["output_axes"]!.ToJsonString(), Is.EqualTo("[2]"));
            Assert.That(read.Call((4, 5, 6)).Matches(made.Call((4, 5, 6))), Is.True);
            Assert.That(
                () => new HeNormal(3, [0], [3]).Call((4, 5, 6)),
                Throws.ArgumentException.With.Message.Contains("(4, 5, 6)").And.Message.Contains("axes")
            );
        }
    }

    [Test]
    public void A_clone_with_a_seed_draws_the_same_and_one_without_its_own()
    {
        (HeNormal seeded, HeNormal free) = (new HeNormal(3), new HeNormal());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seeded.Clone().Call((4, 5)).Matches(seeded.Call((4, 5))), Is.True);
            Assert.That(free.Clone().Call((4, 5)).Matches(free.Call((4, 5))), Is.False);
            Assert.That(free.Call((4, 5)).Matches(free.Call((4, 5))), Is.True);
            Assert.That(seeded.Clone(), Is.TypeOf<HeNormal>().And.Not.SameAs(seeded));
        }
    }

    [TestCase("boxcar", false, -0.09449117, -0.8477341, 4.24932)]
    [TestCase("boxcar", true, -0.09449117, -0.8477341, 4.24932)]
    [TestCase("hann", false, -0.2434434, -1.148325, 3.414214)]
    [TestCase("hann", true, -0.1506841, -0.9337174, 3.594593)]
    [TestCase("hamming", false, -0.2302076, -1.140923, 3.628864)]
    [TestCase("hamming", true, -0.146657, -0.9420399, 3.751728)]
    [TestCase("blackman", false, -0.2304862, -1.218461, 3.18215)]
    [TestCase("blackman", true, -0.144867, -0.9050678, 3.183229)]
    [TestCase("nuttall", false, -0.216597, -1.253165, 3.01064)]
    [TestCase("nuttall", true, -0.1353717, -0.8728264, 2.834348)]
    [TestCase("blackmanharris", false, -0.2152736, -1.255399, 2.993068)]
    [TestCase("blackmanharris", true, -0.1344106, -0.8693812, 2.800851)]
    [TestCase("flattop", false, -0.1494954, -1.208083, 2.938315)]
    [TestCase("flattop", true, -0.08026522, -0.7086033, 1.894867)]
    [TestCase("bartlett", false, -0.2425169, -1.095291, 3.686956)]
    [TestCase("bartlett", true, -0.1391658, -0.9491034, 3.871355)]
    [TestCase("barthann", false, -0.2434827, -1.137099, 3.481765)]
    [TestCase("barthann", true, -0.1482107, -0.9381576, 3.661248)]
    [TestCase("bohman", false, -0.2274469, -1.229785, 3.129684)]
    [TestCase("bohman", true, -0.1446061, -0.8979332, 3.101596)]
    [TestCase("cosine", false, -0.2129515, -0.986452, 4.10068)]
    [TestCase("cosine", true, -0.1306133, -0.9466745, 4.265601)]
    public void Windows_are_those_of_Keras(string window, bool periodic, double a, double b, double c) =>
        KerasDigest.Check(new STFT("imag", window, periodic: periodic).Call((7, 1, 5)), a, b, c);

    [Test]
    public void A_transform_has_a_real_side_and_is_scaled_as_it_is_said()
    {
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(new STFT("real", null, null).Call((6, 1, 5)), 4.0763455, 3.9721821, 23.242641);
            KerasDigest.Check(new STFT("imag", "hamming", "spectrum", true).Call((6, 1, 5)), -0.11726909, -0.52966668, 1.6824158);
            KerasDigest.Check(new STFT("real", "hann", null).Call((6, 1, 5)), 1.8312755, 1.4491811, 8.7087498);
            Assert.That(() => new STFT("left"), Throws.ArgumentException.With.Message.Contains("real, imag"));
            Assert.That(() => new STFT(window: "han"), Throws.ArgumentException.With.Message.Contains("hann"));
            Assert.That(() => new STFT(scaling: "mean"), Throws.ArgumentException.With.Message.Contains("density"));
            Assert.That(() => new STFT().Call((6, 2, 5)), Throws.ArgumentException.With.Message.Contains("(6, 2, 5)"));
        }
    }
}
