using Distillation.Keras.Layers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>An array that was disposed is refused: its memory may be anything by then.</summary>
public sealed class DisposedDataTests
{
    private static NDArray Gone(params long[] shape)
    {
        NDArray array = np.ones(new NumSharp.Shape(shape), NPTypeCode.Single);
        array.Dispose();
        return array;
    }

    // NumSharp makes views of a disposed array, too, and says that they live.
    private static NDArray LateView(params long[] shape) => Gone(shape)["0:10"];

    private static Tensor GoneTensor(params long[] shape)
    {
        Tensor tensor = ones(shape);
        tensor.Dispose();
        return tensor;
    }

    private static IEnumerable<TestCaseData> Arrays()
    {
        static TestCaseData Case(string name, Func<long[], ArrayLike> make) => new TestCaseData(make).SetArgDisplayNames(name);
        yield return Case("NDArray", s => Gone(s));
        yield return Case("view of a disposed NDArray", s => LateView(s));
        yield return Case("list of NDArray", s => new[] { Gone(s) });
        yield return Case("Tensor", s => GoneTensor(s));
        yield return Case("list of Tensor", s => new List<Tensor> { GoneTensor(s) });
    }

    [TestCaseSource(nameof(Arrays))]
    public void Data_that_was_disposed_is_refused_wherever_a_model_takes_some(Func<long[], ArrayLike> gone)
    {
        Model model = Model();
        ArrayLike x = gone([10, 2]);
        ArrayLike y = gone([10, 1]);
        ArrayLike weights = gone([10]);
        using (Assert.EnterMultipleScope())
        {
            Refused(() => model.Predict(x));
            Refused(() => model.PredictOutputs(x));
            Refused(() => model.Fit(x, Y, verbose: 0));
            Refused(() => model.Fit(X, y, verbose: 0));
            Refused(() => model.Fit(X, Y, verbose: 0, sample_weight: weights));
            Refused(() => model.Fit(X, Y, verbose: 0, validation_data: (x, Y)));
            Refused(() => model.Fit(X, Y, verbose: 0, validation_data: (X, y)));
            Refused(() => model.Fit(X, Y, verbose: 0, validation_data: (X, Y, weights)));
            Refused(() => model.Evaluate(x, Y));
            Refused(() => model.Evaluate(X, y));
            Refused(() => model.Evaluate(X, Y, sample_weight: weights));
            Refused(() => model.TrainOnBatch(x, Y));
            Refused(() => model.TestOnBatch(X, y));
            Refused(() => new Sequential(new Dense(1)).Predict(x));
        }

        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Weights_metrics_and_labels_refuse_arrays_that_were_disposed()
    {
        Model model = Model();
        using NDArray kernel = np.ones(new NumSharp.Shape(2, 1), NPTypeCode.Single);
        using NDArray alive = np.ones(new NumSharp.Shape(3), NPTypeCode.Single);
        using (Assert.EnterMultipleScope())
        {
            Refused(() => model.SetWeights([Gone(2, 1), Gone(1)]));
            Refused(() => model.SetWeights([kernel, Gone(1)]));
            Refused(() => model.Weights[0].Assign(GoneTensor(2, 1)));
            Refused(() => MetricFunctions.Accuracy(Gone(3), alive));
            Refused(() => MetricFunctions.CategoricalAccuracy(alive, LateView(3)));
            Refused(() => Utils.ToCategorical(Gone(3)));
            Refused(() => Utils.ToCategorical(LateView(30)));
            Refused(() => model.Call(GoneTensor(10, 2)));
            Refused(() => new Keras.Losses.MeanSquaredError().Call(GoneTensor(3, 1), ones(3, 1)));
            Refused(() => LossFunctions.MeanSquaredError(ones(3, 1), GoneTensor(3, 1)));
        }

        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Arrays_of_a_dataset_that_was_disposed_are_refused()
    {
        ImageDataset data = Datasets.Digits.LoadData();
        NDArray images = data.TestX;
        NDArray view = data.TestX["0:10"];
        data.Dispose();
        var model = new Sequential(new Input(28, 28, 1), new Flatten());
        Func<NDArray>[] all =
        [
            () => data.TrainX,
            () => data.TrainY,
            () => data.TestX,
            () => data.TestY,
            () => data.TrainLabels,
            () => data.TestLabels,
        ];
        foreach (Func<NDArray> array in all)
        {
            Assert.That(() => array(), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("dataset"));
        }

        Refused(() => model.Predict(images));
        using NDArray seen = model.Predict(view);
        Assert.That(seen.shape, Is.EqualTo(new long[] { 10, 784 }), "a view that was made before keeps its memory");
        view.Dispose();
        Assert.That(data.ClassCount, Is.EqualTo(10));

        RawImageDataset raw = Datasets.Digits.LoadRaw();
        raw.Dispose();
        foreach (Func<NDArray> array in new Func<NDArray>[] { () => raw.TrainX, () => raw.TrainY, () => raw.TestX, () => raw.TestY })
        {
            Assert.That(() => array(), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    private static void Refused(Action call) =>
        Assert.That(() => call(), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("disposed"));
}
