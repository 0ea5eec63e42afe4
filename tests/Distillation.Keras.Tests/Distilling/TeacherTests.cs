using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Notebook;
using TorchSharp;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>The teacher stays as it is, bit for bit, and runs once on each sample.</summary>
public class TeacherTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    private static IEnumerable<TestCaseData<Func<Model>>> Teachers =>
        [
            new(() => Toy.Teacher()) { TestName = "A Sequential with BatchNormalization and Dropout" },
            new(() => new Sequential(new Input(shape: Toy.Width), Toy.Teacher())) { TestName = "A nested teacher" },
            new(Functional) { TestName = "A functional teacher" },
            new(Frozen) { TestName = "A teacher of which one layer is frozen" },
            new(() => Toy.Teacher().PopSoftmax()) { TestName = "A teacher that ends in logits" },
        ];

    [TestCaseSource(nameof(Teachers))]
    public void A_fit_changes_nothing(Func<Model> make)
    {
        Model teacher = make();
        var before = new ModelSnapshot(teacher);
        double[] predictions = Toy.Predict(teacher, X);

        DistillationResult result = new Distiller(teacher).WithSeed(1).Fit(X, Y, epochs: 2, verbose: 0, validation_split: 0.2);
        result.Evaluate(X, Y);

        before.AssertUnchanged();
        Assert.That(Toy.Predict(teacher, X), Is.EqualTo(predictions));
    }

    [Test]
    public void An_exception_in_the_middle_changes_nothing()
    {
        Model teacher = Toy.Teacher();
        var before = new ModelSnapshot(teacher);
        var failing = new At(3, () => throw new InvalidDataException("stop"));

        Assert.That(
            () => new Distiller(teacher).WithCallbacks(failing).Fit(X, Y, batch_size: 5, verbose: 0),
            Throws.TypeOf<InvalidDataException>()
        );

        before.AssertUnchanged();
    }

    [Test]
    public void A_cancellation_ends_the_fit_after_the_step_under_way_and_changes_nothing()
    {
        Model teacher = Toy.Teacher();
        var before = new ModelSnapshot(teacher);
        using var source = new CancellationTokenSource();
        var batches = new BatchLogs();
        var cancelling = new At(3, source.Cancel);

        Assert.That(
            () =>
                new Distiller(teacher)
                    .WithCallbacks(batches, cancelling)
                    .Fit(X, Y, batch_size: 5, verbose: 0, cancellationToken: source.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );

        before.AssertUnchanged();
        Assert.That(batches.Batches, Has.Count.EqualTo(4));
    }

    [Test]
    public void A_token_cancelled_before_ends_the_fit_before_the_first_step()
    {
        Model student = Toy.Mlp();
        double[] before = Toy.Values(student);

        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, Y, verbose: 0, cancellationToken: new CancellationToken(true)),
            Throws.InstanceOf<OperationCanceledException>()
        );

        Assert.That(Toy.Values(student), Is.EqualTo(before));
    }

    [TestCase(null)]
    [TestCase(0.2)]
    public void It_runs_once_on_each_sample(double? split)
    {
        long rows = 0;
        var input = new Input(shape: Toy.Width);
        var counted = new Lambda(x =>
        {
            rows += x.shape[0];
            return x.alias();
        });
        var teacher = new Model(input, Toy.Mlp().Apply(counted.Apply(input)));
        rows = 0;

        new Distiller(teacher).WithStudent(Toy.Mlp()).Fit(X, Y, epochs: 7, verbose: 0, batch_size: 8, validation_split: split ?? 0);

        Assert.That(rows, Is.EqualTo(X.GetLength(0)));
    }

    [Test]
    public void Cached_logits_stay_with_their_samples_when_shuffled()
    {
        // The student is the teacher's double: it agrees on every sample, if the logits are those of the sample.
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp();

        History history = new Distiller(teacher)
            .WithStudent(student)
            .WithOptimizer("sgd")
            .WithHardLossWeight(0)
            .Fit(X, Y, epochs: 3, verbose: 0, batch_size: 7)
            .History;

        Assert.That(history["teacher_agreement"], Has.All.EqualTo(1));
    }

    [Test]
    public void Weights_that_are_NaN_are_refused_by_the_teachers_name()
    {
        Model teacher = Toy.Mlp();
        using torch.Tensor bad = torch.full_like(teacher.Weights[0].Value, double.NaN);
        teacher.Weights[0].Assign(bad);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new Distiller(teacher).Fit(X, Y, verbose: 0),
                Throws.InstanceOf<ArithmeticException>().With.Message.Contains($"'{teacher.Name}'")
            );
            Assert.That(
                () => DistillationTargets.From(teacher, X, Y),
                Throws.InstanceOf<ArithmeticException>().With.Message.Contains($"'{teacher.Name}'")
            );
        }
    }

    [TestCase(60)]
    [TestCase(100)]
    public void Extreme_logits_stay_finite(double size)
    {
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp(seed: 4);
        foreach (Variable weight in (Variable[])[teacher.Weights[^2], student.Weights[^2]])
        {
            using torch.Tensor big = weight.Value.detach() * size;
            weight.Assign(big);
        }

        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(1)
            .WithLoss(new CategoricalCrossentropy(label_smoothing: 0.1))
            .Fit(X, Y, epochs: 2, verbose: 0);

        Assert.That(result.History["loss"], Has.All.GreaterThan(0).And.All.LessThan(1e4));
        Assert.That(Toy.Values(student), Has.All.Matches<double>(double.IsFinite));
    }

    private static Model Functional()
    {
        var input = new Input(shape: Toy.Width);
        KerasTensor hidden = new BatchNormalization().Apply(Toy.Dense(8, 1).Apply(input));
        var model = new Model(
            input,
            new Softmax().Apply(Toy.Dense(Toy.Classes, 2).Apply(new Add().Apply(hidden, Toy.Dense(8, 3, "relu").Apply(input))))
        );
        model.Compile("adam", "sparse_categorical_crossentropy");
        model.Fit(X, Y, verbose: 0);
        return model;
    }

    private static Sequential Frozen()
    {
        Sequential teacher = Toy.Teacher();
        teacher.Layers[0].Trainable = false;
        return teacher;
    }

    /// <summary>Does something after one batch.</summary>
    private sealed class At(int batch, Action action) : Callback
    {
        public override void OnTrainBatchEnd(int at, Logs logs)
        {
            if (at == batch)
            {
                action();
            }
        }
    }
}
