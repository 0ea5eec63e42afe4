using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What C# writes: functions as losses, class weights, datasets taken apart, shapes of 64 bits.</summary>
public sealed class CSharpFaceTests
{
    private static readonly float[,] X =
    {
        { 1, 2, 3 },
        { 0, 1, -1 },
        { 2, 0, 1 },
        { 1, 1, 0 },
    };
    private static readonly float[,] Y =
    {
        { 1, 0 },
        { 0, 1 },
        { 1, 0 },
        { 0, 1 },
    };

    [Test]
    public void A_function_is_a_loss_under_its_own_name()
    {
        var model = new Sequential(new Input(3), new Dense(2));
        model.Compile("sgd", FourthPower, ["mae"]);
        double named = model.TestOnBatch(X, Y).Loss;
        Assert.That(((Loss)model.Compilation!.Loss!).Name, Is.EqualTo("fourth_power"));
        model.Compile("sgd", (y, p) => p.sub(y).pow(4).mean([-1]));
        Assert.That(model.TestOnBatch(X, Y).Loss, Is.EqualTo(named).And.GreaterThan(0));
        Assert.That(((Loss)model.Compilation!.Loss!).Name, Is.EqualTo("lambda"));
        Func<Tensor, Tensor, Tensor> variable = FourthPower;
        model.Compile("sgd", variable);
        Assert.That(model.TestOnBatch(X, Y).Loss, Is.EqualTo(named));

        static Tensor FourthPower(Tensor y, Tensor p) => p.sub(y).pow(4).mean([-1]);
    }

    [Test]
    public void Class_weights_are_a_new_expression_or_any_dictionary()
    {
        var model = new Sequential(new Input(3), new Dense(2, activation: "softmax", kernel_initializer: "ones"));
        model.Compile(new SGD(0.0), "categorical_crossentropy");
        double expected = model.Fit(X, Y, verbose: 0, sample_weight: new[] { 1f, 3f, 1f, 3f })["loss"][0];
        IReadOnlyDictionary<int, double> readOnly = new Dictionary<int, double> { [1] = 3 };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Fit(X, Y, verbose: 0, class_weight: new() { [1] = 3.0 })["loss"][0], Is.EqualTo(expected).Within(1e-7));
            Assert.That(
                model.Fit(X, Y, verbose: 0, class_weight: new() { { 0, 1 }, { 1, 3 } })["loss"][0],
                Is.EqualTo(expected).Within(1e-7)
            );
            Assert.That(
                model.Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [1] = 3 })["loss"][0],
                Is.EqualTo(expected).Within(1e-7)
            );
            Assert.That(model.Fit(X, Y, verbose: 0, class_weight: readOnly)["loss"][0], Is.EqualTo(expected).Within(1e-7));
            Assert.That(
                model.Fit(X, Y, verbose: 0, class_weight: readOnly.ToImmutableDictionary())["loss"][0],
                Is.EqualTo(expected).Within(1e-7)
            );
            Assert.That(model.TrainOnBatch(X, Y, class_weight: new() { [1] = 3 }).Loss, Is.EqualTo(expected).Within(1e-6));
            Assert.That(model.Fit(X, Y, verbose: 0, class_weight: null)["loss"][0], Is.Not.EqualTo(expected).Within(1e-3));
            Assert.That(
                () => new ClassWeights { { 1, 2 }, { 1, 3 } },
                Throws.ArgumentException.With.Message.Contains("class 1 is given twice")
            );
        }
    }

    [Test]
    public void A_dataset_is_taken_apart_as_in_Keras()
    {
        using ImageDataset data = Datasets.Digits.LoadData();
        ((NDArray trainX, NDArray trainY), (NDArray testX, NDArray testY)) = data;
        Assert.That(
            (trainX, trainY, testX, testY),
            Is.EqualTo((data.TrainX, data.TrainY, data.TestX, data.TestY)).Using<NDArray>(ReferenceEquals)
        );
        using RawImageDataset raw = Datasets.Digits.LoadRaw();
        ((NDArray bytes, _), (_, NDArray labels)) = raw;
        Assert.That(ReferenceEquals(bytes, raw.TrainX) && ReferenceEquals(labels, raw.TestY));
    }

    [Test]
    public void Shapes_are_taken_as_NumSharp_and_libtorch_have_them()
    {
        using NDArray x = np.zeros(new Shape(2, 28, 28, 1).ToSizes());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new Input(x.shape[1..]).BatchShape, Is.EqualTo(new Input(28, 28, 1).BatchShape));
            Assert.That(new Shape(x.shape), Is.EqualTo(new Shape(2, 28, 28, 1)));
            Assert.That((TargetShape)x.shape[1..], Is.EqualTo(new TargetShape(28, 28, 1)));
            Assert.That((Size)new long[] { 3, 5 }, Is.EqualTo(new Size(3, 5)));
            Assert.That((Axes)new long[] { 1, -1 }, Is.EqualTo(new Axes(1, -1)));
            Assert.That(() => (Shape)new[] { 3L, 3_000_000_000L }, Throws.ArgumentException.With.Message.Contains("3000000000"));
            Assert.That(() => new Input(new[] { -1L }), Throws.ArgumentException);
        }
    }

    [Test]
    public void A_list_of_losses_goes_by_the_order_of_the_outputs()
    {
        var input = new Input(3);
        var model = new Model(input, [new Dense(2, name: "p").Apply(input), new Dense(2, name: "q").Apply(input)]);
        foreach (
            Action compile in (Action[])
                [
                    () =>
                        model.Compile(
                            "sgd",
                            ["mse", new Huber()],
                            [
                                ["mae"],
                                ["mse"],
                            ],
                            [1.0, 0.5]
                        ),
                    () => model.Compile("sgd", new List<Loss> { new MeanSquaredError(), new Huber() }, new[] { new[] { "mae" }, ["mse"] }),
                    () =>
                        model.Compile(
                            "sgd",
                            LossSpec.Of(["mse", new Huber()]),
                            new MetricList(new Dictionary<string, object> { ["q"] = "mse", ["p"] = new[] { "mae" } })
                        ),
                    () =>
                        model.Compile(
                            "sgd",
                            LossSpec.ByName(new Dictionary<string, object> { ["q"] = new Huber(), ["p"] = "mse" }),
                            new object[] { new[] { "mae" }, new[] { "mse" } }
                        ),
                ]
        )
        {
            compile();
            Logs logs = model.TestOnBatch(X, new[] { Y, Y });
            Assert.That(logs.Keys, Is.EquivalentTo((string[])["loss", "p_loss", "q_loss", "p_mae", "q_mse"]));
            JsonNode? loss = model.GetCompileConfig()!["loss"];
            Assert.That((loss is JsonObject named ? named["q"] : loss![1])!["class_name"]!.GetValue<string>(), Is.EqualTo("Huber"));
        }
    }

    [Test]
    public void What_is_no_metric_or_loss_is_refused_by_name()
    {
        var model = new Sequential(new Input(3), new Dense(2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Compile("sgd", "mse", [1, 2]), Throws.ArgumentException.With.Message.Contains("found 1 (Int32)"));
            Assert.That(
                () => model.Compile("sgd", "mse", new object[] { null! }),
                Throws.ArgumentException.With.Message.Contains("found null")
            );
            Assert.That(
                () => model.Compile("sgd", "mse", new MetricList(new Dictionary<int, string> { [1] = "mae" })),
                Throws.ArgumentException.With.Message.Contains("a name (a string)")
            );
            Assert.That(() => LossSpec.Of(["mse", 2]), Throws.ArgumentException.With.Message.Contains("found 2 (Int32)"));
            Assert.That(() => LossSpec.ByName(new[] { "mse" }), Throws.ArgumentException.With.Message.Contains("without names"));
            Assert.That(model.IsCompiled, Is.False);
        }

        model.Compile("sgd", "mse");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => model.Fit(X, Y, validation_data: (new object(), Y)),
                Throws.ArgumentException.With.Message.Contains("validation_data[0] is System.Object (Object)")
            );
            Assert.That(() => model.Fit(X, Y, validation_data: (X, Y, Y, Y)), Throws.ArgumentException.With.Message.Contains("4 elements"));
        }
    }

    [Test]
    public void Validation_data_are_a_tuple_of_any_data()
    {
        var model = new Sequential(new Input(3), new Dense(2));
        model.Compile(new SGD(0.0), "mse");
        float[] weights = [1, 1, 1, 1];
        float[] uneven = [1, 2, 3, 4];
        float[][] rows =
        [
            [1, 2, 3],
            [0, 1, -1],
            [2, 0, 1],
            [1, 1, 0],
        ];
        using NDArray x = np.array(X);
        double expected = model.Evaluate(X, Y).Loss;
        (float[,], float[,], float[]) triple = (X, Y, weights);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: (X, Y))));
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: (rows, Y, weights))));
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: (x, Y, weights))));
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: triple)));
            Assert.That(
                model.Fit(X, Y, verbose: 0, validation_data: (rows, Y, uneven))["val_loss"][0],
                Is.EqualTo(model.Evaluate(X, Y, sample_weight: uneven).Loss).Within(1e-6).And.Not.EqualTo(expected).Within(1e-3)
            );
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, Y))));
            Assert.That(Fitted(model.Fit(X, Y, verbose: 0, validation_data: (new List<NDArray> { x }, Y))));
        }

        bool Fitted(History history) => Math.Abs(history["val_loss"][0] - expected) < 1e-6;
    }
}
