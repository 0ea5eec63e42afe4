using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>Who mistypes a name is shown the three that are nearest to it.</summary>
public sealed class NearestTests
{
    [TestCase("relu", "ReLU", "re_lu", "elu", "selu", "dense", ExpectedResult = "re_lu, elu, selu")]
    [TestCase("Dens", "Dense", "dense", "Conv2D", "Add", "ReLU", ExpectedResult = "Dense, ReLU, Add")]
    [TestCase("dens", "Dense", "dense", "conv2d", "add", "relu", ExpectedResult = "dense, relu, add")]
    [TestCase("accuracy", "binary_accuracy", "mse", "accurate", "mae", ExpectedResult = "binary_accuracy, accurate, mae")]
    public string The_nearest_come_first(string name, params string[] known) => string.Join(", ", Nearest.To(name, known));

    [Test]
    public void Few_names_are_all_shown()
    {
        Assert.That(Nearest.Sentence("x", []), Is.EqualTo(" There are none."));
        Assert.That(Nearest.Sentence("x", ["a"]), Is.EqualTo(" There is 'a'."));
        Assert.That(Nearest.Sentence("x", ["a", "b", "c"]), Is.EqualTo(" There are 'a', 'b', 'c'."));
        Assert.That(Nearest.Sentence("dd", ["a", "b", "dd", "ddd"]), Is.EqualTo(" The nearest of 4 are 'dd', 'ddd', 'a'."));
    }

    private static IEnumerable<TestCaseData> Lookups()
    {
        static TestCaseData Case(string wanted, Action lookup) => new TestCaseData(wanted, lookup).SetArgDisplayNames(wanted);
        yield return Case("'accuracy'", () => Metric.Get("acuracy"));
        yield return Case("'mean_squared_error'", () => Loss.Get("mean_square_error"));
        yield return Case("'adam'", () => Optimizer.Get("adamm"));
        yield return Case("'glorot_uniform'", () => Initializer.Get("glorot_unifrom"));
        yield return Case("'l2'", () => Regularizer.Get("l3"));
        yield return Case("'max_norm'", () => Constraint.Get("maxnorm2"));
        yield return Case("'relu'", () => ActivationFunction.Get("rellu"));
        yield return Case(
            "'Dense'",
            () =>
                KerasSerializer.Deserialize<Layer>(
                    new System.Text.Json.Nodes.JsonObject { ["class_name"] = "Dens", ["config"] = new System.Text.Json.Nodes.JsonObject() }
                )
        );
        yield return Case(
            "'conv_2'",
            () =>
                new Sequential([
                    .. Enumerable.Range(1, 60).Select(i => new Activation("relu", name: $"layer_{i}")),
                    new Activation("relu", name: "conv_2"),
                ]).GetLayer("conv2")
        );
    }

    [TestCaseSource(nameof(Lookups))]
    public void Every_lookup_by_name_shows_three_and_not_all(string wanted, Action lookup)
    {
        string message = Assert.Catch(() => lookup())!.Message;
        Assert.That(message, Does.Contain(wanted));
        Assert.That(message, Has.Length.LessThan(250));
    }
}
