using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Models with several inputs and outputs, and the ways to say losses, weights and metrics of each.</summary>
public sealed class MultiOutputTests
{
    private static readonly float[,] A = Make((i, j) => (0.1f * i) + j, 10, 2);

    private static readonly float[,] B = Make((i, j) => 1 - (0.2f * i) + j, 10, 3);

    private static readonly float[,] P = Make((i, _) => i % 2, 10, 1);

    private static readonly float[,] Q = Make((i, j) => i % 4 == j ? 1 : 0, 10, 4);

    private static Model TwoByTwo()
    {
        KerasTensor a = new Input(2, name: "a");
        KerasTensor b = new Input(3, name: "b");
        KerasTensor both = new Concatenate().Apply(a, b);
        KerasTensor p = new Dense(1, activation: "sigmoid", kernel_initializer: "ones", name: "p").Apply(both);
        KerasTensor q = new Dense(4, activation: "softmax", name: "q").Apply(both);
        return new Model(new[] { a, b }, new[] { p, q });
    }

    [Test]
    public void Arrays_in_order_and_by_name_give_the_same_result()
    {
        Model model = TwoByTwo();
        model.Compile("sgd", loss: ["mse", "categorical_crossentropy"]);
        Logs expected = model.Evaluate(new[] { np.array(A), np.array(B) }, new[] { np.array(P), np.array(Q) });
        Assert.That(expected.Keys, Is.EqualTo(new[] { "loss", "p_loss", "q_loss" }));
        Assert.That(expected.Loss, Is.EqualTo(expected["p_loss"] + expected["q_loss"]).Within(1e-6));
        ArrayLike[] inputs =
        [
            new[] { A, B },
            new Array[] { A, B },
            new object[] { A, np.array(B) },
            new ArrayLike[] { A, np.array(B) },
            new List<NDArray> { np.array(A), np.array(B) },
            new Dictionary<string, NDArray> { ["b"] = np.array(B), ["a"] = np.array(A) },
        ];
        ArrayLike[] targets =
        [
            new[] { P, Q },
            new Array[] { P, Q },
            new object[] { P, np.array(Q) },
            new ArrayLike([(ArrayLike)P, Q]),
            new List<NDArray> { np.array(P), np.array(Q) },
            new Dictionary<string, NDArray> { ["q"] = np.array(Q), ["p"] = np.array(P) },
        ];
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.That(model.Evaluate(inputs[i], targets[i]), Is.EqualTo(expected), $"form {i}");
        }
    }

    [Test]
    public void Losses_and_their_weights_by_list_and_by_name_agree()
    {
        ArrayLike x = new[] { A, B };
        ArrayLike y = new[] { P, Q };
        Model model = TwoByTwo();
        model.Compile("sgd", loss: ["mse", new Keras.Losses.CategoricalCrossentropy()], loss_weights: [2.0, 0.5]);
        Logs listed = model.Evaluate(x, y);
        Assert.That(listed.Loss, Is.EqualTo((2 * listed["p_loss"]) + (0.5 * listed["q_loss"])).Within(1e-6));
        model.Compile(
            "sgd",
            loss: new Dictionary<string, Loss> { ["q"] = new Keras.Losses.CategoricalCrossentropy(), ["p"] = "mse" },
            loss_weights: new Dictionary<string, double> { ["q"] = 0.5, ["p"] = 2 }
        );
        Assert.That(model.Evaluate(x, y), Is.EqualTo(listed));
        model.Compile("sgd", loss: new string?[] { null, "categorical_crossentropy" });
        Assert.That(model.Evaluate(x, y).Loss, Is.EqualTo(listed["q_loss"]).Within(1e-6));
        model.Compile("sgd", loss: new Dictionary<string, string> { ["p"] = "mse" });
        Assert.That(model.Evaluate(x, y).Loss, Is.EqualTo(listed["p_loss"]).Within(1e-6));
        model.Compile("sgd", loss: "mse");
        Assert.That(model.Evaluate(x, y)["p_loss"], Is.EqualTo(listed["p_loss"]).Within(1e-6));
    }

    [Test]
    public void Metrics_by_list_and_by_name_agree()
    {
        ArrayLike x = new[] { A, B };
        ArrayLike y = new[] { P, Q };
        Model model = TwoByTwo();
        model.Compile(
            "sgd",
            loss: "mse",
            metrics:
            [
                ["accuracy"],
                ["accuracy", new TopKCategoricalAccuracy(2)],
            ]
        );
        Logs listed = model.Evaluate(x, y);
        Assert.That(
            listed.Keys,
            Is.EqualTo(new[] { "loss", "p_accuracy", "p_loss", "q_accuracy", "q_loss", "q_top_k_categorical_accuracy" })
        );
        model.Compile(
            "sgd",
            loss: "mse",
            metrics: new Dictionary<string, MetricGroup> { ["p"] = "accuracy", ["q"] = ["accuracy", new TopKCategoricalAccuracy(2)] }
        );
        Assert.That(model.Evaluate(x, y), Is.EqualTo(listed));
        model.Compile("sgd", loss: "mse", metrics: ["mae", "accuracy"]);
        Assert.That(model.Evaluate(x, y).Keys, Is.EqualTo(new[] { "loss", "p_loss", "p_mae", "q_accuracy", "q_loss" }));
        model.Compile("sgd", loss: "mse", metrics: ["mae", "accuracy", "mse"]);
        Assert.That(() => model.Evaluate(x, y), Throws.ArgumentException.With.Message.Contains("2 outputs").And.Message.Contains("p, q"));
    }

    [Test]
    public void One_output_takes_metrics_as_a_collection_of_names_and_objects()
    {
        var model = new Sequential(new Input(2), new Dense(8, activation: "softmax"));
        int[] labels = [0, 1, 2, 3, 4, 5, 6, 7, 0, 1];
        using NDArray oneHot = Keras.Utils.ToCategorical(np.array(labels), 8);
        model.Compile("sgd", "categorical_crossentropy", ["accuracy", new TopKCategoricalAccuracy(5)]);
        Assert.That(model.Evaluate(A, oneHot).Keys, Is.EqualTo(new[] { "accuracy", "loss", "top_k_categorical_accuracy" }));
        model.Compile("sgd", "categorical_crossentropy", metrics: ["accuracy"]);
        Assert.That(model.Evaluate(A, oneHot).Keys, Is.EqualTo(new[] { "accuracy", "loss" }));
        model.Compile("sgd", "sparse_categorical_crossentropy", metrics: ["accuracy"], weighted_metrics: ["accuracy"]);
        Assert.That(model.Evaluate(A, labels).Keys, Is.EqualTo(new[] { "accuracy", "loss", "weighted_accuracy" }));
    }

    [Test]
    public void No_metrics_may_be_said_as_null_in_every_form()
    {
        Model model = Model(compile: false);
        Action[] forms =
        [
            () => model.Compile("sgd", "mse", metrics: null),
            () => model.Compile("sgd", "mse", null),
            () => model.Compile(new SGD(0.1), new Keras.Losses.MeanSquaredError(), metrics: null),
            () => model.Compile("sgd", loss: "mse", metrics: null, weighted_metrics: null),
            () => model.Compile("sgd", loss: "mse", loss_weights: null, metrics: (string[]?)null, weighted_metrics: (Metric[]?)null),
            () => model.Compile("sgd", "mse", (IEnumerable<string>?)null),
            () => model.Compile("sgd", "mse", (IEnumerable<Metric>?)null),
            () => model.Compile(null, "mse", metrics: null),
        ];
        foreach (Action form in forms)
        {
            form();
            Assert.That(model.Evaluate(X, Y).Keys, Is.EqualTo(new[] { "loss" }));
        }

        // As in Keras a model may be compiled without a loss, and says so when one is needed.
        model.Compile("sgd", null, ["mae"]);
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.InvalidOperationException.With.Message.Contains("without a loss"));
    }

    [Test]
    public void Accuracy_is_resolved_anew_when_the_form_of_the_targets_changes()
    {
        var model = new Sequential(
            new Input(2),
            new Dense(4, activation: "softmax", kernel_initializer: "ones", bias_initializer: "zeros")
        );
        model.Weights[1].Assign(tensor(new[] { 0f, 0, 3, 0 }));
        model.Compile("sgd", loss: "crossentropy", metrics: ["accuracy"]);
        int[] labels = [2, 2, 2, 2, 2, 0, 1, 3, 0, 1];
        using NDArray oneHot = Keras.Utils.ToCategorical(np.array(labels), 4);
        Logs sparse = model.Evaluate(A, labels);
        Logs dense = model.Evaluate(A, oneHot);
        Assert.That(sparse["accuracy"], Is.EqualTo(0.5).Within(1e-6));
        Assert.That(dense["accuracy"], Is.EqualTo(0.5).Within(1e-6));
        Assert.That(dense.Loss, Is.EqualTo(sparse.Loss).Within(1e-6));
        Assert.That(model.GetCompileConfig()!["loss"]!.GetValue<string>(), Is.EqualTo("crossentropy"));
        model.Compile("sgd", loss: ["crossentropy"]);
        Assert.That(model.Evaluate(A, labels).Loss, Is.EqualTo(sparse.Loss).Within(1e-6));
    }

    [Test]
    public void Sample_weights_are_given_once_for_all_outputs_or_for_each()
    {
        Model model = TwoByTwo();
        model.Compile("sgd", loss: "mse");
        float[] two = [.. Enumerable.Repeat(2f, 10)];
        float[] four = [.. Enumerable.Repeat(4f, 10)];
        Logs plain = model.Evaluate(new[] { A, B }, new[] { P, Q });
        Logs once = model.Evaluate(new[] { A, B }, new[] { P, Q }, sample_weight: two);
        Logs each = model.Evaluate(new[] { A, B }, new[] { P, Q }, sample_weight: new ArrayLike([(ArrayLike)two, four]));
        Assert.That(once.Loss, Is.EqualTo(2 * plain.Loss).Within(1e-5));
        Assert.That(each.Loss, Is.EqualTo((2 * plain["p_loss"]) + (4 * plain["q_loss"])).Within(1e-5));
        Assert.That(
            () => model.Fit(new[] { A, B }, new[] { P, Q }, verbose: 0, class_weight: new Dictionary<int, double> { [1] = 2 }),
            Throws.ArgumentException.With.Message.Contains("one output")
        );
    }

    [Test]
    public void Missing_and_unknown_names_of_inputs_and_outputs_are_refused()
    {
        Model model = TwoByTwo();
        model.Compile("sgd", loss: "mse");
        Assert.That(() => model.Evaluate(A, new[] { P, Q }), Throws.ArgumentException.With.Message.Contains("a, b"));
        Assert.That(() => model.Evaluate(new[] { A, B }, P), Throws.ArgumentException.With.Message.Contains("p, q"));
        Assert.That(
            () => model.Evaluate(new Dictionary<string, NDArray> { ["a"] = np.array(A), ["c"] = np.array(B) }, new[] { P, Q }),
            Throws.ArgumentException.With.Message.Contains("(a, b), but 'b' is missing, 'c' is none of them")
        );
        Assert.That(
            () => model.Evaluate(new Dictionary<string, NDArray> { ["a"] = np.array(A) }, new[] { P, Q }),
            Throws.ArgumentException.With.Message.Contains("(a, b), but 'b' is missing.")
        );
        Assert.That(
            () => model.Evaluate(new[] { A, Rows(B, 0, 9) }, new[] { P, Q }),
            Throws.ArgumentException.With.Message.Contains("(9, 3)")
        );
        Assert.That(() => model.Predict(new[] { A, B }), Throws.InvalidOperationException.With.Message.Contains("PredictOutputs"));
    }

    [TestCase(10)]
    [TestCase(4)]
    [TestCase(3)]
    public void A_loss_of_one_output_and_a_loss_as_a_metric_are_means_over_samples_whatever_the_batches(int batch_size)
    {
        Model model = TwoByTwo();
        model.Compile(
            new SGD(0.0),
            loss: "mse",
            metrics:
            [
                [new Keras.Losses.MeanSquaredError()],
                ["mse"],
            ]
        );
        ArrayLike x = new[] { A, B };
        ArrayLike y = new[] { P, Q };
        double p = 0,
            q = 0;
        IReadOnlyList<NDArray> outputs = model.PredictOutputs(x);
        float[] first = outputs[0].ToArray<float>(),
            second = outputs[1].ToArray<float>();
        for (int i = 0; i < 10; i++)
        {
            p += Math.Pow(first[i] - P[i, 0], 2) / 10;
            q += Enumerable.Range(0, 4).Sum(j => Math.Pow(second[(4 * i) + j] - Q[i, j], 2)) / 40;
        }

        Logs logs = model.Evaluate(x, y, batch_size: batch_size);
        Assert.That(new[] { logs["p_loss"], logs["p_mean_squared_error"] }, Is.All.EqualTo(p).Within(1e-6));
        Assert.That(new[] { logs["q_loss"], logs["q_mse"] }, Is.All.EqualTo(q).Within(1e-6));
        Assert.That(logs.Loss, Is.EqualTo(p + q).Within(1e-6));
        History history = model.Fit(x, y, batch_size: batch_size, verbose: 0);
        Assert.That(history["p_loss"][0], Is.EqualTo(p).Within(1e-6));
    }

    [Test]
    public void Fits_with_validation_report_every_outputs_loss()
    {
        Model model = TwoByTwo();
        model.Compile(new SGD(0.1), loss: "mse");
        History history = model.Fit(
            new[] { A, B },
            new[] { P, Q },
            epochs: 3,
            verbose: 0,
            validation_data: new ValidationData(new[] { A, B }, new[] { P, Q })
        );
        Assert.That(history.Names, Is.EqualTo(new[] { "loss", "p_loss", "q_loss", "val_loss", "val_p_loss", "val_q_loss" }));
        Assert.That(history["val_loss"][2], Is.LessThan(history["val_loss"][0]));
    }
}
