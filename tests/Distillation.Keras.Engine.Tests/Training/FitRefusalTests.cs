using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What Compile, Fit, Evaluate and Predict refuse, before the first step, and what the messages say.</summary>
public sealed class FitRefusalTests
{
    private static Sequential Classifier(string loss = "categorical_crossentropy")
    {
        var model = new Sequential(new Input(2), new Dense(4, activation: "softmax"));
        model.Compile("sgd", loss);
        return model;
    }

    private static float[,] OneHot(int width) => Make((i, j) => i % width == j ? 1 : 0, 10, width);

    private static void Refused<T>(Action call, params string[] parts)
        where T : Exception
    {
        Exception? found = Assert.Catch(() => call());
        Assert.That(found, Is.InstanceOf<T>());
        foreach (string part in parts)
        {
            Assert.That(found!.Message, Does.Contain(part));
        }
    }

    [Test]
    public void Names_that_Compile_does_not_know_are_refused_at_once()
    {
        Model model = Model(compile: false);
        Refused<ArgumentException>(() => model.Compile("adamm", loss: "mse"), "adamm", "adam");
        Refused<ArgumentException>(() => model.Compile("adam", loss: "crossentropy2"), "crossentropy2");
        Refused<ArgumentException>(() => model.Compile("adam", loss: "mse", metrics: ["acuracy"]), "acuracy");
        Refused<ArgumentException>(() => model.Compile("adam", loss: new string?[] { "mse", "nope" }), "nope");
        Refused<ArgumentOutOfRangeException>(() => model.Compile("adam", loss: "mse", steps_per_execution: 0), "steps_per_execution");
        Assert.That(model.IsCompiled, Is.False);
    }

    [Test]
    public void Training_needs_Compile_and_a_loss()
    {
        Model model = Model(compile: false);
        Refused<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0), "Compile", model.Name);
        Refused<InvalidOperationException>(() => model.Evaluate(X, Y), "Compile");
        Refused<InvalidOperationException>(() => model.TrainOnBatch(X, Y), "Compile");
        Refused<InvalidOperationException>(() => model.TestOnBatch(X, Y), "Compile");
        model.Compile("sgd");
        Refused<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0), "without a loss");
    }

    [Test]
    public void Losses_weights_and_metrics_must_fit_the_outputs()
    {
        Model model = Model(compile: false);
        string output = model.Outputs[0].Name;
        model.Compile("sgd", loss: new Dictionary<string, string> { ["nowhere"] = "mse" });
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0), "nowhere", output);
        model.Compile("sgd", loss: ["mse", "mse"]);
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0), "1 outputs", "2 entries");
        model.Compile("sgd", loss: "mse", loss_weights: [1.0, 2.0]);
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0), "loss_weights");
        model.Compile("sgd", loss: "mse", metrics: new Dictionary<string, string> { ["other"] = "mae" });
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0), "metrics", "other", output);
        Refused<ArgumentException>(() => model.Compile("sgd", loss: "mse", loss_weights: double.NaN), "finite");
        model.Compile("sgd", loss: new MeanSquaredError(reduction: "none"));
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0), "none", "sum_over_batch_size", output);
    }

    [Test]
    public void One_optimizer_serves_one_model()
    {
        var optimizer = new SGD(0.1);
        Model first = Model(compile: false);
        Model second = Model(compile: false);
        first.Compile(optimizer, loss: "mse");
        second.Compile(optimizer, loss: "mse");
        first.Fit(X, Y, verbose: 0);
        Refused<ArgumentException>(() => second.Fit(X, Y, verbose: 0), "linear/kernel", "optimizer");
    }

    [Test]
    public void Arrays_must_have_the_models_shapes_and_one_row_a_sample()
    {
        Model model = Model();
        Refused<ArgumentException>(() => model.Fit(Make((_, _) => 0, 10, 3), Y, verbose: 0), "(None, 2)", "(10, 3)");
        Refused<ArgumentException>(() => model.Fit(zeros(10, 1, 2), Y, verbose: 0), "(None, 2)", "(10, 1, 2)");
        Refused<ArgumentException>(() => model.Fit(tensor(1f), Y, verbose: 0), "(None, 2)", "()");
        Refused<ArgumentException>(() => model.Fit(X, Rows(Y, 0, 9), verbose: 0), "10", "y", "(9, 1)");
        Refused<ArgumentException>(() => model.Fit(X, verbose: 0), "y is null");
        Refused<ArgumentException>(() => model.Evaluate(X), "y is null");
        Refused<ArgumentNullException>(() => model.Fit(null!, Y, verbose: 0), "x");
        Refused<ArgumentNullException>(() => model.Predict(null!), "x");
        Refused<ArgumentException>(() => model.Fit(zeros(0, 2), zeros(0, 1), verbose: 0), "at least one sample");
        Refused<ArgumentException>(() => model.Evaluate(zeros(0, 2), zeros(0, 1)), "at least one sample");
        Refused<ArgumentException>(() => model.Predict(new float[0, 2]), "at least one sample");
        Refused<ArgumentException>(() => model.Predict(Make((_, _) => 0, 8, 6)), "(None, 2)", "(8, 6)");
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0, validation_data: (zeros(4, 6), zeros(4, 1))), "(None, 2)", "(4, 6)");
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0, validation_data: (zeros(4, 2), zeros(3, 1))), "(3, 1)");
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0, sample_weight: new float[9]), "sample_weight", "(9,)");
        Refused<ArgumentException>(() => model.Fit(new[] { zeros(10, 2), zeros(10, 2) }, Y, verbose: 0), "1 inputs", "2 arrays");
        Refused<ArgumentException>(
            () => model.Fit(new Dictionary<string, TorchSharp.torch.Tensor> { ["who"] = zeros(10, 2) }, Y, verbose: 0),
            "who",
            model.Inputs[0].Name
        );
    }

    [Test]
    public void A_scalar_is_refused_by_a_model_that_is_not_built_yet()
    {
        var model = new Sequential(new Dense(3));
        Refused<ArgumentException>(() => model.Predict(tensor(1f)), "one row a sample");
    }

    [Test]
    public void Targets_must_fit_the_loss()
    {
        Refused<ArgumentException>(() => Classifier().Fit(X, new int[10], verbose: 0), "(10,)", "(None, 4)");
        Refused<ArgumentException>(() => Classifier().Fit(X, OneHot(5), verbose: 0), "5", "4");
        Refused<ArgumentException>(() => Classifier("sparse_categorical_crossentropy").Fit(X, OneHot(4), verbose: 0), "(10, 4)");
        Refused<ArgumentException>(
            () => Classifier("sparse_categorical_crossentropy").Fit(X, new[] { 0, 1, 2, 3, 4, 0, 1, 2, 3, 0 }, verbose: 0),
            "4"
        );
        Refused<ArgumentException>(
            () => Classifier("sparse_categorical_crossentropy").Fit(X, new[] { 0, 1, 2, 3, -1, 0, 1, 2, 3, 0 }, verbose: 0),
            "-1"
        );
        Refused<ArgumentException>(() => Classifier("binary_crossentropy").Fit(X, Y, verbose: 0), "(10, 1)");
    }

    [Test]
    public void Validation_targets_are_checked_before_the_first_step()
    {
        Model model = Classifier("sparse_categorical_crossentropy");
        Refused<ArgumentException>(() => model.Fit(X, new int[10], verbose: 0, validation_data: (Rows(X, 0, 2), new[] { 0, 9 })), "9");
        Assert.That(model.Optimizer.Iterations, Is.Zero);
    }

    [Test]
    public void Numbers_out_of_range_are_refused_by_their_names()
    {
        Model model = Model();
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, batch_size: 0, verbose: 0), "batch_size", "at least 1");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, batch_size: -1, verbose: 0), "batch_size");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, epochs: -1, verbose: 0), "epochs");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, initial_epoch: -1, verbose: 0), "initial_epoch");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, steps_per_epoch: 0, verbose: 0), "steps_per_epoch");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, validation_freq: 0, verbose: 0), "validation_freq");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, validation_steps: 0, verbose: 0), "validation_steps");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, validation_batch_size: 0, verbose: 0), "validation_batch_size");
        Refused<ArgumentOutOfRangeException>(() => model.Fit(X, Y, verbose: 3), "verbose", "0");
        Refused<ArgumentOutOfRangeException>(() => model.Evaluate(X, Y, batch_size: 0), "batch_size");
        Refused<ArgumentOutOfRangeException>(() => model.Evaluate(X, Y, steps: 0), "steps");
        Refused<ArgumentOutOfRangeException>(() => model.Predict(X, batch_size: 0), "batch_size");
        Refused<ArgumentException>(() => model.Fit(X, Y, verbose: 0, callbacks: new Callback[] { null! }), "callbacks");
        new LinearProblem().AssertWeights(model);
    }

    [TestCase(1.0)]
    [TestCase(1.5)]
    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    public void A_validation_split_leaves_samples_on_both_sides(double split) =>
        Refused<ArgumentException>(() => Model().Fit(X, Y, verbose: 0, validation_split: split), "validation_split", "10 samples");

    [Test]
    public void Weights_of_classes_and_samples_are_refused_together_and_where_there_is_no_class()
    {
        var classes = new Dictionary<int, double> { [0] = 1 };
        Refused<ArgumentException>(
            () => Model().Fit(X, Y, verbose: 0, class_weight: classes, sample_weight: new float[10]),
            "class_weight or sample_weight"
        );
        Refused<ArgumentException>(() => Model().Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [-1] = 2 }), "-1");
        Refused<ArgumentException>(
            () => Model().Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [0] = double.NaN }),
            "finite"
        );
        Refused<ArgumentException>(
            () => Model().Fit(X, zeros(10, 3, 2), verbose: 0, class_weight: classes),
            "one class a sample",
            "(10, 3, 2)"
        );
        Refused<ArgumentException>(() => Model().Fit(X, Y, verbose: 0, class_weight: classes), "one class a sample", "fractions");
        Refused<ArgumentException>(
            () => Model().Fit(X, new int[10], verbose: 0, class_weight: new Dictionary<int, double> { [0] = 1e300 }),
            "finite"
        );
    }

    [TestCase(2)]
    [TestCase(500_000_000)]
    [TestCase(int.MaxValue - 1)]
    [TestCase(int.MaxValue)]
    public void Class_weights_for_classes_that_there_are_not_are_refused(int key)
    {
        var classes = new Dictionary<int, double> { [key] = 10 };
        int[] labels = [0, 1, 0, 1, 1, 0, 1, 0, 1, 1];
        var one = new Sequential(new Input(2), new Dense(1, activation: "sigmoid"));
        one.Compile("sgd", loss: "binary_crossentropy");
        var two = new Sequential(new Input(2), new Dense(2, activation: "softmax"));
        two.Compile("sgd", loss: "sparse_categorical_crossentropy");
        var rows = new Sequential(new Input(2), new Dense(2, activation: "softmax"));
        rows.Compile("sgd", loss: "categorical_crossentropy");
        Refused<ArgumentException>(
            () => one.Fit(X, labels.Select(l => (float)l).ToArray(), verbose: 0, class_weight: classes),
            "0 to 1",
            $"{key}"
        );
        Refused<ArgumentException>(() => two.Fit(X, labels, verbose: 0, class_weight: classes), "0 to 1", $"{key}");
        Refused<ArgumentException>(() => two.TrainOnBatch(X, new int[10], class_weight: classes), "0 to 1", $"{key}");
        Refused<ArgumentException>(() => rows.Fit(X, OneHot(2), verbose: 0, class_weight: classes), "0 to 1", $"{key}");
        Assert.That(
            () => two.Fit(X, new int[10], verbose: 0, class_weight: new Dictionary<int, double> { [1] = 10 }),
            Throws.Nothing,
            "a class that no sample has is one all the same"
        );
    }

    [Test]
    public void More_steps_of_evaluation_than_the_data_have_are_refused()
    {
        Refused<ArgumentOutOfRangeException>(() => Model().Evaluate(X, Y, batch_size: 4, steps: 4), "steps", "3");
        Refused<ArgumentOutOfRangeException>(
            () => Model().Fit(X, Y, verbose: 0, validation_data: (X, Y), validation_batch_size: 5, validation_steps: 3),
            "validation_steps",
            "2"
        );
        Refused<ArgumentOutOfRangeException>(
            () => Model().Fit(X, Y, verbose: 0, batch_size: 1, validation_split: 0.2, validation_steps: 3),
            "validation_steps",
            "2"
        );
        Assert.That(Model().Evaluate(X, Y, batch_size: 4, steps: 3).Loss, Is.EqualTo(Model().Evaluate(X, Y).Loss).Within(1e-6));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Values_that_are_not_finite_are_refused_and_counted(float bad)
    {
        float[,] x = (float[,])X.Clone();
        x[3, 1] = bad;
        float[,] y = (float[,])Y.Clone();
        y[2, 0] = bad;
        float[] weights = new float[10];
        weights[1] = bad;
        Refused<ArgumentException>(() => Model().Fit(x, Y, verbose: 0), "1 of the 20 values of x");
        Refused<ArgumentException>(() => Model().Fit(X, y, verbose: 0), "1 of the 10 values of y");
        Refused<ArgumentException>(() => Model().Fit(X, Y, verbose: 0, sample_weight: weights), "sample_weight");
        Refused<ArgumentException>(() => Model().Predict(x), "NaN or infinite");
        Refused<ArgumentException>(() => Model().Evaluate(x, Y), "NaN or infinite");
    }

    [Test]
    public void A_sum_that_overflows_is_no_infinity_in_the_data() =>
        Assert.That(
            () =>
                Model()
                    .Predict(
                        new double[,]
                        {
                            { float.MaxValue, float.MaxValue },
                        }
                    )
                    .Dispose(),
            Throws.Nothing
        );
}
