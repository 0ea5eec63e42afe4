using Distillation.Keras.Layers;
using Distillation.Keras.Teachers;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Inputs that are changed at random in each step, for teacher and student alike.</summary>
public sealed class AugmentationTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Teacher_and_student_see_the_same_views_and_others_in_each_epoch()
    {
        List<string> byTeacher = [];
        List<string> byStudent = [];
        Fit(new GaussianNoise(0.3), Recording(byTeacher, 5), Recording(byStudent, 6));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(byStudent, Has.Count.EqualTo(10).And.Unique, "five steps in each of two epochs");
            Assert.That(byTeacher, Is.EqualTo(byStudent));
        }
    }

    [Test]
    public void Without_it_the_samples_are_as_they_are()
    {
        List<string> byStudent = [];
        Fit(new GaussianNoise(0), Recording([], 5), Recording(byStudent, 6), shuffle: false);
        Assert.That(byStudent.Distinct().Count(), Is.EqualTo(5), "the same five batches in both epochs");
    }

    [Test]
    public void Validation_data_are_not_changed()
    {
        List<string> byStudent = [];
        Model student = Recording(byStudent, 6);
        new Distiller(Toy.Teacher())
            .WithStudent(student)
            .WithAugmentation(new GaussianNoise(0.3))
            .Fit(X, Y, batch_size: 50, epochs: 3, verbose: 0, validation_data: (X, Y));
        Assert.That(byStudent.GroupBy(v => v).Select(g => g.Count()).Order(), Is.EqualTo([1, 1, 1, 3]));
    }

    [TestCase(null)]
    [TestCase(3)]
    public void The_seed_fixes_the_views(int? layerSeed)
    {
        // Its fit draws anew.
        Model teacher = Toy.Teacher();
        double[] Student(int seed) =>
            Toy.Values(
                new Distiller(teacher)
                    .WithStudent(Toy.Mlp())
                    .WithSeed(seed)
                    .WithAugmentation(new GaussianNoise(0.3, seed: layerSeed))
                    .Fit(X, Y, batch_size: 10, epochs: 2, verbose: 0)
                    .Student
            );

        double[] first = Student(1);
        Assert.That(Student(1), Is.EqualTo(first));
        Assert.That(Student(2), Is.Not.EqualTo(first));
    }

    [Test]
    public void It_is_no_part_of_the_student_and_is_not_changed()
    {
        var noise = new GaussianNoise(0.3);
        Model student = Toy.Mlp();
        DistillationResult result = new Distiller(Toy.Teacher())
            .WithStudent(student)
            .WithAugmentation(noise)
            .Fit(X, Y, epochs: 1, verbose: 0);
        Assert.That(result.Student.Layers.Select(l => l.GetType().Name), Has.None.EqualTo("GaussianNoise"));
        Assert.That(noise.Built, Is.False);
    }

    [Test]
    public void Steps_leave_no_tensor_behind()
    {
        Distiller distiller = new Distiller(Toy.Teacher())
            .WithStudent(Toy.Mlp())
            .WithAugmentation(new Pipeline([new GaussianNoise(0.3, seed: 1), new Dropout(0.2)]));
        distiller.Fit(X, Y, epochs: 1, verbose: 0, batch_size: 10);
        Assert.That(LiveTensors.LeftBy(() => distiller.Fit(X, Y, epochs: 20, verbose: 0, batch_size: 10)), Is.Zero);
    }

    [Test]
    public void Mixtures_are_for_what_has_no_labels()
    {
        float[,,,] images = new float[20, 4, 4, 1];
        int[] labels = new int[20];
        static Model Classifier() => new Sequential(new Input(4, 4, 1), new Flatten(), new Dense(3, "softmax"));
        Distiller distiller = new Distiller(Classifier()).WithStudent(Classifier()).WithAugmentation(new Pipeline([new MixUp()]));
        Assert.That(
            () => distiller.Fit(images, labels, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("MixUp").And.Message.Contains("Leave y out")
        );
        Assert.That(distiller.Fit(images, epochs: 1, verbose: 0).History.Contains("soft_loss"), Is.True);
    }

    [Test]
    public void What_cannot_be_used_is_refused()
    {
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp());
        Assert.That(
            () => distiller.WithAugmentation(null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("augmentation")
        );
        Refused(distiller.WithAugmentation(new Dense(Toy.Width)), "has nothing to learn", "2 weights");
        Refused(distiller.WithAugmentation(new Reshape((3, 2))), "keeps the shape of its input, (None, 6)", "(None, 3, 2)");
        Refused(
            new Distiller(PrecomputedTeacher.FromLogits(new float[X.GetLength(0), Toy.Classes]))
                .WithStudent(Toy.Mlp())
                .WithAugmentation(new GaussianNoise(0.1)),
            "knows samples by their numbers alone"
        );

        static void Refused(Distiller distiller, params string[] parts)
        {
            ArgumentException? found = Assert.Throws<ArgumentException>(() => distiller.Fit(X, Y, verbose: 0));
            foreach (string part in parts)
            {
                Assert.That(found!.Message, Does.Contain(part));
            }
        }
    }

    // A classifier that writes down what it is asked; trials of shapes have only zeros.
    private static Sequential Recording(List<string> seen, int seed) =>
        new(
            new Input(Toy.Width),
            new Lambda(x =>
            {
                float[] values = [.. x.cpu().to(float32).data<float>()];
                if (Array.Exists(values, v => v != 0))
                {
                    seen.Add(string.Join(' ', values));
                }

                return x.alias();
            }),
            Toy.Dense(Toy.Classes, seed, "softmax")
        );

    private static void Fit(Layer augmentation, Model teacher, Model student, bool shuffle = true) =>
        new Distiller(teacher)
            .WithStudent(student)
            .WithAugmentation(augmentation)
            .Fit(X, Y, batch_size: 10, epochs: 2, verbose: 0, shuffle: shuffle);
}
