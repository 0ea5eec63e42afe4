using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

public sealed class OtherLayerTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void A_frozen_batch_normalization_works_as_at_inference()
    {
        BatchNormalization layer = new();
        Tensor x = (rand(6, 4) * 3) + 1;
        layer.Call(x);
        layer.Trainable = false;
        Tensor expected = layer.Call(x).clone();
        Assert.That(layer.Call(x, training: true).allclose(expected), Is.True);
        Assert.That(layer.Weights[2].Value.count_nonzero().ToInt64(), Is.EqualTo(0));
        Assert.That(layer.TrainableWeights, Is.Empty);
    }

    [Test]
    public void Batch_normalization_gives_the_same_in_every_layout()
    {
        Tensor x = rand(4, 3, 5, 2);
        Tensor expected = new BatchNormalization().Call(x, training: true);
        Assert.That(
            new BatchNormalization(axis: 1).Call(x.permute(0, 3, 1, 2), training: true).permute(0, 2, 3, 1).allclose(expected, atol: 1e-5),
            Is.True
        );
        Assert.That(
            new BatchNormalization(axis: 2).Call(x.permute(0, 1, 3, 2), training: true).permute(0, 1, 3, 2).allclose(expected, atol: 1e-5),
            Is.True
        );
        Assert.That(
            new BatchNormalization().Call(x.reshape(4, 15, 2), training: true).reshape(4, 3, 5, 2).allclose(expected, atol: 1e-5),
            Is.True
        );
        Assert.That(
            new BatchNormalization().Call(x.reshape(60, 2), training: true).reshape(4, 3, 5, 2).allclose(expected, atol: 1e-5),
            Is.True
        );
    }

    [Test]
    public void A_batch_of_one_is_its_own_mean()
    {
        BatchNormalization layer = new(momentum: 0.5);
        Tensor x = tensor(
                new float[,]
                {
                    { 2, 4 },
                }
            )
            .requires_grad_();
        Tensor y = layer.Call(x, training: true);
        y.sum().backward();
        Assert.That(y.abs().max().ToSingle(), Is.EqualTo(0));
        Assert.That(x.grad!.abs().max().ToSingle(), Is.EqualTo(0));
        Assert.That(layer.Weights[2].Value.data<float>().ToArray(), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(layer.Weights[3].Value.data<float>().ToArray(), Is.EqualTo(new[] { 0.5f, 0.5f }));
    }

    [Test]
    public void Batch_normalization_refuses_an_axis_that_is_not_there() =>
        Assert.That(() => new BatchNormalization(axis: 4).Call(rand(2, 3, 4, 5)), Throws.ArgumentException.With.Message.Contains("axis 4"));

    [Test]
    public void Merging_broadcasts_and_refuses_what_does_not()
    {
        Tensor a = rand(2, 3, 4);
        Tensor b = rand(2, 4);
        Assert.That(new Add().CallAll([a, b])[0].allclose(a + b.unsqueeze(1)), Is.True);
        Assert.That(new Maximum().CallAll([a, a[.., ..1]])[0].shape, Is.EqualTo(new long[] { 2, 3, 4 }));
        Assert.That(new Add().CallAll([a])[0], Is.SameAs(a));
        Assert.That(() => new Add().CallAll([rand(2, 3), rand(2, 4)]), Throws.ArgumentException.With.Message.Contains("(2, 3), (2, 4)"));
        Assert.That(() => new Add().CallAll([rand(2, 3), rand(1, 3)]), Throws.ArgumentException);
        Assert.That(() => new Subtract().CallAll([a, a, a]), Throws.ArgumentException.With.Message.Contains("2 inputs"));
        Assert.That(() => new Concatenate().Call(a), Throws.ArgumentException.With.Message.Contains("at least two"));
        Assert.That(() => new Concatenate().CallAll([rand(2, 3, 1), rand(2, 4, 1)]), Throws.ArgumentException);
    }

    [Test]
    public void Reshape_works_out_one_size()
    {
        Assert.That(new Reshape((-1, 4)).Call(rand(3, 8)).shape, Is.EqualTo(new long[] { 3, 2, 4 }));
        Assert.That(new Reshape((-1, 4)).Call(zeros(0, 8)).shape, Is.EqualTo(new long[] { 0, 2, 4 }));
        Assert.That(() => new Reshape((3, 7)).Call(rand(2, 64)), Throws.ArgumentException.With.Message.Contains("64"));
        Assert.That(() => new Reshape((-1, -1)), Throws.ArgumentException);
        Assert.That(() => new Reshape((-1, 5)).Call(rand(2, 64)), Throws.ArgumentException);
    }

    [Test]
    public void A_lambda_gets_its_shape_by_a_trial_or_is_told()
    {
        Assert.That(new Lambda(x => x.mean([1])).Apply(new Input(4, 3)).Shape.ToString(), Is.EqualTo("(None, 3)"));
        Assert.That(
            new Lambda(x => x.mean([1]), output_shape: 3).Apply(new Input(new Shape([null, 3]))).Shape.ToString(),
            Is.EqualTo("(None, 3)")
        );
        Assert.That(new Lambda(x => x.mean([1])).Apply(new Input(new Shape([null, 3]))).Shape, Is.EqualTo(new Shape([null, 3])));
        Assert.That(
            new Lambda(x => x.transpose(1, 2)).Apply(new Input(new Shape([null, 3]))).Shape,
            Is.EqualTo(new Shape([null, 3, null]))
        );
        Assert.That(() => new Lambda(x => x.sum()).Apply(new Input(4)), Throws.ArgumentException.With.Message.Contains("batch"));
    }

    [Test]
    public void Layers_that_move_values_keep_integers_and_others_compute_in_their_type()
    {
        Tensor x = ones([2, 4, 4, 1], int32);
        Assert.That(new Flatten().Call(x).dtype, Is.EqualTo(ScalarType.Int32));
        Assert.That(new Reshape(16).Call(x).dtype, Is.EqualTo(ScalarType.Int32));
        Assert.That(new ZeroPadding2D().Call(x).dtype, Is.EqualTo(ScalarType.Int32));
        Assert.That(new Rescaling(0.5).Call(x).dtype, Is.EqualTo(ScalarType.Float32));
        Assert.That(new Dense(2).Call(new Flatten().Call(x)).dtype, Is.EqualTo(ScalarType.Float32));
    }

    [Test]
    public void Refused_arguments_are_named()
    {
        Assert.That(() => new ReLU(max_value: -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("max_value"));
        Assert.That(() => new Activation("relux"), Throws.ArgumentException.With.Message.Contains("relux"));
        Assert.That(() => new Dense(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Dense(3, name: "a/b"), Throws.ArgumentException);
        Assert.That(
            () => new Softmax(axis: 2).Call(rand(2, 3)),
            Throws.ArgumentException.With.Message.Contains("axis 2").And.Message.Contains("(2, 3)")
        );
        Assert.That(() => new Dense(3).Call(rand(5)), Throws.ArgumentException);
    }

    [Test]
    public void A_last_softmax_keeps_its_logits_for_the_loss_of_an_evaluation()
    {
        using IDisposable noGrad = no_grad();
        Model model = new Sequential(new Input(4), new Dense(3), new Softmax());
        Tensor p = model.Call(rand(2, 4) * 100);
        Assert.That(Logits.Of(p, LogitsKind.Softmax), Is.Not.Null);
        Model fused = new Sequential(new Input(4), new Dense(3, activation: "softmax"));
        Assert.That(Logits.Of(fused.Call(rand(2, 4)), LogitsKind.Softmax), Is.Not.Null);
    }
}
