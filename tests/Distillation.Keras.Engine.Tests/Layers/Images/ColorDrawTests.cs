using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Images;

/// <summary>
/// From which distributions layers that change colours draw: their draws are read off thousands of small images, and held to the
/// distribution that Keras' source has.
/// </summary>
public sealed class ColorDrawTests
{
    private const int Count = 4000;

    // The one sample in 10,000 that is farther from its distribution: 2.2 / sqrt(count).
    private const double Distance = 0.035;

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void Brightness_is_uniform() =>
        AssertUniform(Plane(new RandomBrightness((-0.3, 0.2), seed: 3), [127.5f], 0).sub(127.5).div(255), -0.3, 0.2);

    [Test]
    public void Contrast_is_uniform_around_1() =>
        AssertUniform(Plane(new RandomContrast((0.4, 0.7), seed: 4), [100, 110], 0).sub(105).div(-5), 0.6, 1.7);

    [Test]
    public void Hue_is_turned_by_half_of_a_uniform_number_to_both_sides()
    {
        Tensor y = Images(new RandomHue((0.1, 0.3), (0, 1), seed: 5), [1, 0, 0], 1, 1, 3).reshape(Count, 3);
        Tensor toGreen = y.select(1, 1).div(6);
        Tensor toBlue = y.select(1, 2).div(6);
        Tensor isGreen = toGreen.gt(0);
        Assert.That(isGreen.logical_xor(toBlue.gt(0)).all().ToBoolean(), "each image turns to one side");
        Assert.That(isGreen.to(float64).mean().ToDouble(), Is.EqualTo(0.5).Within(0.03));
        AssertUniform(toGreen.add(toBlue).mul(2), 0.1, 0.3);
    }

    [Test]
    public void Saturation_is_multiplied_by_the_odds_of_a_uniform_number()
    {
        Tensor y = Images(new RandomSaturation((0.1, 0.6), (0, 1), seed: 6), [1, 0.5f, 0.5f], 1, 1, 3).reshape(Count, 3);
        Tensor odds = ones(Count).sub(y.select(1, 1)).div(0.5);
        AssertUniform(odds.div(odds.add(1)), 0.1, 0.6);
    }

    [Test]
    public void Degeneration_is_uniform() =>
        AssertUniform(
            Images(new RandomColorDegeneration((-0.2, 0.8), seed: 7), [100, 0, 0], 1, 1, 3)
                .reshape(Count, 3)
                .select(1, 0)
                .sub(100)
                .div(29.89 - 100),
            -0.2,
            0.8
        );

    [Test]
    public void Sharpness_is_uniform() =>
        AssertUniform(
            Images(new RandomSharpness(0.9, seed: 8), [0, 0, 0, 0, 100, 0, 0, 0, 0], 3, 3, 1)
                .select(1, 1)
                .select(1, 1)
                .reshape(Count)
                .sub(100)
                .div(-100 * 8.0 / 13)
                .sub(1)
                .div(-2),
            0,
            0.9
        );

    [TestCase(0.3, 0.3, 0.3)]
    [TestCase(0.2, 0.9, 0.55)]
    public void Images_are_inverted_with_a_probability_that_is_drawn(double lower, double upper, double share) =>
        AssertShare(Plane(new RandomInvert((lower, upper), seed: 9), [100], 0).eq(155), share);

    [Test]
    public void By_default_half_of_the_images_are_inverted() => AssertShare(Plane(new RandomInvert(seed: 9), [100], 0).eq(155), 0.5);

    [Test]
    public void Images_become_grey_with_the_probability_given() =>
        AssertShare(Images(new RandomGrayscale(0.2, seed: 10), [100, 0, 0], 1, 1, 3).reshape(Count, 3).select(1, 1).gt(0), 0.2);

    [Test]
    public void Images_are_blurred_with_a_probability_that_is_drawn_and_all_by_the_same_deviations()
    {
        var layer = new RandomGaussianBlur((0.2, 0.6), sigma: (0.5, 1.0), seed: 11);
        var centres = new List<double>();
        for (int i = 0; i < 20; i++)
        {
            Tensor centre = Images(layer, [0, 0, 0, 0, 100, 0, 0, 0, 0], 3, 3, 1).select(1, 1).select(1, 1).reshape(Count);
            Tensor blurred = centre.lt(99.9);
            AssertShare(blurred, 0.4);
            Tensor values = centre.masked_select(blurred);
            Assert.That(values.max().ToDouble(), Is.EqualTo(values.min().ToDouble()));
            centres.Add(values.min().ToDouble());
        }

        // The weight of the middle of a window of 3 is 1 / (1 + 2 exp(-1 / (2 sigma^2))), squared: between these for the deviations.
        Assert.That(centres, Has.All.GreaterThan(20.4).And.All.LessThan(62.0));
        Assert.That(centres.Distinct().Count(), Is.EqualTo(20));
    }

    [Test]
    public void Bits_are_drawn_without_the_upper_end()
    {
        // 255 keeps its highest bits: 192, 224, 240.
        Tensor kept = Plane(new RandomPosterization((2, 5), seed: 12), [255], 0);
        AssertShare(kept.eq(192), 1 / 3.0);
        AssertShare(kept.eq(224), 1 / 3.0);
        AssertShare(kept.eq(240), 1 / 3.0);
    }

    [Test]
    public void What_solarization_adds_is_uniform_from_the_lower_end_to_255_times_the_upper_one() =>
        AssertUniform(Plane(new Solarization((0.5, 0.6), seed: 13), [100], 0).sub(155).neg(), 0.5, 153);

    [Test]
    public void The_threshold_of_solarization_is_uniform_from_the_lower_end_to_255_times_the_upper_one() =>
        AssertShare(Plane(new Solarization(0, (0.2, 0.8), seed: 14), [101], 0).eq(154), (101 - 0.2) / (204 - 0.2));

    [Test]
    public void Jitter_draws_for_each_step_and_each_image()
    {
        Tensor y = Images(new RandomColorJitter((0, 1), 0.2, 0.2, 0.2, 0.2, seed: 15), [0.2f, 0.5f, 0.7f, 0.3f, 0.3f, 0.2f], 1, 2, 3);
        Assert.That(y.reshape(Count, 6).std(0).min().ToDouble(), Is.GreaterThan(0.05));
    }

    [TestCase(0.2)]
    [TestCase(1.0)]
    [TestCase(3.0)]
    public void Shares_are_of_the_beta_distribution(double alpha)
    {
        using var generator = new Generator(16, CPU);
        Tensor shares = ImageMixing.Shares(alpha, Count, generator).to(float64);
        Assert.That(shares.min().ToDouble(), Is.GreaterThanOrEqualTo(0));
        Assert.That(shares.max().ToDouble(), Is.LessThanOrEqualTo(1));
        Assert.That(shares.mean().ToDouble(), Is.EqualTo(0.5).Within(0.03));
        double variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.That(shares.var().ToDouble(), Is.EqualTo(variance).Within(0.05 * variance));
        if (alpha == 1)
        {
            AssertUniform(shares, 0, 1);
        }
    }

    [Test]
    public void Shares_of_a_tiny_parameter_are_0_or_1()
    {
        using var generator = new Generator(17, CPU);
        Tensor shares = ImageMixing.Shares(1e-6, Count, generator);
        Assert.That(shares.isfinite().all().ToBoolean());
        AssertShare(shares.gt(0.5), 0.5);
        AssertShare(shares.gt(0.001).logical_and(shares.lt(0.999)), 0);
    }

    [Test]
    public void Shares_of_several_are_of_the_Dirichlet_distribution()
    {
        using var generator = new Generator(18, CPU);
        const double Alpha = 0.7;
        double[][] shares = [.. Enumerable.Range(0, Count).Select(_ => ImageMixing.SharesOfAll(Alpha, 3, generator))];
        Assert.That(shares.Select(s => s.Sum()), Has.All.EqualTo(1).Within(1e-12));
        double[] first = [.. shares.Select(s => s[0])];
        Assert.That(first.Average(), Is.EqualTo(1 / 3.0).Within(0.02));
        double variance = 2 / 9.0 / ((3 * Alpha) + 1);
        Assert.That(first.Average(f => (f - (1 / 3.0)) * (f - (1 / 3.0))), Is.EqualTo(variance).Within(0.05 * variance));
    }

    [Test]
    public void MixUp_mixes_each_image_and_its_label_with_one_other_by_the_same_share()
    {
        Tensor images = arange(Count, float32).reshape(Count, 1, 1, 1);
        Tensor labels = arange(Count, float32).reshape(Count, 1);
        ImageBatch mixed = new MixUp(1.0, seed: 19).Call(new ImageBatch(images, labels));
        AssertNear(mixed.Images.reshape(Count, 1), mixed.Labels!, 1e-3);

        // What others give, and what each keeps, adds up to what there was, on the average.
        Assert.That(mixed.Labels!.mean().ToDouble(), Is.EqualTo(1999.5).Within(60));
        Assert.That(mixed.Labels!.std().ToDouble(), Is.LessThan(0.9 * labels.std().ToDouble()));
    }

    [Test]
    public void CutMix_pastes_a_rectangle_of_one_other_image_and_mixes_labels_by_its_area()
    {
        const int Images = 200;
        Tensor images = arange(Images, float32).reshape(Images, 1, 1, 1).expand(Images, 20, 30, 1);
        Tensor labels = eye(Images);
        ImageBatch mixed = new CutMix(seed: 20).Call(new ImageBatch(images, labels));
        var shares = new List<double>();
        for (int i = 0; i < Images; i++)
        {
            Tensor isOther = mixed.Images[i].squeeze(-1).ne(i);
            Tensor rows = isOther.any(1);
            Tensor columns = isOther.any(0);
            Assert.That(isOther.eq(rows.unsqueeze(1).logical_and(columns)).all().ToBoolean(), "a rectangle");
            double own = mixed.Labels![i, i].ToDouble();
            double area = isOther.to(float64).mean().ToDouble();
            if (area > 0)
            {
                Assert.That(1 - own, Is.EqualTo(area).Within(0.1));
                Assert.That(mixed.Images[i].masked_select(isOther.unsqueeze(-1)).unique().output.shape[0], Is.EqualTo(1));
                shares.Add(own);
            }
        }

        Assert.That(mixed.Labels!.sum(1).sub(1).abs().max().ToDouble(), Is.LessThan(1e-6));
        Assert.That(shares, Has.Count.GreaterThan(150));
        Assert.That(shares.Max() - shares.Min(), Is.GreaterThan(0.8));
    }

    [Test]
    public void RandAugment_does_to_all_images_of_a_batch_one_thing_of_eleven_and_each_as_often()
    {
        // With a strength of 0 five of them change an image of four values: blurred, cut to one bit, inverted, stretched, equalised.
        var layer = new RandAugment(num_ops: 1, factor: 0, seed: 21);
        Tensor image = tensor([10f, 60, 130, 200]).reshape(1, 2, 2, 1);
        BaseImagePreprocessingLayer[] changing =
        [
            new RandomSharpness((0, 0)),
            new RandomPosterization((1, 1)),
            new Solarization(),
            new AutoContrast(),
            new Equalization(),
        ];
        double[][] known = [image.data<float>().Select(f => (double)f).ToArray(), .. changing.Select(l => Of(l.Call(image)))];
        int[] counts = new int[known.Length];
        const int Calls = 1100;
        for (int i = 0; i < Calls; i++)
        {
            double[] found = Of(layer.Call(image.expand(2, 2, 2, 1)));
            int index = System.Array.FindIndex(known, k => k.Zip(found).All(p => Math.Abs(p.First - p.Second) < 0.01));
            Assert.That(index, Is.GreaterThanOrEqualTo(0), "one of them, for the first image and for the second");
            Assert.That(found.Take(4), Is.EqualTo(found.Skip(4)).Within(0.01));
            counts[index]++;
        }

        Assert.That(counts[0], Is.EqualTo(Calls * 6 / 11).Within(70));
        Assert.That(counts[1..], Has.All.InRange(65, 140));
        static double[] Of(Tensor y) => [.. y.to(float64).reshape(-1).data<double>().ToArray()];
    }

    [Test]
    public void AugMix_keeps_images_where_chains_have_no_steps_and_mixes_otherwise()
    {
        Tensor x = rand(3, 5, 4, 3, generator: new Generator(22, CPU)).mul(255);
        Tensor y = new AugMix(chain_depth: 0, seed: 23).Call(x);
        Assert.That(y.sub(x).abs().max().ToDouble(), Is.LessThan(1e-3));
        var layer = new AugMix(factor: 0, alpha: 0.5, seed: 24);
        double[] changes = [.. Enumerable.Range(0, 50).Select(_ => layer.Call(x).sub(x).abs().mean().ToDouble())];
        Assert.That(changes.Distinct().Count(), Is.GreaterThan(40));
        Assert.That(changes, Has.All.LessThan(255));
    }

    // The first number of each image after the layer, drawn for a batch of equal images of one row.
    private static Tensor Plane(BaseImagePreprocessingLayer layer, float[] values, int column) =>
        Images(layer, values, 1, values.Length, 1).select(2, column).reshape(Count);

    private static Tensor Images(BaseImagePreprocessingLayer layer, float[] values, int height, int width, int channels) =>
        layer.Call(tensor(values).reshape(1, height, width, channels).expand(Count, height, width, channels)).to(float64);

    private static void AssertUniform(Tensor draws, double lower, double upper)
    {
        double[] sorted = [.. draws.to(float64).reshape(-1).data<double>().ToArray().Order()];
        double margin = 1e-4 * (upper - lower);
        Assert.That(sorted[0], Is.GreaterThanOrEqualTo(lower - margin), "the least");
        Assert.That(sorted[^1], Is.LessThanOrEqualTo(upper + margin), "the greatest");
        double farthest = sorted.Select((s, i) => Math.Abs(((s - lower) / (upper - lower)) - ((i + 0.5) / sorted.Length))).Max();
        Assert.That(farthest, Is.LessThan(Distance), "the distance to the uniform distribution");
    }

    private static void AssertShare(Tensor flags, double share) =>
        Assert.That(flags.to(float64).mean().ToDouble(), Is.EqualTo(share).Within(4 * Math.Sqrt(share * (1 - share) / Count) + 1e-9));

    private static void AssertNear(Tensor found, Tensor expected, double tolerance) =>
        Assert.That(found.sub(expected).abs().max().ToDouble(), Is.LessThan(tolerance * Math.Max(1, expected.abs().max().ToDouble())));
}
