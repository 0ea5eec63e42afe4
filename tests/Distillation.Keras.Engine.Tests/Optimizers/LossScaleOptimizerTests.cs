using System.Text.Json.Nodes;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

/// <summary>The rules of <c>keras/src/optimizers/loss_scale_optimizer.py</c>.</summary>
public sealed class LossScaleOptimizerTests
{
    private static (LossScaleOptimizer Optimizer, Variable Weight) Made(int growth = 2000)
    {
        var layer = new Dense(1, use_bias: false, kernel_initializer: new Ones());
        _ = layer.Call(ones(1, 1));
        return (new LossScaleOptimizer(new SGD(1.0), 1024, growth), layer.Weights[0]);
    }

    private static float Step(LossScaleOptimizer optimizer, Variable weight, float gradient)
    {
        using Tensor given = full(1, 1, gradient);
        optimizer.Apply([given], [weight]);
        return weight.Value.item<float>();
    }

    [Test]
    public void Gradients_are_divided_by_what_the_loss_was_multiplied_by()
    {
        (LossScaleOptimizer optimizer, Variable weight) = Made();
        using Tensor loss = tensor(3f);
        using Tensor scaled = optimizer.ScaleLoss(loss);
        Assert.That(scaled.item<float>(), Is.EqualTo(3 * 1024f));
        Assert.That(Step(optimizer, weight, 512f), Is.EqualTo(0.5f));
        Assert.That(optimizer.Iterations, Is.EqualTo(1));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_step_that_is_not_finite_changes_the_scale_alone(float gradient)
    {
        (LossScaleOptimizer optimizer, Variable weight) = Made(growth: 2);
        Step(optimizer, weight, 0f);
        Assert.That(Step(optimizer, weight, gradient), Is.EqualTo(1f));
        Assert.That((optimizer.DynamicScale, optimizer.Iterations), Is.EqualTo((512.0, 1L)));

        // The steps with finite gradients are counted anew.
        Step(optimizer, weight, 0f);
        Assert.That(optimizer.DynamicScale, Is.EqualTo(512.0));
        Step(optimizer, weight, 0f);
        Assert.That(optimizer.DynamicScale, Is.EqualTo(1024.0));
    }

    [Test]
    public void Its_state_is_Keras()
    {
        (LossScaleOptimizer optimizer, Variable weight) = Made();
        Step(optimizer, weight, 0f);
        Assert.That(
            optimizer.Variables.Select(v => v.Path.Split('/')[^1]),
            Is.EqualTo((string[])["iteration", "learning_rate", "step_counter", "dynamic_scale", "iteration", "learning_rate"])
        );
        optimizer.Variables[3].Assign(tensor(8f));
        Assert.That(optimizer.DynamicScale, Is.EqualTo(8.0));
        JsonObject config = optimizer.GetConfig();
        Assert.That(
            config.Select(c => c.Key),
            Is.EquivalentTo((string[])["name", "inner_optimizer", "initial_scale", "dynamic_growth_steps"])
        );
        Assert.That(config["inner_optimizer"]!["class_name"]!.GetValue<string>(), Is.EqualTo("SGD"));
    }

    [TestCase("mixed_float16", true)]
    [TestCase("mixed_bfloat16", false)]
    [TestCase("float16", false)]
    [TestCase("float32", false)]
    public void Compile_scales_the_loss_of_a_model_in_mixed_float16_alone(string policy, bool scales)
    {
        var model = new Sequential(new Input(2), new Dense(3, activation: "relu", dtype: policy), new Dense(1, dtype: policy));
        model.Compile("adam", "mse");
        Assert.That(model.Optimizer is LossScaleOptimizer, Is.EqualTo(scales));
        Assert.That(
            model.GetCompileConfig()!["optimizer"]!["class_name"]!.GetValue<string>(),
            Is.EqualTo(scales ? "LossScaleOptimizer" : "Adam")
        );
        model.Compile(new Adam(loss_scale_factor: 128), "mse");
        Assert.That(model.Optimizer, Is.TypeOf<Adam>());
        model.Compile(new LossScaleOptimizer(new Adam()), "mse");
        Assert.That(((LossScaleOptimizer)model.Optimizer).InnerOptimizer, Is.TypeOf<Adam>());
    }

    [Test]
    public void Scaling_twice_is_refused()
    {
        Assert.That(
            () => new LossScaleOptimizer(new Adam(loss_scale_factor: 2)),
            Throws.ArgumentException.With.Message.Contains("loss_scale_factor")
        );
        Assert.That(() => new LossScaleOptimizer(new LossScaleOptimizer(new Adam())), Throws.ArgumentException);
    }

    [Test]
    public void Gradients_too_small_for_float16_train_all_the_same()
    {
        var model = new Sequential(new Input(1), new Dense(1, use_bias: false, kernel_initializer: new Ones(), dtype: "mixed_float16"));
        model.Compile(new SGD(1e8), new LossFunctionWrapper((y, p) => p.sum(-1).mul(1e-9)));
        model.TrainOnBatch(
            new[,]
            {
                { 1f },
            },
            new[,]
            {
                { 0f },
            }
        );
        Assert.That(model.Weights[0].Value.item<float>(), Is.EqualTo(0.9f).Within(1e-3f));
    }
}
