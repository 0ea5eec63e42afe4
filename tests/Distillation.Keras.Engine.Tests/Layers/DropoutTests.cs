using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

public sealed class DropoutTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(0.1)]
    [TestCase(0.25)]
    [TestCase(0.5)]
    [TestCase(0.9)]
    [TestCase(1e-6)]
    public void The_share_of_zeros_is_the_rate_and_the_rest_is_scaled(double rate)
    {
        const int Count = 1 << 20;
        Tensor y = new Dropout(rate, seed: 3).Call(ones(4, Count / 4), training: true);
        double zeros = 1 - (y.count_nonzero().ToInt64() / (double)Count);

        // Five standard deviations of a share, and half of 1 / 65,536.
        Assert.That(zeros, Is.EqualTo(rate).Within((5 * Math.Sqrt(rate * (1 - rate) / Count)) + 1e-5));
        Assert.That(y.max().ToSingle(), Is.EqualTo((float)(1 / (1 - rate))));
    }

    [Test]
    public void Rows_and_neighbours_are_independent()
    {
        Tensor dropped = new Dropout(0.5, seed: 3).Call(ones(1 << 18, 4), training: true).eq(0).to(float64);
        Tensor correlations = corrcoef(dropped.t()) - eye(4, 4, float64);
        Assert.That(correlations.abs().max().ToDouble(), Is.LessThan(5 / Math.Sqrt(1 << 18)));
    }

    [Test]
    public void A_seed_fixes_the_masks_and_each_call_has_another()
    {
        Tensor x = ones(7, 9);
        Dropout a = new(0.5, seed: 11);
        Dropout b = new(0.5, seed: 11);
        Tensor first = a.Call(x, training: true);
        Assert.That(first.allclose(b.Call(x, training: true)), Is.True);
        Assert.That(first.allclose(a.Call(x, training: true)), Is.False);
    }

    [Test]
    public void Inference_and_a_rate_of_0_return_the_input_itself()
    {
        Tensor x = ones(3, 4);
        Assert.That(new Dropout(0.5).Call(x), Is.SameAs(x));
        Assert.That(new Dropout(0).Call(x, training: true), Is.SameAs(x));
    }

    [Test]
    public void A_rate_of_1_gives_zeros_even_for_nan() =>
        Assert.That(new Dropout(1).Call(full(3, 4, float.NaN), training: true).count_nonzero().ToInt64(), Is.EqualTo(0));

    [Test]
    public void Values_share_their_fate_where_the_noise_shape_is_1()
    {
        Tensor y = new Dropout(0.5, noise_shape: (null, 1, 8), seed: 5).Call(ones(6, 10, 8), training: true);
        Assert.That(y.allclose(y[.., ..1].expand(6, 10, 8)), Is.True);
        Assert.That(y.unique().output.shape[0], Is.EqualTo(2));
        Assert.That(
            () => new Dropout(0.5, noise_shape: (null, 3, 8)).Call(ones(6, 10, 8)),
            Throws.ArgumentException.With.Message.Contains("noise_shape")
        );
    }

    [Test]
    public void The_gradient_is_the_mask()
    {
        Tensor x = ones(5, 6).requires_grad_();
        Tensor y = new Dropout(0.25, seed: 5).Call(x, training: true);
        y.sum().backward();
        Assert.That(x.grad!.allclose(y), Is.True);
    }

    [TestCase(-0.1)]
    [TestCase(1.5)]
    [TestCase(double.NaN)]
    public void Other_rates_are_refused(double rate) =>
        Assert.That(() => new Dropout(rate), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
