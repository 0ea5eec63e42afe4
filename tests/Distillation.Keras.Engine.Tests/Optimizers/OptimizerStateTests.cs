using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

[TestFixture]
[Category("Smoke")]
public class OptimizerStateTests
{
    [Test]
    public void Variables_show_the_count_and_the_rate_and_change_them_when_assigned()
    {
        using DisposeScope scope = NewDisposeScope();
        var optimizer = new SGD(0.25);
        IReadOnlyList<Variable> variables = optimizer.Variables;
        Variable weight = Weights.New();
        optimizer.Apply([Weights.Gradient()], [weight]);
        optimizer.LearningRate = 0.5;
        Assert.That(variables[0].Value.item<long>(), Is.EqualTo(1));
        Assert.That(variables[1].Value.item<float>(), Is.EqualTo(0.5f));

        variables[0].Assign(tensor(41L));
        variables[1].Assign(tensor(0f));
        float[] before = Weights.Values(weight);
        optimizer.Apply([Weights.Gradient()], [weight]);
        Assert.That(optimizer.Iterations, Is.EqualTo(42));
        Assert.That(optimizer.LearningRate, Is.Zero);
        Assert.That(Weights.Values(weight), Is.EqualTo(before));
    }

    [Test]
    public void A_copy_has_the_configuration_and_the_current_rate_but_no_state()
    {
        using DisposeScope scope = NewDisposeScope();
        var optimizer = new Adam(0.1, beta_1: 0.8, amsgrad: true, weight_decay: 0.2, clipnorm: 1, name: "mine");
        optimizer.ExcludeFromWeightDecay(var_names: ["bias"]);
        optimizer.Apply([Weights.Gradient()], [Weights.New()]);
        optimizer.LearningRate = 0.03125;
        Optimizer copy = optimizer.Clone();
        Assert.That(copy, Is.TypeOf<Adam>());
        Assert.That(copy.GetConfig().ToJsonString(), Is.EqualTo(optimizer.GetConfig().ToJsonString()));
        Assert.That(copy.LearningRate, Is.EqualTo(0.03125));
        Assert.That(copy.Name, Is.EqualTo("mine"));
        Assert.That(copy.Iterations, Is.Zero);
        Assert.That(copy.Built, Is.False);

        Variable bias = Weights.New("bias");
        Variable kernel = Weights.New();
        copy.Apply([Weights.Gradient() * 0, Weights.Gradient() * 0], [bias, kernel]);
        Assert.That(Weights.Values(bias), Is.EqualTo(Weights.Start), "the bias is still spared");
        Assert.That(Weights.Values(kernel), Is.Not.EqualTo(Weights.Start));
    }

    [TestCase("bias", true)]
    [TestCase("^dense/b.a", true)]
    [TestCase("^bias", false)]
    public void Names_of_weights_without_decay_are_searched_in_paths(string pattern, bool isSpared)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool isScaled in new[] { false, true })
        {
            Optimizer optimizer = new SGD(0.1, weight_decay: 0.5);
            optimizer = isScaled ? new LossScaleOptimizer(optimizer) : optimizer;
            optimizer.ExcludeFromWeightDecay(var_names: ["no such", pattern]);
            optimizer = optimizer.Clone();
            Variable bias = Weights.New("bias");
            Assert.That(bias.Path, Is.EqualTo("dense/bias"));
            Variable kernel = Weights.New();
            optimizer.Apply([Weights.Gradient() * 0, Weights.Gradient() * 0], [bias, kernel]);

            // v -= v * decay * rate
            float[] decayed = [.. Weights.Start.Select(v => v * 0.95f)];
            Assert.That(Weights.Values(kernel), Is.EqualTo(decayed).Within(1e-6f));
            Assert.That(Weights.Values(bias), Is.EqualTo(isSpared ? Weights.Start : decayed).Within(1e-6f));
        }
    }

    [Test]
    public void A_name_that_is_no_regular_expression_is_refused_by_its_argument() =>
        Assert.That(
            () => new SGD(0.1, weight_decay: 0.5).ExcludeFromWeightDecay(var_names: ["bias", "(gamma"]),
            Throws
                .ArgumentException.With.Property("ParamName")
                .EqualTo("var_names")
                .And.Message.Contains("'(gamma'")
                .And.Message.Contains("regular expressions")
        );

    [Test]
    public void A_copy_keeps_the_schedule()
    {
        var optimizer = new RMSprop(new ExponentialDecay(0.5, 10, 0.5), rho: 0.8, name: "mine");
        Optimizer copy = optimizer.Clone();
        Assert.That(copy.Schedule, Is.TypeOf<ExponentialDecay>());
        Assert.That(copy.GetConfig().ToJsonString(), Is.EqualTo(optimizer.GetConfig().ToJsonString()));
    }

    [Test]
    public void Strings_name_optimizers_in_any_case_of_letters()
    {
        Optimizer converted = "rmsprop";
        Assert.That(converted, Is.TypeOf<RMSprop>());
        Assert.That(Optimizer.Get("ADAMW"), Is.TypeOf<AdamW>());
        Assert.That(Optimizer.Get("SGD").LearningRate, Is.EqualTo((double)0.01f));
        Assert.That(Optimizer.Get(null), Is.Null);
        Assert.That(() => Optimizer.Get("sgdm"), Throws.ArgumentException.With.Message.Contains("'sgdm'").And.Message.Contains("'sgd'"));
    }

    [Test]
    public void An_optimizer_of_ones_own_may_take_its_rate_as_a_number()
    {
        using DisposeScope scope = NewDisposeScope();
        KerasSerializer.Register<SignDescent>();
        var optimizer = new SignDescent(0.5);
        Variable weight = Weights.New();
        optimizer.Apply([Weights.Gradient()], [weight]);
        Assert.That(Weights.Values(weight), Is.EqualTo(Weights.Start.Zip(Weights.Slopes, (w, g) => w - (0.5f * MathF.Sign(g)))));

        optimizer.LearningRate = 0.25;
        Optimizer read = KerasSerializer.Deserialize<Optimizer>(KerasSerializer.Serialize(optimizer));
        Assert.That(read, Is.TypeOf<SignDescent>());
        Assert.That(read.LearningRate, Is.EqualTo(0.25));
        Assert.That(optimizer.Clone().LearningRate, Is.EqualTo(0.25));
    }

    public sealed class SignDescent(double learning_rate = 0.5) : Optimizer(learning_rate)
    {
        protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate) =>
            weight.add_(gradient.sign(), -learning_rate);
    }
}
