using Distillation.Keras.Callbacks;
using Distillation.Keras.Notebook;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Live tensors before and after: nothing is left behind, however a fit ends.</summary>
public class LeakTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Two_hundred_steps_leave_no_tensor_behind()
    {
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(Toy.Normalized()).WithMetrics("mse", "top_k_categorical_accuracy");
        distiller.Fit(X, Y, epochs: 1, verbose: 0, batch_size: 10, validation_split: 0.2);

        Unchanged(() => distiller.Fit(X, Y, epochs: 40, verbose: 0, batch_size: 8, validation_split: 0.2));
    }

    [Test]
    public void The_notebooks_steps_leave_no_tensor_behind()
    {
        Model softened = Toy.Normalized().WithSoftenedOutput(3);
        DistillationTargets targets = DistillationTargets.From(Toy.Teacher(), X, Y);
        softened.Compile("adam", new KnowledgeDistillationLoss(3), DistillationMetrics.Notebook(3));
        softened.Fit(X, targets, verbose: 0);

        Unchanged(() => softened.Fit(X, targets, epochs: 40, verbose: 0, batch_size: 10));
    }

    [Test]
    public void Targets_and_evaluations_leave_no_tensor_behind()
    {
        Model teacher = Toy.Teacher();
        DistillationResult result = new Distiller(teacher).WithStudent(Toy.Mlp()).Fit(X, Y, epochs: 1, verbose: 0);

        Unchanged(() =>
        {
            DistillationTargets.From(teacher, X, Y);
            result.Evaluate(X, Y);
        });
    }

    [Test]
    public void A_born_again_student_leaves_only_its_weights()
    {
        Model teacher = Toy.Teacher();
        long left = LiveTensors.LeftBy(() => new Distiller(teacher).Fit(X, Y, epochs: 3, verbose: 0));

        Assert.That(left, Is.EqualTo(teacher.Weights.Count));
    }

    [Test]
    public void A_fit_that_fails_leaves_no_tensor_behind()
    {
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp()).WithMetrics("mse");
        var failing = new Failing();

        Unchanged(() =>
        {
            Assert.That(() => distiller.WithCallbacks(failing).Fit(X, Y, verbose: 0, batch_size: 5), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => distiller.Fit(X, Toy.OneHot(Y, 7), verbose: 0), Throws.ArgumentException);
            Assert.That(() => distiller.Fit(X, verbose: 0), Throws.ArgumentException);
            Assert.That(() => distiller.Fit(X, Y, verbose: 0, sample_weight: new float[3]), Throws.ArgumentException);
            Assert.That(() => distiller.Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, null)), Throws.ArgumentException);
            Assert.That(
                () => distiller.WithLoss("sparse_categorical_crossentropy").Fit(X, Toy.OneHot(Y), verbose: 0),
                Throws.ArgumentException
            );
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, cancellationToken: new CancellationToken(true)),
                Throws.InstanceOf<OperationCanceledException>()
            );
        });
    }

    private static void Unchanged(Action action) => Assert.That(LiveTensors.LeftBy(action), Is.Zero);

    private sealed class Failing : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            if (batch == 3)
            {
                throw new InvalidDataException("stop");
            }
        }
    }
}
