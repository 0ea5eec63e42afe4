using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>How the draws of layers that move pixels are distributed: read from images whose pixels are their own coordinates.</summary>
public sealed class GeometricDrawTests
{
    private const int Count = 4000;

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(0.2, -0.2, 0.2)]
    [TestCase(-0.2, -0.2, 0.2)]
    public void A_number_is_the_range_around_0(double factor, double least, double most) =>
        AssertUniform(Shifts(new RandomTranslation(factor, 0, seed: 1)).Rows.neg().div(10), least, most);

    [Test]
    public void Translations_are_of_their_ranges_and_independent()
    {
        (Tensor rows, Tensor columns) = Shifts(new RandomTranslation((0.3, -0.1), (0.05, 0.25), seed: 2));
        AssertUniform(rows.neg().div(10), -0.1, 0.3);
        AssertUniform(columns.neg().div(20), 0.05, 0.25);
        AssertIndependent(rows, columns);
    }

    [Test]
    public void Zooms_are_of_their_ranges()
    {
        Tensor y = Coordinates(new RandomZoom((-0.3, 0.2), (0.1, 0.4), seed: 3));
        Tensor rows = y[.., 6, 10, 0].sub(y[.., 4, 10, 0]).div(2).sub(1);
        Tensor columns = y[.., 5, 11, 1].sub(y[.., 5, 9, 1]).div(2).sub(1);
        AssertUniform(rows, -0.3, 0.2);
        AssertUniform(columns, 0.1, 0.4);
        AssertIndependent(rows, columns);

        Tensor both = Coordinates(new RandomZoom((-0.3, 0.2), seed: 3));
        Tensor high = both[.., 6, 10, 0].sub(both[.., 4, 10, 0]);
        Assert.That(high.sub(both[.., 5, 11, 1].sub(both[.., 5, 9, 1])).abs().max().ToDouble(), Is.LessThan(1e-4), "one draw for both");
    }

    [Test]
    public void Rotations_are_of_their_range()
    {
        Tensor y = Coordinates(new RandomRotation((-0.05, 0.1), seed: 4));
        Tensor sin = y[.., 5, 11, 0].sub(y[.., 5, 9, 0]).div(2);
        Tensor cos = y[.., 5, 11, 1].sub(y[.., 5, 9, 1]).div(2);
        AssertUniform(atan2(sin, cos).div(2 * Math.PI), -0.05, 0.1);
    }

    [Test]
    public void Shears_have_a_sign_of_their_own()
    {
        Tensor y = Coordinates(new RandomShear((0.1, 0.3), (0.05, 0.05), seed: 5));
        Tensor x = y[.., 4, 8, 1].sub(y[.., 3, 8, 1]);
        Tensor down = y[.., 4, 9, 0].sub(y[.., 4, 8, 0]);
        AssertUniform(x.abs(), 0.1, 0.3);
        Assert.That(x.sign().eq(down.sign()).all().item<bool>(), "one sign for both");
        AssertShare(x.gt(0), 0.5);
        Assert.That(down.abs().sub(0.05).abs().max().ToDouble(), Is.LessThan(1e-4));
    }

    [Test]
    public void Half_of_the_images_are_flipped()
    {
        Tensor y = Coordinates(new RandomFlip(seed: 6));
        Tensor flipped = y[.., 0, 0, 0].eq(9);
        AssertShare(flipped, 0.5);
        Assert.That(y[.., 0, 0, 1].eq(19).eq(flipped).all().item<bool>(), "both or none");
        Assert.That(Coordinates(new RandomFlip("horizontal", seed: 6))[.., 0, 0, 0].eq(0).all().item<bool>());
        Assert.That(Coordinates(new RandomFlip("vertical", seed: 6))[.., 0, 0, 1].eq(0).all().item<bool>());
    }

    [Test]
    public void Crops_begin_everywhere()
    {
        var layer = new RandomCrop(7, 18, seed: 7);
        Tensor x = Grid(1);
        (int, int)[] starts =
        [
            .. Enumerable
                .Range(0, 600)
                .Select(_ => layer.Call(x))
                .Select(y => ((int)y[0, 0, 0, 0].ToSingle(), (int)y[0, 0, 0, 1].ToSingle())),
        ];
        Assert.That(starts.Distinct().Count(), Is.EqualTo(4 * 3));
        Assert.That(starts.GroupBy(s => s).Select(g => g.Count()), Is.All.InRange(20, 85));
    }

    [TestCase(0.0, 0.0, 0.0)]
    [TestCase(0.6, 0.6, 0.6)]
    [TestCase(0.2, 0.6, 0.4)]
    [TestCase(1.0, 1.0, 1.0)]
    public void Perspectives_and_erasures_come_with_their_probability(double lower, double upper, double expected)
    {
        Tensor x = Grid(Count);
        Tensor Changed(Layer layer) => layer.Call(x).ne(x).flatten(1).any(1);
        AssertShare(Changed(new RandomPerspective((lower, upper), seed: 8)), expected);
        AssertShare(Changed(new RandomErasing((lower, upper), (0.3, 0.3), seed: 8)), expected);
    }

    [Test]
    public void A_number_is_a_probability_up_to_it()
    {
        Assert.That(new RandomErasing().Factor.ToString(), Is.EqualTo("(0, 1)"));
        Tensor x = Grid(Count);
        AssertShare(new RandomErasing(0.8, (0.3, 0.3), seed: 9).Call(x).ne(x).flatten(1).any(1), 0.4);
    }

    [Test]
    public void Corners_move_by_half_of_the_scale_at_most()
    {
        // The corner at the origin stays, and the far one is read at its new place.
        Tensor y = Coordinates(new RandomPerspective((1, 1), scale: 0.2, seed: 10));
        Assert.That(y[.., 0, 0].abs().max().ToDouble(), Is.LessThan(1e-4));
        Assert.That(y.sub(Grid(1)).abs().max().ToDouble(), Is.InRange(1, 20));
    }

    [Test]
    public void Rectangles_have_their_share_of_the_area()
    {
        Tensor y = new RandomErasing((1, 1), (0.1, 0.3), 1.0, (0, 1), seed: 11).Call(zeros(Count, 40, 50, 1));
        Tensor rows = y[.., .., .., 0].amax([2]).sum([1]).div(40);
        Tensor columns = y[.., .., .., 0].amax([1]).sum([1]).div(50);
        AssertUniform(rows.square(), 0.1, 0.3, grid: 0.04);
        AssertUniform(columns.square(), 0.1, 0.3, grid: 0.04);
        Assert.That(y.flatten(1).sum([1]).sub(rows.mul(columns).mul(2000)).abs().max().ToDouble(), Is.LessThan(0.1), "a rectangle");
        AssertIndependent(rows, columns);
    }

    [Test]
    public void Noise_is_normal_and_within_the_range()
    {
        Tensor y = new RandomErasing((1, 1), (1, 1), value_range: (0, 2), seed: 12).Call(full(200, 20, 20, 3, -1f));
        Assert.That((y.min().ToDouble(), y.max().ToDouble()), Is.EqualTo((0.0, 2.0)));

        // Half lies below 0, and 15.9 % beyond one standard deviation.
        Assert.That(y.eq(0).to(float64).mean().ToDouble(), Is.EqualTo(0.5).Within(0.01));
        Assert.That(y.eq(2).to(float64).mean().ToDouble(), Is.EqualTo(0.1587).Within(0.01));
        Tensor channels = new RandomErasing((1, 1), (1, 1), new[] { 1.0, 2, 300 }, seed: 12).Call(zeros(2, 4, 4, 3));
        Assert.That(channels.sum([0, 1, 2]).data<float>().ToArray(), Is.EqualTo(new[] { 32f, 64f, 255f * 32 }), "cut to the range");
    }

    [Test]
    public void Distortions_are_smooth_and_of_their_strength()
    {
        Tensor Shift(double strength)
        {
            Tensor grid = Grid(50, 40, 40);
            return new RandomElasticTransform((1, 1), (strength, strength), seed: 13).Call(grid).sub(grid)[.., 8..32, 8..32];
        }

        Tensor strong = Shift(1);

        // Noise of deviation sigma, smoothed by a Gaussian of that width (2), keeps 1 / (2 sqrt(pi) sigma) of it; times 0.1 * 40.
        double expected = 2 * 4 / (2 * Math.Sqrt(Math.PI) * 2);
        Assert.That(strong[.., .., .., 0].std().ToDouble(), Is.EqualTo(expected).Within(0.15 * expected));
        Assert.That(strong[.., .., .., 1].std().ToDouble(), Is.EqualTo(expected).Within(0.15 * expected));
        AssertIndependent(strong[.., 12, 12, 0], strong[.., 12, 12, 1], 50);
        Assert.That(Shift(0.5).std().ToDouble(), Is.LessThan(0.7 * strong.std().ToDouble()));
        Tensor x = Grid(4, 40, 40);
        Assert.That(new RandomElasticTransform((1, 1), (0, 0)).Call(x), Is.SameAs(x));
        Assert.That(new RandomElasticTransform((0, 0)).Call(x), Is.SameAs(x));
    }

    // Pixels (row, column).
    private static Tensor Grid(int count, int height = 10, int width = 20) =>
        stack(meshgrid([arange(height, float32, CPU), arange(width, float32, CPU)], "ij"), 2).expand(count, height, width, 2).contiguous();

    private static Tensor Coordinates(Layer layer) => layer.Call(Grid(Count));

    // By how much the middle of each image is read elsewhere.
    private static (Tensor Rows, Tensor Columns) Shifts(Layer layer)
    {
        Tensor y = Coordinates(layer);
        return (y[.., 5, 10, 0].sub(5), y[.., 5, 10, 1].sub(10));
    }

    private static void AssertUniform(Tensor values, double least, double most, double grid = 0)
    {
        double width = most - least;
        Assert.That(values.min().ToDouble(), Is.GreaterThanOrEqualTo(least - grid - 1e-4));
        Assert.That(values.max().ToDouble(), Is.LessThanOrEqualTo(most + grid + 1e-4));

        // Five standard deviations of the mean of a uniform distribution, and of its shares in four parts.
        Assert.That(values.mean().ToDouble(), Is.EqualTo((least + most) / 2).Within((5 * width / Math.Sqrt(12.0 * Count)) + (grid / 20)));
        for (int part = 0; part < 4 && grid == 0; part++)
        {
            Tensor inside = values.ge(least + (width * part / 4)).logical_and(values.lt(least + (width * (part + 1) / 4)));
            AssertShare(inside, 0.25);
        }
    }

    private static void AssertShare(Tensor chosen, double expected) =>
        Assert.That(
            chosen.to(float64).mean().ToDouble(),
            Is.EqualTo(expected).Within((5 * Math.Sqrt(expected * (1 - expected) / Count)) + 1e-9)
        );

    private static void AssertIndependent(Tensor a, Tensor b, int count = Count) =>
        Assert.That(Math.Abs(corrcoef(stack([a, b]))[0, 1].ToDouble()), Is.LessThan(5 / Math.Sqrt(count)));
}
