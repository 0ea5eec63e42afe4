using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Losses;

public sealed class LossNumericsTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    // The loss of a certain and wrong prediction is the distance of the logits, and its gradient -1 where the target is.
    [TestCase(60)]
    [TestCase(100)]
    [TestCase(10_000)]
    public void Crossentropies_of_extreme_logits_are_exact_and_keep_their_gradient(double size)
    {
        Tensor logits = tensor(new[] { (float)size, 0, (float)-size }).reshape(1, 3);
        Tensor oneHot = tensor(new float[] { 0, 0, 1 }).reshape(1, 3);
        foreach (
            (Loss loss, Tensor target) in new (Loss, Tensor)[]
            {
                (new CategoricalCrossentropy(from_logits: true), oneHot),
                (new SparseCategoricalCrossentropy(from_logits: true), tensor(new long[] { 2 })),
            }
        )
        {
            Tensor leaf = logits.clone().requires_grad_();
            Tensor value = loss.Call(target, leaf);
            value.backward();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(value.ToDouble(), Is.EqualTo(2 * size).Within(1e-6).Percent, loss.Name);
                Assert.That(leaf.grad!.data<float>().ToArray(), Is.EqualTo(new float[] { 1, 0, -1 }).Within(1e-7f), loss.Name);
            }
        }
    }

    [TestCase(60)]
    [TestCase(100)]
    public void Binary_crossentropy_of_extreme_logits_is_exact_and_keeps_its_gradient(double size)
    {
        Tensor leaf = tensor(new[] { (float)size, (float)-size }).reshape(2, 1).requires_grad_();
        Tensor value = new BinaryCrossentropy(from_logits: true, reduction: "none").Call(tensor(new float[] { 0, 0 }), leaf);
        value.sum().backward();
        Assert.That(value.data<float>().ToArray(), Is.EqualTo(new[] { (float)size, 0 }).Within(1e-6f));
        Assert.That(leaf.grad!.data<float>().ToArray(), Is.EqualTo(new float[] { 1, 0 }).Within(1e-7f));
    }

    [Test]
    public void A_remembered_sigmoid_is_computed_from_its_logits()
    {
        Tensor leaf = tensor(new[] { 100f, -100f }).reshape(2, 1).requires_grad_();
        Tensor probabilities = leaf.sigmoid();
        Logits.Remember(probabilities, leaf, LogitsKind.Sigmoid);
        Tensor value = new BinaryCrossentropy(reduction: "none").Call(tensor(new float[] { 0, 1 }).reshape(2, 1), probabilities);
        value.sum().backward();
        Assert.That(value.data<float>().ToArray(), Is.EqualTo(new[] { 100f, 100f }));
        Assert.That(leaf.grad!.data<float>().ToArray(), Is.EqualTo(new[] { 1f, -1f }));
    }

    [Test]
    public void A_softmax_along_another_axis_is_not_taken_for_logits()
    {
        Tensor logits = randn(4, 3);
        Tensor target = eye(4, 3);
        Tensor columns = Activations.Softmax(logits, axis: 0);
        Tensor unknown = columns.clone();
        Loss loss = new CategoricalCrossentropy();
        Assert.That(loss.Call(target, columns).ToDouble(), Is.EqualTo(loss.Call(target, unknown).ToDouble()));
    }

    [Test]
    public void Losses_compute_in_float64_when_told_to()
    {
        Tensor prediction = tensor(new[] { 0.1, 0.2, 0.7 }).reshape(1, 3);
        Tensor value = new CategoricalCrossentropy(dtype: "float64").Call(tensor(new[] { 0, 0, 1 }).reshape(1, 3), prediction);
        Assert.That(value.dtype, Is.EqualTo(ScalarType.Float64));
        Assert.That(value.ToDouble(), Is.EqualTo(-Math.Log(0.7)).Within(1e-15));
        Assert.That(
            new SparseCategoricalCrossentropy(dtype: "float64").Call(tensor(new[] { 2 }), prediction).ToDouble(),
            Is.EqualTo(-Math.Log(0.7)).Within(1e-7)
        );
        Assert.That(new MeanSquaredError().Call(tensor(new[] { 1.0 }), tensor(new[] { 0.0 })).dtype, Is.EqualTo(ScalarType.Float32));
    }

    [Test]
    public void A_loss_that_is_not_a_number_is_not_hidden_and_does_not_throw()
    {
        Tensor nan = full(2, 3, float.NaN);
        using (Assert.EnterMultipleScope())
        {
            foreach (
                string name in (string[])
                    [
                        "categorical_crossentropy",
                        "binary_crossentropy",
                        "mse",
                        "mae",
                        "kl_divergence",
                        "huber",
                        "log_cosh",
                        "cosine_similarity",
                    ]
            )
            {
                Assert.That(Loss.Get(name).Call(zeros(2, 3), nan).ToDouble(), Is.NaN, name);
            }
        }
    }

    [TestCase("mean_with_sample_weight")]
    [TestCase("sum_over_batch_size")]
    [TestCase("sum")]
    public void Weights_of_zero_give_a_loss_and_a_gradient_of_zero(string reduction)
    {
        Tensor leaf = ones(2, 3).requires_grad_();
        Tensor value = new MeanSquaredError(reduction).Call(zeros(2, 3), leaf, zeros(2));
        value.backward();
        Assert.That(value.ToDouble(), Is.Zero);
        Assert.That(leaf.grad!.abs().sum().ToDouble(), Is.Zero);
    }

    [Test]
    public void Mask_and_ignored_class_both_leave_positions_out_of_the_mean()
    {
        Tensor prediction = softmax(randn(4, 3), 1);
        Tensor labels = tensor(new long[] { 0, -1, 2, 1 });
        Tensor values = new SparseCategoricalCrossentropy(reduction: "none").Call(tensor(new long[] { 0, 0, 2, 1 }), prediction);
        Tensor value = new SparseCategoricalCrossentropy(ignore_class: -1).Call(
            labels,
            prediction,
            mask: tensor(new[] { true, true, false, true })
        );
        Assert.That(value.ToDouble(), Is.EqualTo((values[0].ToDouble() + values[3].ToDouble()) / 2).Within(1e-6));
    }

    [Test]
    public void An_empty_batch_gives_an_empty_loss()
    {
        Assert.That(new MeanSquaredError().Call(zeros(0, 3), zeros(0, 3)).shape, Is.EqualTo(new long[] { 0 }));
    }
}
