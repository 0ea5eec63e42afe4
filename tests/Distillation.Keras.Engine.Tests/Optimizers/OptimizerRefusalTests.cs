using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

[TestFixture]
public class OptimizerRefusalTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void OpenScope() => _scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => _scope.Dispose();

    [Test]
    public void A_rate_that_a_schedule_gives_cannot_be_set() =>
        Assert.That(
            () => new SGD(new CosineDecay(0.1, 10)).LearningRate = 0.1,
            Throws.InvalidOperationException.With.Message.Contains("CosineDecay")
        );

    [Test]
    public void A_rate_that_is_negative_or_not_a_number_cannot_be_set()
    {
        var optimizer = new SGD();
        Assert.That(() => optimizer.LearningRate = -0.1, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => optimizer.LearningRate = double.NaN, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void An_optimizer_serves_only_the_weights_that_it_was_built_with()
    {
        var optimizer = new Adam();
        Variable first = Weights.New();
        optimizer.Apply([Weights.Gradient()], [first]);
        Variable second = Weights.New("other");
        Assert.That(
            () => optimizer.Apply([Weights.Gradient()], [second]),
            Throws.ArgumentException.With.Message.Contains("dense/other").And.Message.Contains("new optimizer")
        );
        Assert.That(() => optimizer.Build([first, second]), Throws.ArgumentException.With.Message.Contains("dense/other"));
        Assert.That(() => optimizer.Build([first]), Throws.Nothing);
    }

    [Test]
    public void Gradients_must_fit_the_weights()
    {
        var optimizer = new SGD();
        Assert.That(() => optimizer.Apply([Weights.Gradient()]), Throws.InvalidOperationException.With.Message.Contains("Build"));
        Variable weight = Weights.New();
        optimizer.Build([weight]);
        Assert.That(
            () => optimizer.Apply([Weights.Gradient(), Weights.Gradient()]),
            Throws.ArgumentException.With.Message.Contains("2 gradients and 1 weights")
        );
        Assert.That(
            () => optimizer.Apply([zeros(1)]),
            Throws.ArgumentException.With.Message.Contains("dense/kernel").And.Message.Contains("(1,)")
        );
        Assert.That(() => optimizer.Apply([null]), Throws.InvalidOperationException.With.Message.Contains("no gradient"));
        Assert.That(
            () => optimizer.Apply([Weights.Gradient(), Weights.Gradient()], [weight, weight]),
            Throws.ArgumentException.With.Message.Contains("twice")
        );
        Assert.That(() => new SGD().Build([weight, weight]), Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(Weights.Values(weight), Is.EqualTo(Weights.Start), "a refused step changes nothing");
        Assert.That(optimizer.Iterations, Is.Zero);
    }

    [Test]
    public void A_step_without_any_gradients_does_nothing()
    {
        var optimizer = new SGD();
        optimizer.Apply([]);
        Assert.That(optimizer.Iterations, Is.Zero);
    }

    [Test]
    public void A_released_optimizer_says_so()
    {
        var optimizer = new Adam(name: "mine");
        Variable weight = Weights.New();
        optimizer.Apply([Weights.Gradient()], [weight]);
        optimizer.Release();
        Assert.That(
            () => optimizer.Apply([Weights.Gradient()], [weight]),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("mine")
        );
        Assert.That(() => optimizer.Variables, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(optimizer.GetConfig()["name"]!.GetValue<string>(), Is.EqualTo("mine"));
    }

    [Test]
    public void Arguments_out_of_range_are_named()
    {
        Assert.That(
            () => new SGD(momentum: 1.5),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("momentum")
        );
        Assert.That(
            () => new SGD(weight_decay: -1),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("weight_decay")
        );
        Assert.That(
            () => new SGD(clipnorm: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("clipnorm")
        );
        Assert.That(() => new Adam(beta_1: 1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("beta_1"));
        Assert.That(
            () => new Adadelta(rho: double.NaN),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("rho")
        );
        Assert.That(
            () => new RMSprop(gradient_accumulation_steps: 1),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 2")
        );
        Assert.That(
            () => new SGD(clipvalue: 1, global_clipnorm: 2),
            Throws.ArgumentException.With.Message.Contains("clipvalue: 1, global_clipnorm: 2")
        );
        Assert.That(
            () => new CosineDecayRestarts(0.1, 10, t_mul: 0.5),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("t_mul")
        );
        Assert.That(
            () => new ExponentialDecay(-0.1, 10, 0.5),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("initial_learning_rate")
        );
        Assert.That(() => new PiecewiseConstantDecay([5, 2], [1, 2, 3]), Throws.ArgumentException.With.Message.Contains("2 follows 5"));
    }
}
