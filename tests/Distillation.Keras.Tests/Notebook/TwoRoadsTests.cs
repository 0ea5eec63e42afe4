using Distillation.Keras.Layers;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Tests.Notebook;

/// <summary>The notebook's steps and the distiller are two roads to one answer.</summary>
public class TwoRoadsTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void The_notebooks_steps_and_the_distiller_give_the_same_student(bool weighted)
    {
        float[,] x = Toy.X();
        int[] y = Toy.Labels(x);
        float[,] testX = Toy.X(20, seed: 2);
        ArrayLike? weights = null;
        if (weighted)
        {
            weights = (float[])[.. Enumerable.Range(0, y.Length).Select(i => (i % 3) + 0.5f)];
        }

        Model teacher = Toy.Teacher();
        Model first = Student();
        Model second = Student();
        var optimizer = new Adam(0.01);

        Model softened = first.WithSoftenedOutput(3);
        softened.Compile(optimizer, new KnowledgeDistillationLoss(3, 0.25, 0.75));
        History steps = softened.Fit(
            x,
            DistillationTargets.From(teacher, x, y),
            batch_size: 16,
            epochs: 4,
            shuffle: false,
            verbose: 0,
            sample_weight: weights,
            validation_data: new ValidationData(testX, DistillationTargets.From(teacher, testX, Toy.Labels(testX)))
        );
        DistillationResult result = new Distiller(teacher)
            .WithStudent(second)
            .WithTemperature(3)
            .WithHardLossWeight(0.25)
            .WithSoftLossWeight(0.75)
            .WithOptimizer(new Adam(0.01))
            .Fit(
                x,
                y,
                batch_size: 16,
                epochs: 4,
                shuffle: false,
                verbose: 0,
                sample_weight: weights,
                validation_data: (testX, Toy.Labels(testX))
            );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.History["loss"], Is.EqualTo(steps["loss"]).Within(1e-5).Percent.Or.EqualTo(steps["loss"]).Within(1e-5));
            Assert.That(result.History["val_loss"], Is.EqualTo(steps["val_loss"]).Within(2e-5));
            Assert.That(Toy.Values(second), Is.EqualTo(Toy.Values(first)).Within(2e-5));
        }

        static Sequential Student() =>
            new(
                new Input(shape: Toy.Width),
                new Dense(5, "relu", kernel_initializer: new Initializers.GlorotUniform(seed: 3), kernel_regularizer: new L2(0.01)),
                new BatchNormalization(),
                Toy.Dense(Toy.Classes, 4, "softmax")
            );
    }

    [Test]
    public void The_loss_is_the_weighted_sum_with_regularizers()
    {
        float[,] x = Toy.X();
        var student = new Sequential(
            new Input(shape: Toy.Width),
            new Dense(Toy.Classes, "softmax", kernel_initializer: new Initializers.GlorotUniform(seed: 3), kernel_regularizer: new L2(0.1))
        );
        double penalty = 0.1 * Toy.Values(student.Weights[0]).Sum(w => w * w);

        History history = new Distiller(Toy.Mlp())
            .WithStudent(student)
            .WithOptimizer(new SGD(0.0))
            .WithHardLossWeight(0.3)
            .WithSoftLossWeight(2)
            .Fit(x, Toy.Labels(x), epochs: 1, verbose: 0, validation_split: 0.2)
            .History;

        foreach (string prefix in (string[])["", "val_"])
        {
            Assert.That(
                history[prefix + "loss"][0],
                Is.EqualTo((0.3 * history[prefix + "hard_loss"][0]) + (2 * history[prefix + "soft_loss"][0]) + penalty).Within(1e-4).Percent
            );
        }
    }
}
