using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;
using Convolutions = TorchSharp.torch.nn.functional;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>
/// libtorch itself, on this machine's processor, against float64, which it computes without oneDNN. Channels and units that do not fill
/// a block of oneDNN's are what it got wrong where caches are hidden. The tolerance is float32 rounding of sums of at most 200 terms.
/// </summary>
public sealed class OneDnnLimitTests
{
    private const int Intel = 0;
    private const int Amd = 1;

    private static (int Eax, int Ebx, int Ecx, int Edx) Vendor(int vendor, int highest) =>
        vendor == Amd ? (highest, 0x68747541, 0x444D4163, 0x69746E65) : (highest, 0x756E6547, 0x6C65746E, 0x49656E69);

    // Known processors: an EPYC with its caches, one in a machine that hides them, one before leaf 0x8000001D, and one of Intel.
    [TestCase(Amd, 0x80000021, 0x04000121, false)]
    [TestCase(Amd, 0x80000021, 0, true)]
    [TestCase(Amd, 0x80000008, 0x04000121, true)]
    [TestCase(Intel, 0x80000008, 0, false)]
    public void Caches_are_hidden_where_an_AMD_processor_tells_none(int vendor, long highest, int firstCache, bool hidden) =>
        Assert.That(
            OneDnnLimit.HidesCaches(
                (leaf, _) =>
                    (uint)leaf switch
                    {
                        0 => Vendor(vendor, 13),
                        0x80000000 => Vendor(vendor, unchecked((int)highest)),
                        0x8000001D => (firstCache, 0, 0, 0),
                        _ => default,
                    }
            ),
            Is.EqualTo(hidden)
        );

    [Test]
    public void Convolutions_are_right_for_channels_that_fill_no_block()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator random = new Generator(3);
        foreach ((int groups, int read, int written) in new[] { (1, 3, 22), (2, 1, 2), (3, 1, 5), (8, 1, 1), (1, 15, 10), (11, 1, 1) })
        {
            Tensor x = randn([4, 7, 8, groups * read], generator: random).permute(0, 3, 1, 2).requires_grad_();
            Tensor kernel = randn([groups * written, read, 3, 3], generator: random);
            Tensor exact = x.detach().to(ScalarType.Float64).requires_grad_();
            Tensor y = Convolutions.conv2d(x, kernel, groups: groups);
            Tensor expected = Convolutions.conv2d(exact, kernel.to(ScalarType.Float64), groups: groups);
            y.sum().backward();
            expected.sum().backward();
            Assert.That(Distance(y, expected), Is.LessThan(1e-4), $"{groups} groups of {read} to {written}");
            Assert.That(Distance(x.grad!, exact.grad!), Is.LessThan(1e-4), $"gradient of {groups} groups of {read} to {written}");
        }
    }

    [Test]
    public void Recurrent_cells_are_right_for_units_that_fill_no_block()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator random = new Generator(3);
        foreach ((int read, int units) in new[] { (3, 4), (23, 11), (2, 9), (4, 3) })
        {
            using TorchSharp.Modules.LSTM layer = nn.LSTM(read, units, batchFirst: true);
            Tensor x = randn([3, 5, read], generator: random);
            Tensor y;
            using (no_grad())
            {
                y = layer.call(x).Item1;
            }
            layer.to(ScalarType.Float64);
            Assert.That(Distance(y, layer.call(x.to(ScalarType.Float64)).Item1), Is.LessThan(1e-5), $"{read} to {units}");
        }
    }

    private static double Distance(Tensor actual, Tensor expected)
    {
        using DisposeScope scope = NewDisposeScope();
        return actual.detach().to(ScalarType.Float64).sub(expected.detach()).abs().max().item<double>();
    }
}
