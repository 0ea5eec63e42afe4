using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>What there is no memory for is refused before it is made, with the layer's name and the amount.</summary>
public sealed class MemoryRefusalTests
{
    private const double Mebibyte = 1 << 20;

    private static void Refused(Func<object?> call, params string[] parts)
    {
        string message = Assert.Throws<InsufficientMemoryException>(() => call())!.Message;
        foreach (string part in parts)
        {
            Assert.That(message, Does.Contain(part));
        }
    }

    private static Optimizer Built(Optimizer optimizer, Model model)
    {
        optimizer.Build(model.TrainableWeights);
        return optimizer;
    }

    [Test]
    public void A_layer_that_no_machine_can_hold_is_refused_by_name_and_size()
    {
        Refused(
            () => new Sequential(new Input(2_000_000_000), new Dense(2_000_000_000, name: "wide")),
            "'wide'",
            "'kernel'",
            "(2000000000, 2000000000)",
            "GiB"
        );
        Refused(
            () => new Sequential(new Input(8, 8, 1_000_000), new Conv2D(1_000_000_000, (8, 8), name: "deep")),
            "'deep'",
            "(8, 8, 1000000, 1000000000)"
        );
        Refused(() => new Sequential(new Dense(2_000_000_000, name: "late")).Predict(new float[1, 100_000]), "'late'");
    }

    [Test]
    public void It_is_refused_from_JSON_and_in_a_clone()
    {
        var model = new Sequential(new Input(1000), new Dense(1000, name: "wide"));
        string json = model.ToJson();
        using IDisposable memory = SystemMemory.Pretend(3 * Mebibyte);
        Refused(() => Model.FromJson(json), "'wide'", "3.8 MiB", "3 MiB");
        Refused(() => model.Clone(), "'wide'");
    }

    [Test]
    public void What_fits_is_made()
    {
        using IDisposable memory = SystemMemory.Pretend(5 * Mebibyte);
        Assert.That(new Sequential(new Input(1000), new Dense(1000)).CountParams(), Is.EqualTo(1_001_000));
    }

    [TestCase("zeros")]
    [TestCase("ones")]
    [TestCase("glorot_uniform")]
    [TestCase("orthogonal")]
    [TestCase("identity")]
    public void An_initializer_alone_refuses_it_too(string name)
    {
        using IDisposable memory = SystemMemory.Pretend(3 * Mebibyte);
        Refused(() => Initializer.Get(name)!.Call((1000, 1000)), "(1000, 1000)", "MiB");
    }

    [Test]
    public void An_orthogonal_weight_takes_several_times_its_size()
    {
        using IDisposable memory = SystemMemory.Pretend(10 * Mebibyte);
        Refused(() => new Orthogonal().Call((1000, 1000)), "Orthogonal");
    }

    [Test]
    public void An_optimizers_slots_and_a_curves_thresholds_are_refused()
    {
        var model = new Sequential(new Input(1000), new Dense(1000, name: "wide"));
        var optimizer = new Adam();
        using (SystemMemory.Pretend(3 * Mebibyte))
        {
            Refused(() => Built(optimizer, model), "'momentum'", "wide/kernel");
            Refused(() => Built(new SGD(), model), "gradients");
        }

        Assert.That(Built(optimizer, model).Variables, Has.Count.EqualTo(6), "it is as before");
        using IDisposable memory = SystemMemory.Pretend(3 * Mebibyte);
        Refused(() => new AUC(num_thresholds: 10_000_000), "'auc", "10000000 thresholds");
    }

    [Test]
    public void What_a_batch_makes_is_asked_for_before_it_is_made()
    {
        using DisposeScope scope = NewDisposeScope();
        var model = new Sequential(new Input(10, 10, 1), new ZeroPadding2D(500, name: "border"), new GlobalMaxPooling2D());
        using IDisposable memory = SystemMemory.Pretend(100 * Mebibyte);
        Refused(
            () => model.Predict(np.zeros(new NumSharp.Shape(100, 10, 10, 1), np.float32), batch_size: 100),
            "'border'",
            "batch of 100",
            "MiB"
        );
        Refused(() => new ZeroPadding2D(4000).Call(zeros(1, 10, 10, 1)), "Padding");
        Assert.That(model.Predict(np.zeros(new NumSharp.Shape(2, 10, 10, 1), np.float32)).shape, Is.EqualTo(new[] { 2, 1 }));
    }

    [Test]
    public void A_function_is_not_tried_on_more_than_there_is_memory_for() =>
        Refused(() => new Sequential(new Input(2_000_000_000, 2_000_000_000), new Lambda(x => x, name: "f")), "'f'");
}
