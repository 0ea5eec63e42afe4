using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Devices;

/// <summary>
/// Each tensor is made where it is said to be made: nothing is left to libtorch's default device, see <see cref="DefaultDevice"/>.
/// Everything gives what it gives otherwise, and so would on a device that is not the default.
/// </summary>
[NonParallelizable]
public sealed class DefaultDeviceTests
{
    private static IEnumerable<string> Names => Sweep.Names;

    [TestCaseSource(nameof(Names))]
    public void What_computes_within_a_step(string name)
    {
        double[][] expected = Values(() => Sweep.Run(name, Device.Cpu));
        double[][] found = DefaultDevice.Without(() => Values(() => Sweep.Run(name, Device.Cpu)));
        Assert.That(expected, Is.Not.Empty);
        Assert.That(found, Is.EqualTo(expected));
    }

    [Test]
    public void A_fit_with_all_that_belongs_to_it()
    {
        double[] expected = Fit();
        Assert.That(DefaultDevice.Without(Fit), Is.EqualTo(expected));
        Assert.That(expected, Has.Length.GreaterThan(100));
    }

    [Test]
    public void A_tensor_that_is_made_without_a_device_is_noticed()
    {
        var layer = new Lambda(x => x.mm(ones(3, 3)));
        double[][] Run()
        {
            using DisposeScope scope = NewDisposeScope();
            return Values(() => [layer.Call(ones(2, 3, device: CPU))]);
        }

        Assert.That(Run, Throws.Nothing);
        Assert.That(() => DefaultDevice.Without(Run), Throws.Exception.With.Message.Contains("meta"));
    }

    private static double[] Fit()
    {
        var random = new Random(4);
        float[,,,] x = new float[24, 6, 6, 1];
        int[] y = [.. Enumerable.Range(0, 24).Select(i => i % 3)];
        foreach (
            (int i, int h, int w) in from i in Enumerable.Range(0, 24)
            from h in Enumerable.Range(0, 6)
            from w in Enumerable.Range(0, 6)
            select (i, h, w)
        )
        {
            x[i, h, w, 0] = random.NextSingle() + (w % 3 == y[i] ? 1 : 0);
        }

        Utils.SetRandomSeed(3);
        var input = new Input(shape: (6, 6, 1));
        KerasTensor z = new Conv2D(4, 3, kernel_regularizer: "l2").Apply(input);
        z = new Dropout(0.2).Apply(new BatchNormalization().Apply(z));
        z = new Dense(3, "softmax", name: "classes").Apply(new GlobalAveragePooling2D().Apply(z));
        var model = new Model(input, z);
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"], weighted_metrics: ["accuracy"]);
        History history = model.Fit(
            x,
            y,
            batch_size: 5,
            epochs: 3,
            verbose: 0,
            validation_split: 0.25,
            class_weight: new() { [0] = 2.0 },
            callbacks: [new EarlyStopping(patience: 0, restore_best_weights: true), new ReduceLROnPlateau(patience: 0)]
        );
        Logs evaluated = model.Evaluate(x, y, batch_size: 7, sample_weight: new float[24]);
        Logs trained = model.TrainOnBatch(x, y);
        using NDArray predicted = model.Predict(x, batch_size: 7);
        return
        [
            .. history.Names.SelectMany(n => history[n]),
            .. evaluated.Values,
            .. trained.Values,
            .. predicted.astype(NPTypeCode.Double).ToArray<double>(),
            .. model.GetWeights().SelectMany(w => w.astype(NPTypeCode.Double).ToArray<double>()),
        ];
    }

    private static double[][] Values(Func<List<Tensor>> run)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. run().Select(t => t.detach().cpu().to(ScalarType.Float64).data<double>().ToArray())];
    }
}
