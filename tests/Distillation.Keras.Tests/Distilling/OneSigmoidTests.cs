using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Class weights of a classifier of two with one sigmoid: each is the sample weight of its class.</summary>
public class OneSigmoidTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = [.. Toy.Labels(X).Select(y => y % 2)];
    private static readonly Dictionary<int, double> Weights = new() { [0] = 0.5, [1] = 3 };

    private static IEnumerable<TestCaseData<ArrayLike, string>> Forms =>
        [
            new(Y, "sigmoid") { TestName = "integers" },
            new(Array.ConvertAll(Y, y => (float)y), "sigmoid") { TestName = "floats" },
            new(Column(Array.ConvertAll(Y, y => (double)y)), "sigmoid") { TestName = "a column of doubles" },
            new(Array.ConvertAll(Y, y => y == 1), "sigmoid") { TestName = "booleans" },
            new(Y, "linear") { TestName = "a student of logits" },
        ];

    [TestCaseSource(nameof(Forms))]
    public void Class_weights_are_the_sample_weights_of_the_classes(ArrayLike y, string activation)
    {
        double[] samples = [.. Y.Select(c => Weights[c])];
        (Model byClass, Model bySample) = (Binary(2, activation), Binary(2, activation));

        History weighted = Taught(byClass).Fit(X, y, epochs: 2, verbose: 0, shuffle: false, class_weight: Weights).History;
        History expected = Taught(bySample).Fit(X, Y, epochs: 2, verbose: 0, shuffle: false, sample_weight: samples).History;

        Assert.That(weighted["loss"], Is.EqualTo(expected["loss"]));
        Assert.That(
            weighted["loss"],
            Is.Not.EqualTo(Taught(Binary(2, activation)).Fit(X, Y, epochs: 2, verbose: 0, shuffle: false).History["loss"])
        );
        Assert.That(Toy.Values(byClass), Is.EqualTo(Toy.Values(bySample)));
    }

    [Test]
    public void They_are_those_of_a_compiled_fit_as_well()
    {
        Model compiled = Binary(2);
        compiled.Compile(new SGD(0.5), "binary_crossentropy");
        History plain = compiled.Fit(X, Y, epochs: 2, verbose: 0, shuffle: false, class_weight: Weights);
        Model student = Binary(2);

        History distilled = Taught(student)
            .WithHardLossWeight(1)
            .WithSoftLossWeight(0)
            .Fit(X, Y, epochs: 2, verbose: 0, shuffle: false, class_weight: Weights)
            .History;

        Assert.That(distilled["loss"], Is.EqualTo(plain["loss"]).Within(1e-5));
        Assert.That(Toy.Values(student), Is.EqualTo(Toy.Values(compiled)).Within(1e-5));
    }

    [Test]
    public void On_the_labels_alone_the_soft_half_stays_as_it_is()
    {
        double[] soft =
        [
            .. Taught(Binary(2)).WithOptimizer(new SGD(0)).Fit(X, Y, epochs: 1, verbose: 0, shuffle: false, batch_size: 50).History[
                "soft_loss"
            ],
        ];

        History history = Taught(Binary(2))
            .WithOptimizer(new SGD(0))
            .WithClassWeightsOnLabelsOnly()
            .Fit(X, Y, epochs: 1, verbose: 0, shuffle: false, batch_size: 50, class_weight: Weights)
            .History;

        double[] p = Toy.Predict(Binary(2), X);
        double hard = Enumerable.Range(0, 50).Average(i => -Weights[Y[i]] * Math.Log(Y[i] == 1 ? p[i] : 1 - p[i]));
        Assert.That(history["soft_loss"], Is.EqualTo(soft));
        Assert.That(history["hard_loss"][0], Is.EqualTo(hard).Within(1e-5));
    }

    [Test]
    public void Tokens_have_the_weight_of_their_class()
    {
        Sequential Tagger(int seed) => new(new Input(shape: (5, Toy.Width)), Toy.Dense(1, seed, "sigmoid"));
        float[,,] x = new float[10, 5, Toy.Width];
        Buffer.BlockCopy(X, 0, x, 0, X.Length * sizeof(float));
        int[,] y = new int[10, 5];
        Buffer.BlockCopy(Y, 0, y, 0, Y.Length * sizeof(int));
        float[,] samples = new float[10, 5];
        Buffer.BlockCopy(Y.Select(c => (float)Weights[c]).ToArray(), 0, samples, 0, Y.Length * sizeof(float));

        Distiller distiller = new Distiller(Tagger(1)).WithStudent(Tagger(2)).WithOptimizer(new SGD(0));

        Assert.That(
            distiller.Fit(x, y, epochs: 1, verbose: 0, shuffle: false, class_weight: Weights).History["loss"],
            Is.EqualTo(distiller.Fit(x, y, epochs: 1, verbose: 0, shuffle: false, sample_weight: samples).History["loss"])
        );
    }

    [Test]
    public void What_is_no_class_of_two_is_refused()
    {
        void Refused(Distiller distiller, ArrayLike y, Dictionary<int, double> weights, string says) =>
            Assert.That(() => distiller.Fit(X, y, verbose: 0, class_weight: weights), Throws.ArgumentException.With.Message.Contains(says));

        using (Assert.EnterMultipleScope())
        {
            Refused(Taught(Binary(2)), Y, new() { [2] = 10 }, "from 0 to 1");
            Refused(Taught(Binary(2)), Y, new() { [-1] = 10 }, "from 0 to 1");
            Refused(Taught(Binary(2)), Array.ConvertAll(Y, y => 0.25f + (y * 0.5f)), Weights, "probabilities");
            Refused(
                new Distiller(Toy.Mlp(activation: "sigmoid")).WithStudent(Toy.Mlp(seed: 4, activation: "sigmoid")),
                Toy.OneHot(Toy.Labels(X)),
                Weights,
                "4 labels"
            );
        }
    }

    private static Distiller Taught(Model student) =>
        new Distiller(Binary(1)).WithStudent(student).WithTemperature(2).WithOptimizer(new SGD(0.5));

    private static Sequential Binary(int seed, string activation = "sigmoid") =>
        new(new Input(shape: Toy.Width), Toy.Dense(1, seed, activation));

    private static double[,] Column(double[] values)
    {
        double[,] column = new double[values.Length, 1];
        Buffer.BlockCopy(values, 0, column, 0, values.Length * sizeof(double));
        return column;
    }
}
