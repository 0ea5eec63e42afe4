using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Keras 2's optimizer that scales the loss: <c>tf_keras/mixed_precision/loss_scale_optimizer.py</c>.</summary>
[TestFixture]
public sealed class LegacyOptimizerTests
{
    private const string Name = "policy_mixed_float16_global.tfk";

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase(".keras")]
    [TestCase(".h5")]
    public void A_training_goes_on_with_the_state_of_the_optimizer_within(string form)
    {
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(Name + form), Name + form));
        var scaling = (LossScaleOptimizer)model.Optimizer;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.LoadWarnings, Is.Empty);
            Assert.That(scaling.Iterations, Is.EqualTo(3));
            Assert.That((scaling.InitialScale, scaling.DynamicScale, scaling.DynamicGrowthSteps), Is.EqualTo((32768.0, 32768.0, 2000)));
            Assert.That(scaling.InnerOptimizer, Is.TypeOf<Adam>());
        }

        using NDArray x = ModelFixtures.Array($"{Name}/train/x/0");
        using NDArray y = ModelFixtures.Array($"{Name}/train/y/0");
        for (int step = 0; step < 3; step++)
        {
            model.TrainOnBatch(x, y);
        }

        for (int i = 0; i < model.Weights.Count; i++)
        {
            using NDArray expected = ModelFixtures.Array($"{Name}/after/{i}");
            Assert.That(
                model.Weights[i].Value.data<float>().ToArray(),
                Is.EqualTo(expected.ToArray<float>()).Within(2e-3f),
                model.Weights[i].Path
            );
        }
    }

    [TestCase("LossScaleOptimizerV3")]
    [TestCase("LossScaleOptimizer")]
    public void A_scale_that_stays_is_an_argument_of_the_optimizer(string className)
    {
        Optimizer optimizer = Read(className, dynamic: false, scale: 128);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(optimizer, Is.TypeOf<SGD>());
            Assert.That(optimizer.LossScaleFactor, Is.EqualTo(128));
            Assert.That(optimizer.LearningRate, Is.EqualTo(0.25));
        }
    }

    [TestCase("LossScaleOptimizerV3")]
    [TestCase("LossScaleOptimizer")]
    public void A_scale_that_moves_keeps_its_numbers(string className)
    {
        var optimizer = (LossScaleOptimizer)Read(className, dynamic: true, scale: 128);
        Assert.That((optimizer.InitialScale, optimizer.DynamicGrowthSteps, optimizer.LearningRate), Is.EqualTo((128.0, 7, 0.25)));
    }

    private static Optimizer Read(string className, bool dynamic, double scale)
    {
        var old = new JsonObject
        {
            ["optimizer_config"] = new JsonObject
            {
                ["class_name"] = className,
                ["config"] = new JsonObject
                {
                    ["inner_optimizer"] = new JsonObject
                    {
                        ["class_name"] = "SGD",
                        ["config"] = new JsonObject { ["lr"] = 0.25, ["is_legacy_optimizer"] = false },
                    },
                    ["dynamic"] = dynamic,
                    ["initial_scale"] = scale,
                    ["dynamic_growth_steps"] = dynamic ? 7 : null,
                },
            },
            ["loss"] = "mse",
        };
        return KerasSerializer.Deserialize<Optimizer>(LegacyCompile.Convert(old, [])["optimizer"]!);
    }
}
