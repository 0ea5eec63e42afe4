using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
using NumSharp;

namespace Distillation.Keras.Tests.Notebook;

/// <summary>
/// The six faults of the notebook that the library began with: each is handled, or refused with an error that says what to do.
/// </summary>
public class NotebookFaultsTests
{
    [Test]
    public void A_popping_the_last_layer_no_longer_throws_the_logits_away()
    {
        Model teacher = Cnn("softmax");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(teacher.PopSoftmax().Output.Shape[-1], Is.EqualTo(10), "logits, where the notebook had the 128 wide dropout");
            Assert.That(teacher.WithSoftenedOutput(5).Output.Shape[-1], Is.EqualTo(20), "where the notebook had 256");
        }
    }

    [Test]
    public void B_the_teacher_is_not_changed_through_an_alias()
    {
        Model teacher = Cnn("softmax");
        teacher.Compile(new Adadelta(1.0), loss: "categorical_crossentropy");
        var before = new ModelSnapshot(teacher);

        teacher.PopSoftmax().Compile("sgd", "mse");
        teacher.WithSoftenedOutput(5).Compile("sgd", "mse");

        before.AssertUnchanged();
        Assert.That(
            teacher.Layers[^1],
            Is.InstanceOf<Dense>().With.Property(nameof(Dense.Activation)).Matches<ActivationFunction>(a => a.Name == "softmax")
        );
    }

    [Test]
    public void C_one_hot_labels_without_the_teachers_logits_are_refused_and_the_remedy_works()
    {
        float[,] x = Toy.X();
        int[] y = Toy.Labels(x);
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp(hidden: 3).WithSoftenedOutput(5);
        student.Compile(new Adadelta(1.0), KnowledgeDistillationLoss.Notebook(1, 5), DistillationMetrics.Notebook(5));

        Assert.That(
            () => student.Fit(x, Toy.OneHot(y), verbose: 0),
            Throws
                .ArgumentException.With.Message.Contains("the teacher's logits, are missing")
                .And.Message.Contains("DistillationTargets.From(teacher, x, y)")
        );
        Assert.That(student.Fit(x, DistillationTargets.From(teacher, x, y), verbose: 0)["loss"][0], Is.GreaterThan(0));
    }

    [TestCase(3)]
    [TestCase(7)]
    public void D_the_split_follows_the_number_of_classes(int classes)
    {
        float[,] x = Toy.X();
        int[] y = [.. Enumerable.Range(0, x.GetLength(0)).Select(i => i % classes)];
        var model = new Sequential(new Input(shape: Toy.Width), Toy.Dense(classes, 1, "softmax"));
        Model softened = model.WithSoftenedOutput(2);
        DistillationTargets targets = DistillationTargets.From(model, x, y);
        softened.Compile("sgd", new KnowledgeDistillationLoss(2), [DistillationMetrics.Accuracy()]);
        model.Compile("sgd", "sparse_categorical_crossentropy", ["accuracy"]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(targets.NumClasses, Is.EqualTo(classes));
            Assert.That(softened.Evaluate(x, targets)["accuracy"], Is.EqualTo(model.Evaluate(x, y)["accuracy"]));
        }
    }

    [Test]
    public void E_the_accuracy_is_that_of_the_labels_and_not_of_both_halves()
    {
        // Over both halves the greatest target is the teacher's logit in column 3 and the greatest prediction there, too: all right, it
        // would seem.
        using NDArray targets = np.array(
            new float[,]
            {
                { 1, 0, -9, 50 },
            }
        );
        using NDArray predictions = np.array(
            new float[,]
            {
                { 0.4f, 0.6f, 0.1f, 0.9f },
            }
        );

        Assert.That(DistillationMetrics.Accuracy(targets, predictions), Is.Zero);
    }

    [Test]
    public void F_the_factor_of_T_squared_is_in_both_roads()
    {
        float[,] x = Toy.X();
        int[] y = Toy.Labels(x);
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp(seed: 7);
        Model softened = student.WithSoftenedOutput(5);
        softened.Compile(
            new SGD(0.0),
            new KnowledgeDistillationLoss(5, hard_weight: 0, soft_weight: 1),
            [DistillationMetrics.SoftLogLoss(5)]
        );

        Logs steps = softened.Evaluate(x, DistillationTargets.From(teacher, x, y));
        History history = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5)
            .WithOptimizer(new SGD(0.0))
            .Fit(x, y, epochs: 1, verbose: 0)
            .History;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(steps["loss"], Is.EqualTo(25 * steps["soft_logloss"]).Within(1e-4).Percent);
            Assert.That(history["soft_loss"][0], Is.EqualTo(steps["loss"]).Within(1e-4).Percent);
        }
    }

    private static Sequential Cnn(string? activation) =>
        new(
            new Input(28, 28, 1),
            new Conv2D(3, (3, 3), activation: "relu"),
            new Conv2D(4, (3, 3), activation: "relu"),
            new MaxPooling2D((2, 2)),
            new Dropout(0.25),
            new Flatten(),
            new Dense(128, activation: "relu", kernel_constraint: new MaxNorm(3)),
            new Dropout(0.5),
            new Dense(10, activation: activation ?? "linear")
        );
}
