using Distillation.Keras.Layers;
using Distillation.Keras.Measures;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>
/// Outputs of other forms than one softmax: labels, several outputs, sequences; and samples or fits with something missing. Expected values
/// are computed here in plain loops.
/// </summary>
public partial class OutputFormTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void A_model_of_sigmoids_is_distilled_label_by_label()
    {
        Sequential teacher = Toy.Mlp(activation: "sigmoid", seed: 2);
        Sequential student = Toy.Mlp(activation: "sigmoid", seed: 5);
        float[,] labels = Flags();

        DistillationResult result = Still(teacher, student)
            .WithTemperature(3)
            .WithHardLossWeight(0.4)
            .WithSoftLossWeight(0.6)
            .Fit(X, labels, epochs: 1, batch_size: 50, verbose: 0, validation_data: (X, labels));

        double[,] v = Logits(teacher);
        double[,] z = Logits(student);
        double hard = Mean((i, j) => Bce(labels[i, j], z[i, j]));
        double soft = 9 * Mean((i, j) => Bce(Sigmoid(v[i, j] / 3), z[i, j] / 3));
        double right = Mean((i, j) => z[i, j] > 0 == labels[i, j] > 0.5 ? 1 : 0);
        double agreement = Mean((i, j) => z[i, j] > 0 == v[i, j] > 0 ? 1 : 0);
        History history = result.History;
        foreach (string prefix in (string[])["", "val_"])
        {
            Assert.That(history[prefix + "hard_loss"][0], Is.EqualTo(hard).Within(1e-5));
            Assert.That(history[prefix + "soft_loss"][0], Is.EqualTo(soft).Within(1e-4));
            Assert.That(history[prefix + "loss"][0], Is.EqualTo((0.4 * hard) + (0.6 * soft)).Within(1e-4));
            Assert.That(history[prefix + "accuracy"][0], Is.EqualTo(right).Within(1e-6));
            Assert.That(history[prefix + "teacher_agreement"][0], Is.EqualTo(agreement).Within(1e-6));
        }

        DistillationEvaluation evaluation = result.Evaluate(X, labels);
        Assert.That(evaluation.Student.Accuracy, Is.EqualTo(right).Within(1e-6));
        Assert.That(evaluation.Student.Loss, Is.EqualTo(hard).Within(1e-5));
        Assert.That(evaluation.TeacherAgreement, Is.EqualTo(agreement).Within(1e-6));
    }

    [Test]
    public void A_student_of_logits_gets_the_teachers_sigmoids()
    {
        DistillationResult result = new Distiller(Toy.Mlp(activation: "sigmoid"))
            .WithStudent(Toy.Mlp(activation: "linear"))
            .Fit(X, Flags(), epochs: 1, verbose: 0);

        double[] p = Toy.Predict(result.Student, X);
        Assert.That(p, Is.All.InRange(0, 1));
        Assert.That(Enumerable.Range(0, 50).Any(i => Math.Abs(p.Skip(4 * i).Take(4).Sum() - 1) > 0.01), "no softmax");
    }

    [Test]
    public void One_sigmoid_is_a_classifier_of_two()
    {
        Sequential Binary(int seed) => new(new Input(shape: Toy.Width), Toy.Dense(1, seed, "sigmoid"));
        int[] labels = [.. Y.Select(y => y % 2)];

        History history = new Distiller(Binary(1)).WithStudent(Binary(2)).Fit(X, labels, epochs: 2, verbose: 0).History;

        Assert.That(history["accuracy"], Is.All.InRange(0, 1));
    }

    [Test]
    public void Labels_and_classes_are_not_mixed_up() =>
        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp(activation: "sigmoid")).Fit(X, Y, verbose: 0),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("sigmoid").And.Message.Contains("softmax")
        );

    [Test]
    public void Each_of_several_outputs_has_its_own_terms()
    {
        Model teacher = TwoOutputs(1);
        Model student = TwoOutputs(5);
        int[] parity = [.. Y.Select(y => y % 2)];

        History history = Still(teacher, student)
            .With(new SoftTargets(1), 2, output: "parity")
            .Fit(X, new ArrayLike[] { Y, parity }, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        double H(string name) => history[name][0];
        double total =
            (0.1 * (H("digit_hard_loss") + H("parity_hard_loss")))
            + (0.9 * (H("digit_soft_loss") + H("parity_soft_loss")))
            + (2 * H("parity_soft_targets"));
        Assert.That(H("loss"), Is.EqualTo(total).Within(1e-4));
        foreach ((string output, int[] labels) in ((string, int[])[])[("digit", Y), ("parity", parity)])
        {
            var one = new Model(student.Inputs[0], student.GetLayer(output).Output);
            var oneTeacher = new Model(teacher.Inputs[0], teacher.GetLayer(output).Output);
            History alone = Still(oneTeacher, one).Fit(X, labels, epochs: 1, batch_size: 50, verbose: 0).History;
            Assert.That(H(output + "_hard_loss"), Is.EqualTo(alone["hard_loss"][0]).Within(1e-5));
            Assert.That(H(output + "_soft_loss"), Is.EqualTo(alone["soft_loss"][0]).Within(1e-4));
            Assert.That(H(output + "_accuracy"), Is.EqualTo(alone["accuracy"][0]).Within(1e-6));
            Assert.That(H(output + "_teacher_agreement"), Is.EqualTo(alone["teacher_agreement"][0]).Within(1e-6));
        }
    }

    [Test]
    public void Outputs_may_be_named_in_the_labels()
    {
        int[] parity = [.. Y.Select(y => y % 2)];
        Model student = TwoOutputs(5);
        DistillationResult inOrder = Still(TwoOutputs(1), student)
            .Fit(X, new ArrayLike[] { Y, parity }, epochs: 1, verbose: 0, shuffle: false);
        DistillationResult named = Still(TwoOutputs(1), student)
            .Fit(
                X,
                new Dictionary<string, TorchSharp.torch.Tensor>
                {
                    ["parity"] = TorchSharp.torch.tensor(parity),
                    ["digit"] = TorchSharp.torch.tensor(Y),
                },
                epochs: 1,
                verbose: 0,
                shuffle: false
            );

        Assert.That(named.History["loss"][0], Is.EqualTo(inOrder.History["loss"][0]));
        Assert.That(() => named.Evaluate(X, Y), Throws.TypeOf<NotSupportedException>().With.Message.Contains("2"));
    }

    [Test]
    public void A_sample_without_a_label_learns_from_the_teacher_alone()
    {
        int[] some = [.. Y.Select((y, i) => i % 5 == 0 ? -1 : y)];
        Sequential student = Toy.Mlp(seed: 5);
        Distiller distiller = Still(Toy.Mlp(seed: 2), student).WithMetrics("top_k_categorical_accuracy", "categorical_crossentropy");

        History history = distiller.Fit(X, some, epochs: 1, batch_size: 50, verbose: 0).History;
        History overLabelled = distiller
            .WithReduction("mean_with_sample_weight")
            .Fit(X, some, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        double[,] z = Logits(student);
        double sum = Enumerable.Range(0, 50).Where(i => some[i] >= 0).Sum(i => -LogSoftmax(Row(z, i), 1)[Y[i]]);
        double right = Enumerable
            .Range(0, 50)
            .Where(i => some[i] >= 0)
            .Average(i => Array.IndexOf(Row(z, i), Row(z, i).Max()) == Y[i] ? 1.0 : 0.0);
        Assert.That(history["hard_loss"][0], Is.EqualTo(sum / 50).Within(1e-5));
        Assert.That(overLabelled["hard_loss"][0], Is.EqualTo(sum / 40).Within(1e-5));
        Assert.That(history["accuracy"][0], Is.EqualTo(right).Within(1e-6));
        Assert.That(history["categorical_crossentropy"][0], Is.EqualTo(sum / 40).Within(1e-5), "metrics do not see a class that is none");
        Assert.That(
            history["soft_loss"][0],
            Is.EqualTo(distiller.Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0).History["soft_loss"][0]).Within(1e-5)
        );
    }

    [Test]
    public void An_evaluation_needs_a_label() =>
        Assert.That(
            () => DistillationEvaluation.Of(null, Toy.Mlp(), X, Enumerable.Repeat(-1, 50).ToArray()),
            Throws.ArgumentException.With.Message.Contains("-1")
        );

    [Test]
    public void Class_weights_may_weigh_the_loss_on_the_labels_alone()
    {
        var weights = new Dictionary<int, double> { [0] = 3, [2] = 0.5 };
        Sequential student = Toy.Mlp(seed: 5);
        Distiller distiller = Still(Toy.Mlp(seed: 2), student);

        History all = distiller.Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, shuffle: false, class_weight: weights).History;
        History labelsOnly = distiller
            .WithClassWeightsOnLabelsOnly()
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, shuffle: false, class_weight: weights)
            .History;
        History none = distiller.Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, shuffle: false).History;

        Assert.That(
            labelsOnly["hard_loss"][0],
            Is.EqualTo(all["hard_loss"][0]).Within(1e-6).And.Not.EqualTo(none["hard_loss"][0]).Within(1e-3)
        );
        Assert.That(labelsOnly["soft_loss"][0], Is.EqualTo(none["soft_loss"][0]).Within(1e-6));
        Assert.That(all["soft_loss"][0], Is.Not.EqualTo(none["soft_loss"][0]).Within(1e-3));
    }

    [Test]
    public void Without_a_teacher_only_what_needs_none_is_learnt()
    {
        Sequential student = Toy.Mlp();
        Distiller free = new Distiller().WithStudent(student);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => free.Fit(X, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("teacher-free"));
            Assert.That(
                () => free.With(new SoftTargets()).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("'soft_targets'").And.Message.Contains("no teacher")
            );
            Assert.That(
                () => free.WithSoftLossWeight(1).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("no teacher")
            );
            Assert.That(() => free.WithHardLossWeight(1).Fit(X, verbose: 0), Throws.ArgumentException.With.Message.Contains("y is null"));
            Assert.That(
                () => new Distiller().WithHardLossWeight(1).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("WithStudent")
            );
        }

        DistillationResult result = free.WithHardLossWeight(1).Fit(X, Y, epochs: 1, verbose: 0);
        Assert.That(result.History.Names, Is.EquivalentTo((string[])["accuracy", "hard_loss", "loss"]));
        Assert.That(result.HasTeacher, Is.False);
        Assert.That(() => result.Teacher, Throws.InvalidOperationException);
        Assert.That(result.Evaluate(X, Y).ToString(), Does.Not.Contain("teacher").And.Contain("student"));
    }

    [Test]
    public void Schedules_change_temperature_and_weights_during_the_fit()
    {
        Sequential student = Toy.Mlp(seed: 5);
        Distiller distiller = Still(Toy.Mlp(seed: 2), student);
        History history = distiller
            .WithTemperature(new Doubling(1))
            .WithSoftShare(new Doubling(0.25))
            .Fit(X, Y, epochs: 2, batch_size: 50, verbose: 0)
            .History;

        for (int epoch = 0; epoch < 2; epoch++)
        {
            double expected = distiller.WithTemperature(1 + epoch).Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0).History["soft_loss"][0];
            double share = 0.25 * (1 + epoch);
            Assert.That(history["soft_loss"][epoch], Is.EqualTo(expected).Within(1e-5));
            Assert.That(history["loss"][epoch], Is.EqualTo((share * expected) + ((1 - share) * history["hard_loss"][epoch])).Within(1e-5));
        }

        Assert.That(
            () => distiller.WithTemperature(new Doubling(0)).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("positive")
        );
    }

    // What begins at a value and grows by it with each epoch.
    private sealed class Doubling(double begin) : Schedule
    {
        public override double ValueAt(double epoch, double epochs) => begin * (1 + Math.Floor(epoch));
    }

    // A fit that changes nothing, so that its numbers are those of the models as they are.
    private static Distiller Still(Model teacher, Model student) => new Distiller(teacher).WithStudent(student).WithOptimizer(new SGD(0.0));

    private static Model TwoOutputs(int seed)
    {
        var input = new Input(shape: Toy.Width);
        KerasTensor hidden = Toy.Dense(8, seed, "relu").Apply(input.Output);
        return new Model(
            input,
            new KerasTensor[]
            {
                Toy.Dense(4, seed + 1, "softmax", name: "digit").Apply(hidden),
                Toy.Dense(2, seed + 2, "softmax", name: "parity").Apply(hidden),
            }
        );
    }

    private static float[,] Flags()
    {
        float[,] flags = new float[50, Toy.Classes];
        for (int i = 0; i < 50; i++)
        {
            for (int j = 0; j < Toy.Classes; j++)
            {
                flags[i, j] = X[i, j] > 0 ? 1 : 0;
            }
        }

        return flags;
    }

    // The logits of a model whose output is one or four numbers in (0, 1), from its weights.
    private static double[,] Logits(Sequential model)
    {
        double[] w0 = Toy.Values(model.Weights[0]),
            b0 = Toy.Values(model.Weights[1]),
            w1 = Toy.Values(model.Weights[2]),
            b1 = Toy.Values(model.Weights[3]);
        double[,] z = new double[50, Toy.Classes];
        for (int i = 0; i < 50; i++)
        {
            double[] hidden =
            [
                .. b0.Select((b, h) => Math.Max(0, b + Enumerable.Range(0, Toy.Width).Sum(k => X[i, k] * w0[(k * b0.Length) + h]))),
            ];
            for (int j = 0; j < Toy.Classes; j++)
            {
                z[i, j] = b1[j] + hidden.Select((h, k) => h * w1[(k * Toy.Classes) + j]).Sum();
            }
        }

        return z;
    }

    private static double Mean(Func<int, int, double> value) =>
        Enumerable.Range(0, 50).Average(i => Enumerable.Range(0, Toy.Classes).Average(j => value(i, j)));

    private static double[] Row(double[,] z, int i) => [.. Enumerable.Range(0, z.GetLength(1)).Select(j => z[i, j])];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Bce(double p, double z) => -(p * Math.Log(Sigmoid(z))) - ((1 - p) * Math.Log(1 - Sigmoid(z)));

    private static double[] LogSoftmax(double[] z, double t)
    {
        double log = Math.Log(z.Sum(v => Math.Exp(v / t)));
        return [.. z.Select(v => (v / t) - log)];
    }
}
