using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Measures;
using Distillation.Keras.Objectives;
using TorchSharp;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>One teacher for many fits at once, one student for one, and the user's own callbacks.</summary>
public class ConcurrentFitTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    // Runs something on another thread while a distillation stands in a callback, and gives what it threw.
    private static Exception? Beside(Distiller distiller, Action action)
    {
        Exception? thrown = null;
        var meanwhile = new LambdaCallback(
            on_train_batch_end: (batch, _) =>
            {
                if (batch == 0)
                {
                    thrown = OtherThread.Run(action);
                }
            }
        );
        distiller.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [meanwhile]);
        return thrown;
    }

    private static (double[] Weights, double[] Losses) Distil(Model teacher, int i, bool cacheless = false)
    {
        Model student = Toy.Mlp(hidden: 3 + i, seed: 40 + i);
        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithSeed(i)
            .With(new FitNetsHint(teacher.Layers[0].Name, student.Layers[0].Name), 0.1)
            .WithFeatureCache(cacheless ? 0 : 1 << 20)
            .Fit(X, Y, epochs: 3, batch_size: 7, verbose: 0);
        return (Toy.Values(student), [.. result.History["loss"]]);
    }

    [Test]
    public void Fits_with_one_teacher_at_once_give_what_each_gives_alone_and_the_teacher_may_be_used_beside_them()
    {
        Model teacher = new Sequential(new Input(Toy.Width), Toy.Dense(Toy.Width, 1, "tanh"), Toy.Teacher());
        teacher.Compile("sgd", "sparse_categorical_crossentropy", ["accuracy"]);
        (double[] Weights, double[] Losses)[] alone = [.. Enumerable.Range(0, 4).Select(i => Distil(teacher, i, i % 2 == 0))];
        double[] predictions = Toy.Predict(teacher, X);
        Logs numbers = teacher.Evaluate(X, Y);
        var before = new ModelSnapshot(teacher);
        using var done = new ManualResetEventSlim();
        Task beside = Task.Run(() =>
        {
            while (!done.IsSet)
            {
                Assert.That(Toy.Predict(teacher, X), Is.EqualTo(predictions));
                Assert.That(teacher.Evaluate(X, Y), Is.EqualTo(numbers));
            }
        });

        Task<(double[] Weights, double[] Losses)>[] together =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(i =>
                    Task.Factory.StartNew(
                        () => Distil(teacher, i, i % 2 == 0),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                ),
        ];
        Task all = Task.WhenAll(together);
        try
        {
            Assert.That(all.Wait, Throws.Nothing);
        }
        finally
        {
            done.Set();
        }

        Assert.That(beside.Wait, Throws.Nothing);
        before.AssertUnchanged();
        for (int i = 0; i < 4; i++)
        {
            Assert.That(together[i].Result.Losses, Is.EqualTo(alone[i].Losses), $"fit {i}");
            Assert.That(together[i].Result.Weights, Is.EqualTo(alone[i].Weights), $"fit {i}");
        }
    }

    [Test]
    public void A_student_that_is_being_trained_is_refused_by_name()
    {
        Model student = Toy.Mlp();
        student.Compile("sgd", "sparse_categorical_crossentropy");
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(student);
        Action[] actions =
        [
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, Y, verbose: 0),
            () => student.Fit(X, Y, verbose: 0),
            () => student.TrainOnBatch(X, Y),
            () => student.Compile("adam", "mse"),
        ];
        foreach (Action action in actions)
        {
            Assert.That(Beside(distiller, action), Is.TypeOf<InvalidOperationException>().With.Message.Contains($"'{student.Name}'"));
        }

        // The logits of a student are another model on the same weights.
        Model logits = student.PopSoftmax();
        logits.Compile("sgd", new Keras.Losses.SparseCategoricalCrossentropy(from_logits: true));
        Assert.That(
            Beside(distiller, () => logits.Fit(X, Y, verbose: 0)),
            Is.TypeOf<InvalidOperationException>().With.Message.Contains($"Distiller.Fit of '{student.Name}'")
        );
        Assert.That(Beside(distiller, () => student.Predict(X).Dispose()), Is.Null);
        Assert.That(() => student.Fit(X, Y, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void Callbacks_are_the_users_objects_in_both_places_and_begin_anew()
    {
        var own = new EarlyStopping("loss", min_delta: 100, patience: 2);
        var further = new EarlyStopping("accuracy", min_delta: 100, patience: 1);
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp()).WithCallbacks(own);

        History history = distiller.Fit(X, Y, epochs: 9, verbose: 0).History;
        Assert.That(own.StoppedEpoch, Is.EqualTo(2));
        Assert.That(history.Epochs, Has.Count.EqualTo(3));
        Assert.That(own.Best, Is.EqualTo(history["loss"][0]));

        history = distiller.Fit(X, Y, epochs: 9, verbose: 0, callbacks: [further]).History;
        Assert.That(further.StoppedEpoch, Is.EqualTo(1));
        Assert.That(own.StoppedEpoch, Is.Zero);
        Assert.That(own.Best, Is.EqualTo(history["loss"][0]));
    }

    [Test]
    public void A_callback_in_two_running_fits_is_refused_by_name()
    {
        var common = new TerminateOnNaN();
        Distiller first = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp()).WithCallbacks(common);
        Distiller second = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp()).WithCallbacks(common);
        Assert.That(
            Beside(first, () => second.Fit(X, Y, verbose: 0)),
            Is.TypeOf<InvalidOperationException>().With.Message.Contains("TerminateOnNaN")
        );
        Assert.That(() => second.Fit(X, Y, epochs: 1, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void An_unknown_name_is_answered_with_the_names_of_the_distillation()
    {
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(Toy.Mlp()).WithMetrics("top_k_categorical_accuracy");
        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0, callbacks: [new EarlyStopping("agreement")], validation_split: 0.2),
            Throws.ArgumentException.With.Message.Contains(
                "accuracy, hard_loss, loss, soft_loss, teacher_agreement, top_k_categorical_accuracy, val_accuracy, val_hard_loss, "
                    + "val_loss, val_soft_loss, val_teacher_agreement, val_top_k_categorical_accuracy"
            )
        );
    }

    [Test]
    public void Distilling_where_gradients_are_switched_off_is_refused_in_words()
    {
        Model student = Toy.Mlp();
        Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(student);
        using (torch.no_grad())
        {
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains(
                    $"Distiller.Fit of '{student.Name}' was called inside torch.no_grad()"
                )
            );
        }

        using (torch.inference_mode())
        {
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains("torch.inference_mode()")
            );
        }

        Assert.That(() => distiller.Fit(X, Y, epochs: 1, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void Gradients_of_a_users_own_backward_pass_are_not_added_to_a_distillation()
    {
        static double[] Run(bool spoils)
        {
            Model student = Toy.Mlp();
            var spoil = new LambdaCallback(
                on_train_batch_begin: (_, _) =>
                {
                    using DisposeScope scope = torch.NewDisposeScope();
                    foreach (Variable weight in student.Weights)
                    {
                        weight.Value.grad = torch.ones_like(weight.Value);
                    }
                }
            );
            new Distiller(Toy.Mlp(hidden: 5, seed: 9))
                .WithStudent(student)
                .WithSeed(1)
                .Fit(X, Y, epochs: 2, batch_size: 20, verbose: 0, callbacks: spoils ? [spoil] : []);
            return Toy.Values(student);
        }

        Assert.That(Run(true), Is.EqualTo(Run(false)));
    }

    [Test]
    public void What_is_not_finite_is_never_right_and_agrees_with_nobody([Values] bool labels)
    {
        // Of a row of NaN the first class is the greatest, and no label is more probable than not.
        int samples = X.GetLength(0);
        ArrayLike y = labels ? new float[samples, Toy.Classes] : new int[samples];
        Model teacher = Toy.Mlp(activation: labels ? "sigmoid" : "softmax");
        Model student = Toy.Mlp(activation: labels ? "sigmoid" : "softmax");
        using (
            torch.Tensor never = torch.tensor(labels ? [-50f, -50, -50, -50] : new[] { 50f, 0, 0, 0 }),
                bad = torch.tensor(new[] { float.NaN, float.NaN, float.NaN, float.NaN })
        )
        {
            teacher.Weights[^1].Assign(never);
            student.Weights[^1].Assign(bad);
        }

        History history = new Distiller(teacher)
            .WithStudent(student)
            .Fit(X, y, epochs: 1, verbose: 0, callbacks: [new TerminateOnNaN()], validation_data: new ValidationData(X, y))
            .History;
        DistillationEvaluation evaluation = DistillationEvaluation.Of(teacher, student, X, y);
        Assert.That(
            new[]
            {
                history["accuracy"][0],
                history["val_accuracy"][0],
                history["teacher_agreement"][0],
                history["val_teacher_agreement"][0],
                evaluation.Student.Accuracy,
                evaluation.TeacherAgreement,
            },
            Is.All.Zero
        );
        Assert.That(evaluation.Teacher.Accuracy, Is.EqualTo(1));
    }
}
