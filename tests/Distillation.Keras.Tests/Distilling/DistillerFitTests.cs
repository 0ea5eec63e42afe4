using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>What a fit does and gives.</summary>
public class DistillerFitTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void A_teacher_and_data_are_enough()
    {
        Sequential teacher = Toy.Teacher();

        DistillationResult result = new Distiller(teacher).WithTemperature(5).Fit(X, Y, verbose: 0);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.History.Epochs, Has.Count.EqualTo(10));
            Assert.That(result.History.Names, Is.EqualTo((string[])["accuracy", "hard_loss", "loss", "soft_loss", "teacher_agreement"]));
            Assert.That(result.History["loss"], Is.Unique.And.All.GreaterThan(0));
            Assert.That(result.Temperature, Is.EqualTo(5));
            Assert.That(result.Teacher.Model, Is.SameAs(teacher));
            Assert.That(result.Student.Weights.Select(w => w.Shape), Is.EqualTo(teacher.Weights.Select(w => w.Shape)));
            Assert.That(result.Student.Weights.Intersect(teacher.Weights), Is.Empty);
        }
    }

    [Test]
    public void The_defaults_are_Adam_and_batches_of_32()
    {
        Model first = Toy.Mlp(hidden: 3);
        Model second = Toy.Mlp(hidden: 3);
        Distiller distiller = new Distiller(Toy.Mlp()).WithSeed(1);

        distiller.WithStudent(first).Fit(X, Y, verbose: 0);
        distiller.WithStudent(second).WithOptimizer(new Adam(0.001)).Fit(X, Y, batch_size: 32, epochs: 10, verbose: 0);

        Assert.That(Toy.Values(first), Is.EqualTo(Toy.Values(second)));
    }

    [Test]
    public void A_frozen_teacher_gives_a_student_that_learns()
    {
        Sequential teacher = Toy.Teacher();
        teacher.Trainable = false;
        var before = new ModelSnapshot(teacher);

        DistillationResult result = new Distiller(teacher).Fit(X, Y, epochs: 2, verbose: 0);

        before.AssertUnchanged();
        Assert.That(result.Student.TrainableWeights, Has.Count.EqualTo(6));
    }

    [Test]
    public void Without_labels_the_student_learns_from_the_teacher()
    {
        DistillationResult result = new Distiller(Toy.Teacher())
            .WithStudent(Toy.Mlp())
            .WithOptimizer(new Adam(0.01))
            .Fit(X, epochs: 60, verbose: 0, validation_data: new ValidationData(Toy.X(20, 3), null));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                result.History.Names,
                Is.EqualTo((string[])["loss", "soft_loss", "teacher_agreement", "val_loss", "val_soft_loss", "val_teacher_agreement"])
            );
            Assert.That(result.History["loss"][0], Is.EqualTo(0.9 * result.History["soft_loss"][0]).Within(1e-4).Percent);
            Assert.That(result.History["teacher_agreement"][^1], Is.GreaterThan(result.History["teacher_agreement"][0]));
        }
    }

    [TestCase("softmax")]
    [TestCase(null)]
    [TestCase("nested")]
    [TestCase("activation")]
    [TestCase("unbuilt")]
    public void The_student_ends_in_one_softmax_whatever_it_ended_in(string? end)
    {
        Model student = end switch
        {
            "nested" => new Sequential(new Input(shape: Toy.Width), Toy.Mlp(activation: null)),
            "activation" => new Sequential(new Input(shape: Toy.Width), Toy.Dense(Toy.Classes, 1), new Layers.Activation("softmax")),
            "unbuilt" => new Sequential(Toy.Dense(3, 1, "relu"), Toy.Dense(Toy.Classes, 2, "softmax")),
            _ => Toy.Mlp(activation: end),
        };

        DistillationResult result = new Distiller(Toy.Mlp(hidden: 20))
            .WithStudent(student)
            .WithOptimizer(new Adam(0.05))
            .Fit(X, Y, epochs: 40, verbose: 0);

        double[][] z = [.. Toy.Predict(student.PopSoftmax(), X).Chunk(Toy.Classes)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Toy.Predict(result.Student, X),
                Is.EqualTo(z.SelectMany(r => r.Select(v => Math.Exp(v) / r.Sum(Math.Exp)))).Within(1e-5)
            );
            Assert.That(z.SelectMany(r => r).Max(), Is.GreaterThan(0.2), "or a second softmax would not show");
            Assert.That(result.Student.Weights, Is.EqualTo(student.Weights), "its own weights are trained");
            Assert.That(result.Student.Output.Shape[-1], Is.EqualTo(Toy.Classes));
        }
    }

    [Test]
    public void A_second_fit_goes_on_from_the_first_with_a_fresh_optimizer()
    {
        Model twice = Toy.Mlp(hidden: 3);
        Model steps = Toy.Mlp(hidden: 3);
        Distiller distiller = new Distiller(Toy.Mlp()).WithOptimizer(new SGD(0.1, momentum: 0.9)).WithStudent(twice);
        Distiller other = new Distiller(Toy.Mlp()).WithOptimizer(new SGD(0.1, momentum: 0.9)).WithStudent(steps);

        distiller.Fit(X, Y, epochs: 1, verbose: 0, shuffle: false);
        double[] between = Toy.Values(twice);
        distiller.Fit(X, Y, epochs: 1, verbose: 0, shuffle: false);
        other.Fit(X, Y, epochs: 1, verbose: 0, shuffle: false);
        Assert.That(Toy.Values(steps), Is.EqualTo(between));
        new Distiller(Toy.Mlp())
            .WithOptimizer(new SGD(0.1, momentum: 0.9))
            .WithStudent(steps)
            .Fit(X, Y, epochs: 1, verbose: 0, shuffle: false);

        Assert.That(Toy.Values(steps), Is.EqualTo(Toy.Values(twice)));
        Assert.That(Toy.Values(twice), Is.Not.EqualTo(between));
    }

    [Test]
    public void Metrics_work_with_both_forms_of_labels([Values("integers", "one-hot")] string form)
    {
        Distiller distiller = new Distiller(Toy.Mlp())
            .WithStudent(Toy.Mlp(seed: 9))
            .WithOptimizer(new SGD(0.0))
            .WithMetrics(
                "accuracy",
                "acc",
                new TopKCategoricalAccuracy(2, name: "top"),
                new SparseTopKCategoricalAccuracy(2, name: "sparse_top"),
                "categorical_crossentropy",
                "sparse_categorical_crossentropy"
            );

        History history = (
            form == "integers"
                ? distiller.Fit(X, Y, epochs: 1, verbose: 0, batch_size: 7)
                : distiller.Fit(X, Toy.OneHot(Y), epochs: 1, verbose: 0, batch_size: 7)
        ).History;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                history.Names,
                Is.EquivalentTo(
                    (string[])
                        [
                            "acc",
                            "accuracy",
                            "categorical_crossentropy",
                            "hard_loss",
                            "loss",
                            "soft_loss",
                            "sparse_categorical_crossentropy",
                            "sparse_top",
                            "teacher_agreement",
                            "top",
                        ]
                )
            );
            Assert.That(history["acc"][0], Is.EqualTo(history["accuracy"][0]).Within(1e-6));
            Assert.That(history["top"][0], Is.EqualTo(history["sparse_top"][0]).Within(1e-6));
            Assert.That(history["categorical_crossentropy"][0], Is.EqualTo(history["hard_loss"][0]).Within(1e-4).Percent);
            Assert.That(history["sparse_categorical_crossentropy"][0], Is.EqualTo(history["hard_loss"][0]).Within(1e-4).Percent);
        }
    }

    [Test]
    public void Validation_split_keeps_the_last_samples()
    {
        float[,] last = new float[10, Toy.Width];
        Array.Copy(X, 40 * Toy.Width, last, 0, last.Length);
        Distiller distiller = new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp(seed: 9)).WithOptimizer(new SGD(0.0));

        History history = distiller.Fit(X, Y, epochs: 1, verbose: 0, validation_split: 0.2).History;

        History alone = distiller.Fit(last, Y[40..], epochs: 1, verbose: 0).History;
        Assert.That(
            history.Names.Where(n => n.StartsWith("val_", StringComparison.Ordinal)).Select(n => history[n][0]),
            Is.EqualTo(alone.Names.Select(n => alone[n][0])).Within(1e-6)
        );
    }

    [Test]
    public void Agreement_and_accuracy_are_what_predictions_say()
    {
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp(seed: 9);
        int[] t = Choices(teacher);
        int[] s = Choices(student);

        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithOptimizer(new SGD(0.0))
            .Fit(X, Y, epochs: 1, verbose: 0, batch_size: 9);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.History["teacher_agreement"][0], Is.EqualTo(Share(s, t)).Within(1e-6));
            Assert.That(result.History["accuracy"][0], Is.EqualTo(Share(s, Y)).Within(1e-6));
        }

        static int[] Choices(Model model) => [.. Toy.Predict(model, X).Chunk(Toy.Classes).Select(r => Array.IndexOf(r, r.Max()))];
        static double Share(int[] a, int[] b) => a.Zip(b).Count(p => p.First == p.Second) / (double)a.Length;
    }

    [TestCase("float64", "float32")]
    [TestCase("float32", "float64")]
    [TestCase("float64", "float64")]
    [TestCase("mixed_float16", "mixed_float16")]
    [TestCase("float32", "mixed_float16")]
    [TestCase("mixed_bfloat16", "float32")]
    public void Types_of_teacher_and_student_may_differ(string teacherType, string studentType)
    {
        Model teacher = Toy.Mlp(dtype: teacherType);
        Model plainTeacher = Toy.Mlp();
        Model student = Toy.Mlp(seed: 9, dtype: studentType);
        Model plain = Toy.Mlp(seed: 9);
        Copy(plainTeacher, teacher);
        Copy(plain, student);
        Distiller distiller = new Distiller(teacher).WithOptimizer(new SGD(0.1)).WithMetrics("mse");

        History history = distiller.WithStudent(student).Fit(X, Y, epochs: 3, verbose: 0, shuffle: false).History;
        History expected = new Distiller(plainTeacher)
            .WithOptimizer(new SGD(0.1))
            .WithMetrics("mse")
            .WithStudent(plain)
            .Fit(X, Y, epochs: 3, verbose: 0, shuffle: false)
            .History;

        double tolerance = (teacherType + studentType).Contains("mixed", StringComparison.Ordinal) ? 3e-2 : 1e-4;
        foreach (string name in expected.Names)
        {
            Assert.That(history[name], Is.EqualTo(expected[name]).Within(tolerance), name);
        }

        Assert.That(student.Weights.Select(w => w.DType.ToString()), Has.All.EqualTo(studentType == "float64" ? "Float64" : "Float32"));

        static void Copy(Model from, Model to)
        {
            foreach ((Variable source, Variable target) in from.Weights.Zip(to.Weights))
            {
                target.Assign(source.Value);
            }
        }
    }
}
