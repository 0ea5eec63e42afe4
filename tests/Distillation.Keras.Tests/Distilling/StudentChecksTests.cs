using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>What does not fit between teacher, student and data is refused before the first step, with all problems at once.</summary>
public class StudentChecksTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void The_teacher_itself_is_no_student()
    {
        Model teacher = Toy.Mlp();

        Assert.That(
            () => new Distiller(teacher).WithStudent(teacher).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("teacher.Clone()")
        );
    }

    [Test]
    public void A_student_that_trains_the_teachers_layers_is_refused_unless_they_are_frozen()
    {
        Sequential teacher = Toy.Teacher();
        var student = new Sequential(
            new Input(shape: Toy.Width),
            teacher.Layers[0],
            teacher.Layers[1],
            Toy.Dense(Toy.Classes, 5, "softmax")
        );
        Distiller distiller = new Distiller(teacher).WithStudent(student);

        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains(teacher.Layers[0].Name).And.Message.Contains("Trainable = false")
        );

        teacher.Layers[0].Trainable = false;
        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("moving_mean"),
            "statistics change in training, too"
        );

        teacher.Layers[1].Trainable = false;
        var before = new ModelSnapshot(teacher);
        distiller.Fit(X, Y, epochs: 1, verbose: 0);
        before.AssertUnchanged();
    }

    [Test]
    public void A_student_that_is_the_teachers_logits_is_refused()
    {
        Model teacher = Toy.Mlp();

        Assert.That(
            () => new Distiller(teacher).WithStudent(teacher.PopSoftmax()).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("belong to the teacher")
        );
    }

    [Test]
    public void All_problems_are_listed_at_once()
    {
        var student = new Sequential(new Input(shape: 3), Toy.Dense(5, 1, "softmax")) { Trainable = false };

        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("3 problems")
                .And.Message.Contains("same classes")
                .And.Message.Contains("same inputs")
                .And.Message.Contains("no trainable weights")
        );
    }

    [Test]
    public void An_unbuilt_student_is_made_for_the_teachers_inputs_alone()
    {
        var student = new Sequential(Toy.Dense(Toy.Classes, 1, "softmax"));

        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(new float[50, 3], Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("(50, 3)")
        );
        Assert.That(student.Built, Is.False);
        Assert.That(() => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, Y, epochs: 1, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void An_unbuilt_student_that_ends_in_a_sigmoid_is_refused_at_the_fit()
    {
        var student = new Sequential(Toy.Dense(Toy.Classes, 1, "sigmoid"));

        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, Y, verbose: 0),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("sigmoid")
        );
    }

    [Test]
    public void One_class_is_refused()
    {
        var teacher = new Sequential(new Input(shape: Toy.Width), Toy.Dense(1, 1));

        Assert.That(
            () => new Distiller(teacher).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("at least 2 classes")
        );
    }

    [Test]
    public void Maps_of_classes_are_refused()
    {
        var teacher = new Sequential(new Input(shape: (2, 2, 3)), Toy.Dense(Toy.Classes, 1, "softmax"));

        Assert.That(
            () => new Distiller(teacher).Fit(new float[4, 2, 2, 3], verbose: 0),
            Throws.ArgumentException.With.Message.Contains("(batch, classes)")
        );
    }

    [Test]
    public void Weights_that_leave_nothing_to_learn_are_refused()
    {
        var distiller = new Distiller(Toy.Mlp());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => distiller.WithHardLossWeight(0).WithSoftLossWeight(0).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("Both loss weights are 0")
            );
            Assert.That(
                () => distiller.WithSoftLossWeight(0).Fit(X, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("Without labels")
            );
            Assert.That(
                () => distiller.WithMetrics("mse").Fit(X, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("WithMetrics")
            );
        }
    }
}
