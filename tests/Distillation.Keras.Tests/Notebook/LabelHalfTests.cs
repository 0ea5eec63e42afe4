using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Notebook;

/// <summary>
/// Plain metrics and class weights beside targets <c>[one-hot | logits]</c> look at the labels' half; both halves have one temperature.
/// Expected values are computed here.
/// </summary>
public class LabelHalfTests
{
    private const double T = 2;
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Names_and_objects_of_Keras_metrics_measure_the_labels_half()
    {
        Model body = Toy.Mlp(seed: 3);
        double[] p = Toy.Predict(body, X);
        double[] weights = [.. Enumerable.Range(0, 50).Select(i => 1.0 + (i % 3))];
        bool[] right = [.. Enumerable.Range(0, 50).Select(i => Best(p, i) == Y[i])];
        double accuracy = right.Average(r => r ? 1.0 : 0);
        double weighted = right.Select((r, i) => r ? weights[i] : 0).Sum() / weights.Sum();
        double top2 = Enumerable
            .Range(0, 50)
            .Average(i => Enumerable.Range(0, Toy.Classes).Count(c => p[(4 * i) + c] > p[(4 * i) + Y[i]]) < 2 ? 1.0 : 0);
        double crossentropy = Enumerable.Range(0, 50).Average(i => -Math.Log(p[(4 * i) + Y[i]]));
        double mse = Enumerable.Range(0, 200).Average(i => Math.Pow((Y[i / 4] == i % 4 ? 1 : 0) - p[i], 2));
        Model model = body.WithSoftenedOutput(T);
        model.Compile(
            new SGD(0),
            new KnowledgeDistillationLoss(T),
            metrics:
            [
                "accuracy",
                "acc",
                new CategoricalAccuracy("object"),
                new TopKCategoricalAccuracy(2, "top_2"),
                "categorical_crossentropy",
                "mse",
                new Losses.CategoricalCrossentropy(name: "loss_as_metric"),
                .. DistillationMetrics.Notebook(T),
            ],
            weighted_metrics: ["accuracy"]
        );

        History history = model.Fit(
            X,
            Targets(),
            batch_size: 7,
            verbose: 0,
            sample_weight: weights,
            validation_data: new ValidationData(X, Targets(), weights)
        );

        using (Assert.EnterMultipleScope())
        {
            foreach (string prefix in (string[])["", "val_"])
            {
                double H(string name) => history[prefix + name][0];
                Assert.That(H("accuracy"), Is.EqualTo(accuracy).Within(1e-6));
                Assert.That(H("acc"), Is.EqualTo(accuracy).Within(1e-6));
                Assert.That(H("object"), Is.EqualTo(accuracy).Within(1e-6));
                Assert.That(H("accuracy_1"), Is.EqualTo(accuracy).Within(1e-6), "DistillationMetrics' own");
                Assert.That(H("weighted_accuracy"), Is.EqualTo(weighted).Within(1e-6));
                Assert.That(H("top_2"), Is.EqualTo(top2).Within(1e-6));
                Assert.That(H("categorical_crossentropy"), Is.EqualTo(crossentropy).Within(1e-5));
                Assert.That(H("mse"), Is.EqualTo(mse).Within(1e-6));
            }

            // A loss as a metric counts each sample once; 50 samples are seven batches of 7 and one of 1, of which Keras takes the mean.
            double perBatch = Enumerable
                .Range(0, 8)
                .Average(b => Enumerable.Range(7 * b, b < 7 ? 7 : 1).Average(i => -Math.Log(p[(4 * i) + Y[i]])));
            Assert.That(history["val_loss_as_metric"][0], Is.EqualTo(crossentropy).Within(1e-5).And.Not.EqualTo(perBatch).Within(1e-3));
        }
    }

    [Test]
    public void Lists_and_dictionaries_of_several_outputs_measure_the_half_of_the_output_whose_loss_it_is()
    {
        var input = new Input(shape: Toy.Width);
        Model first = new(input, Toy.Dense(Toy.Classes, 1, "softmax", name: "digit").Apply(input));
        KerasTensor softened = first.WithSoftenedOutput(T).Outputs[0];
        KerasTensor plain = Toy.Dense(Toy.Classes, 7, "softmax", name: "plain").Apply(input);
        var both = new Model(input, new[] { softened, plain });
        double Of(Model model) => Enumerable.Range(0, 50).Average(i => Best(Toy.Predict(model, X), i) == Y[i] ? 1.0 : 0);
        string one = both.Outputs[0].Name;
        double[] expected = [Of(first), Of(new Model(input, plain))];
        Assert.That(expected[0], Is.Not.EqualTo(expected[1]), "the test tells both apart");
        ArrayLike targets = new ArrayLike[] { Targets(), Toy.OneHot(Y) };

        both.Compile(
            new SGD(0),
            new Losses.Loss[] { new KnowledgeDistillationLoss(T), "categorical_crossentropy" },
            metrics: new string[][] { ["accuracy"], ["accuracy"] }
        );
        Logs inOrder = both.Evaluate(X, targets);
        both.Compile(
            new SGD(0),
            new Dictionary<string, Losses.Loss> { ["plain"] = "categorical_crossentropy", [one] = new KnowledgeDistillationLoss(T) },
            metrics: new Dictionary<string, string> { ["plain"] = "accuracy", [one] = "acc" }
        );
        Logs named = both.Evaluate(X, targets);

        Assert.That(
            ((double[])[inOrder[one + "_accuracy"], inOrder["plain_accuracy"], named[one + "_acc"], named["plain_accuracy"]]),
            Is.EqualTo((double[])[.. expected, .. expected]).Within(1e-6)
        );
    }

    [Test]
    public void A_function_of_ones_own_gets_both_halves()
    {
        Model model = Toy.Mlp(seed: 3).WithSoftenedOutput(T);
        var widths = new List<long>();
        Metric own = new MeanMetricWrapper(
            (y, p) =>
            {
                widths.AddRange([y.shape[1], p.shape[1]]);
                return p.sum(1L);
            }
        );
        model.Compile(new SGD(0), new KnowledgeDistillationLoss(T), metrics: [own]);

        model.Evaluate(X, Targets());

        Assert.That(widths, Is.Not.Empty.And.All.EqualTo(2 * Toy.Classes));
    }

    [Test]
    public void Class_weights_go_by_the_labels_and_not_by_the_logits_beside_them()
    {
        Dictionary<int, double> classes = new() { [0] = 3, [2] = 0.5 };
        double[] samples = [.. Y.Select(y => classes.GetValueOrDefault(y, 1))];
        Model Fresh()
        {
            Model model = Toy.Mlp(seed: 3).WithSoftenedOutput(T);
            model.Compile(new SGD(0.1), new KnowledgeDistillationLoss(T), metrics: [], weighted_metrics: ["accuracy"]);
            return model;
        }

        (Model byClass, Model bySample, Model inSteps) = (Fresh(), Fresh(), Fresh());
        History weighted = byClass.Fit(X, Targets(), epochs: 2, batch_size: 50, shuffle: false, verbose: 0, class_weight: classes);
        History expected = bySample.Fit(X, Targets(), epochs: 2, batch_size: 50, shuffle: false, verbose: 0, sample_weight: samples);
        inSteps.TrainOnBatch(X, Targets(), class_weight: classes);
        inSteps.TrainOnBatch(X, Targets(), class_weight: classes);

        Assert.That(weighted["loss"], Is.EqualTo(expected["loss"]));
        Assert.That(weighted["accuracy"], Is.EqualTo(expected["accuracy"]));
        Assert.That(Toy.Values(byClass), Is.EqualTo(Toy.Values(bySample)));
        Assert.That(Toy.Values(inSteps), Is.EqualTo(Toy.Values(bySample)).Within(1e-6));
    }

    [TestCase(4, "from 0 to 3")]
    [TestCase(5, "from 0 to 3")]
    [TestCase(-1, "from 0")]
    public void Weights_of_classes_that_there_are_not_are_refused(int key, string says)
    {
        Model model = Toy.Mlp(seed: 3).WithSoftenedOutput(T);
        model.Compile("sgd", new KnowledgeDistillationLoss(T));

        Assert.That(
            () => model.Fit(X, Targets(), verbose: 0, class_weight: new Dictionary<int, double> { [0] = 2, [key] = 10 }),
            Throws.ArgumentException.With.Message.Contains(says).And.Message.Contains($"{key}")
        );
    }

    [Test]
    public void Class_weights_want_labels_even_where_the_hard_half_weighs_nothing()
    {
        Model model = Toy.Mlp(seed: 3).WithSoftenedOutput(T);
        model.Compile("sgd", new KnowledgeDistillationLoss(T, hard_weight: 0));
        float[,] unlabelled = new float[50, 2 * Toy.Classes];

        Assert.That(() => model.Fit(X, unlabelled, verbose: 0), Throws.Nothing);
        Assert.That(
            () => model.Fit(X, unlabelled, verbose: 0, class_weight: new Dictionary<int, double> { [0] = 2 }),
            Throws.ArgumentException.With.Message.Contains("sum to 1")
        );
    }

    [Test]
    public void A_softened_output_and_a_loss_or_metric_of_another_temperature_are_refused()
    {
        Model two = Toy.Mlp(seed: 3).WithSoftenedOutput(2);
        var nested = new Sequential(new Input(shape: Toy.Width), two);

        using (Assert.EnterMultipleScope())
        {
            foreach (Model model in (Model[])[two, Model.FromJson(two.ToJson()), nested, two.Clone()])
            {
                Refused(() => model.Compile("sgd", new KnowledgeDistillationLoss(5)));
                Refused(() => model.Compile("sgd", KnowledgeDistillationLoss.Notebook(1, 5), DistillationMetrics.Notebook(2)));
                Refused(() => model.Compile("sgd", new KnowledgeDistillationLoss(2), DistillationMetrics.Notebook(5)));
                Refused(() => model.Compile("sgd", (LossSpec)new Losses.Loss[] { new KnowledgeDistillationLoss(5) }));
                Assert.That(() => model.Compile("sgd", new KnowledgeDistillationLoss(2), DistillationMetrics.Notebook(2)), Throws.Nothing);
            }

            Assert.That(() => Toy.Mlp().WithSoftenedOutput(3.7).Compile("sgd", new KnowledgeDistillationLoss(3.7)), Throws.Nothing);
            Assert.That(
                () => Toy.Mlp().WithSoftenedOutput(2.0 / 3).Compile("sgd", new KnowledgeDistillationLoss((float)(2.0 / 3))),
                Throws.Nothing
            );
        }

        void Refused(Action compile) =>
            Assert.That(() => compile(), Throws.ArgumentException.With.Message.Contains("T = 2").And.Message.Contains("T = 5"));
    }

    [Test]
    public void A_refused_Compile_leaves_the_earlier_one()
    {
        Model model = Toy.Mlp(seed: 3).WithSoftenedOutput(2);
        model.Compile("sgd", new KnowledgeDistillationLoss(2));
        double before = model.Evaluate(X, Targets())["loss"];

        Assert.That(() => model.Compile("sgd", new KnowledgeDistillationLoss(5)), Throws.ArgumentException);

        Assert.That(model.Evaluate(X, Targets())["loss"], Is.EqualTo(before));
    }

    // Logits well above 1, as those of a trained teacher: the greatest of all columns is none of the labels'.
    private static DistillationTargets Targets() =>
        DistillationTargets.From(
            new Sequential(new Input(shape: Toy.Width), new Dense(Toy.Classes, kernel_initializer: new RandomNormal(stddev: 5, seed: 9))),
            X,
            Y
        );

    private static int Best(double[] p, int row) => Enumerable.Range(0, Toy.Classes).MaxBy(c => p[(Toy.Classes * row) + c]);
}
