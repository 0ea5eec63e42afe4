using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.State;
using Distillation.Keras.Teachers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>A distillation of data that come batch by batch is that of the same arrays.</summary>
internal sealed class DataSourceTests
{
    private const int Size = 10;
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);
    private static readonly Model Teacher = Toy.Teacher();

    private static readonly Setting[] Settings =
    [
        new("labels and teacher", d => d),
        new("without labels", d => d) { HasLabels = false },
        new("weights", d => d) { HasWeights = true },
        new("class weights", d => d) { ClassWeights = new() { [1] = 3 } },
        new("metrics", d => d.WithMetrics("top_k_categorical_accuracy")),
        new("features", d => d.With(new FitNetsHint(Teacher.Layers[^2].Name, "hidden"), 0.5)),
        new("an objective that looks at all data first", d => d.With(new Centred(), 0.5)),
        new("no teacher", d => d) { HasTeacher = false },
    ];

    [TestCaseSource(nameof(Settings))]
    public void A_student_of_a_source_is_that_of_the_arrays(Setting setting)
    {
        DistillationResult ofArrays = setting
            .Distiller()
            .Fit(
                X,
                setting.HasLabels ? (ArrayLike)Y : null,
                batch_size: Size,
                epochs: 2,
                verbose: 0,
                shuffle: false,
                class_weight: setting.ClassWeights,
                sample_weight: setting.HasWeights ? (ArrayLike)Weights(0, 50) : null
            );
        DistillationResult ofSource = setting
            .Distiller()
            .Fit(setting.Source(), epochs: 2, verbose: 0, shuffle: false, class_weight: setting.ClassWeights);

        // The teacher is asked about other batches: its last digits may differ.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Toy.Values(ofSource.Student), Is.EqualTo(Toy.Values(ofArrays.Student)).Within(1e-4));
            Assert.That(ofSource.History.Names, Is.EqualTo(ofArrays.History.Names));
            foreach (string name in ofArrays.History.Names)
            {
                Assert.That(ofSource.History[name], Is.EqualTo(ofArrays.History[name]).Within(1e-4), name);
            }
        }
    }

    [Test]
    public void A_source_is_validation_data_too()
    {
        var setting = new Setting("validation", d => d);
        History ofArrays = setting.Distiller().Fit(X, Y, verbose: 0, epochs: 2, validation_data: (X, Y)).History;
        History ofSource = setting.Distiller().Fit(X, Y, verbose: 0, epochs: 2, validation_data: setting.Source()).History;
        Assert.That(ofSource["val_loss"], Is.EqualTo(ofArrays["val_loss"]).Within(1e-5));
    }

    [Test]
    public void A_teacher_that_knows_samples_finds_them_by_their_indices()
    {
        using NDArray logits = Teacher.PopSoftmax().Predict(X);
        var teacher = PrecomputedTeacher.FromLogits(logits);
        var model = new Setting("model", d => d);
        DataSource backwards = DataSource.FromBatches(_ => Enumerable.Range(0, 5).Select(i => Batch(40 - (i * Size), hasIndices: true)));
        DistillationResult stored = new Distiller(teacher).WithStudent(Setting.Student()).WithSeed(3).Fit(backwards, epochs: 2, verbose: 0);
        DistillationResult computed = model.Distiller().Fit(backwards, epochs: 2, verbose: 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Toy.Values(stored.Student), Is.EqualTo(Toy.Values(computed.Student)).Within(1e-4));
            Assert.That(
                () => new Distiller(teacher).WithStudent(Setting.Student()).Fit(model.Source(), epochs: 1, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("knows samples by their numbers").And.Message.Contains("indices")
            );
            Assert.That(
                () =>
                    new Distiller(teacher)
                        .WithStudent(Setting.Student())
                        .Fit(Batches(Batch(0, hasIndices: true), Batch(10)), epochs: 1, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("Batch 1 of the source").And.Message.Contains("indices")
            );
            Assert.That(
                () => new Distiller(teacher).WithStudent(Setting.Student()).Fit(backwards, verbose: 0, validation_data: (X, Y)),
                Throws.ArgumentException.With.Message.Contains("Leave validation_data out")
            );
        }
    }

    [Test]
    public void A_distillation_of_a_source_goes_on_where_it_was_cancelled()
    {
        var setting = new Setting("cancelled", d => d.WithStudent(Toy.Normalized()));
        double[] whole = Toy.Values(setting.Distiller().Fit(setting.Source(), epochs: 2, verbose: 0).Student);
        for (int step = 1; step < 10; step++)
        {
            using var token = new CancellationTokenSource();
            int steps = 0;
            var cancel = new LambdaCallback(
                on_train_batch_end: (_, _) =>
                {
                    if (++steps == step)
                    {
                        token.Cancel();
                    }
                }
            );
            FitState state = Assert
                .Throws<FitCanceledException>(() =>
                    setting.Distiller().Fit(setting.Source(), epochs: 2, verbose: 0, callbacks: [cancel], cancellationToken: token.Token)
                )!
                .State;
            Assert.That(
                Toy.Values(setting.Distiller().Fit(setting.Source(), epochs: 2, verbose: 0, state: state).Student),
                Is.EqualTo(whole),
                $"cancelled after {step} steps"
            );
        }
    }

    [Test]
    public void What_does_not_fit_is_refused_in_words()
    {
        var setting = new Setting("refused", d => d);
        DataSource source = setting.Source();
        using (Assert.EnterMultipleScope())
        {
            Refused(() => setting.Distiller().Fit(source, Y), "but y was given beside it");
            Refused(() => setting.Distiller().Fit(source, validation_data: new ValidationData(source, Y)), "but y was given beside it");
            Refused(
                () => setting.Distiller().Fit(X, Y, validation_data: new ValidationData(source, null, new float[50])),
                "but sample_weight was given beside it"
            );
            Refused(() => setting.Distiller().Fit(source, batch_size: 32), "but batch_size was given beside it");
            Refused(() => setting.Distiller().Fit(source, validation_split: 0.1), "but validation_split was given beside it");
            Refused(
                () =>
                    setting
                        .Distiller()
                        .With(new ContrastiveRepresentationDistillation(Teacher.Layers[^2].Name, "hidden"), 0.1)
                        .Fit(source, verbose: 0),
                "number is known before the fit"
            );
            Refused(
                () => setting.Distiller().Fit(Batches(Batch(0), new DataBatch(X, Toy.OneHot(Y))), verbose: 0),
                "Batch 1 of the source",
                "the same form"
            );
            Refused(
                () => setting.Distiller().Fit(Batches(Batch(0), new DataBatch(X, Enumerable.Repeat(7, 50).ToArray())), verbose: 0),
                "Batch 1 of the source",
                "from 0 to 3"
            );
            Refused(
                () => setting.Distiller().With(new ToyObjectives.Indexed(), 1).Fit(source, verbose: 0),
                "the batches of the source have none"
            );
            Refused(
                () =>
                    setting.Distiller().With(new ToyObjectives.Whole(), 1).Fit(Batches(Batch(0), Batch(10, hasWeights: true)), verbose: 0),
                "Batch 1 of the source",
                "sample_weight"
            );
            Refused(() => setting.Distiller().Fit(DataSource.FromBatches(_ => []), verbose: 0), "at least one batch");
        }

        static void Refused(Action fit, params string[] parts)
        {
            ArgumentException e = Assert.Catch<ArgumentException>(() => fit())!;
            foreach (string part in parts)
            {
                Assert.That(e?.Message, Does.Contain(part));
            }
        }
    }

    [Test]
    public void A_distillation_of_a_source_leaves_no_tensors_behind()
    {
        var setting = new Setting("leaks", d => d.With(new FitNetsHint(Teacher.Layers[^2].Name, "hidden"), 0.5));
        Distiller distiller = setting.Distiller();
        Assert.That(
            LiveTensors.LeftBy(() => distiller.Fit(setting.Source(), epochs: 1, verbose: 0, validation_data: setting.Source())),
            Is.Zero
        );
    }

    private static DataSource Batches(params DataBatch[] batches) => DataSource.FromBatches(_ => batches);

    private static float[] Weights(int start, int count) => [.. Enumerable.Range(start, count).Select(i => 0.5f + (i % 3))];

    private static DataBatch Batch(int start, bool hasLabels = true, bool hasWeights = false, bool hasIndices = false)
    {
        float[,] x = new float[Size, Toy.Width];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Toy.Width; j++)
            {
                x[i, j] = X[start + i, j];
            }
        }

        return new DataBatch(
            x,
            hasLabels ? (ArrayLike)Y[start..(start + Size)] : null,
            hasWeights ? (ArrayLike)Weights(start, Size) : null,
            hasIndices ? Enumerable.Range(start, Size).Select(i => (long)i) : null
        );
    }

    /// <summary>Compares with the teacher's mean logits, of which it hears beforehand.</summary>
    private sealed class Centred() : DistillationObjective("centred")
    {
        public override BoundObjective Bind(ObjectiveBinding binding) => new State(this);

        protected override Tensor Compute(ObjectiveSignals signals) => throw new NotSupportedException();

        private sealed class State(DistillationObjective objective) : BoundObjective(objective)
        {
            private float[] _mean = [];

            // Twice, as it may be gone through any number of times.
            public override void Prepare(IEnumerable<ObjectiveSignals> batches)
            {
                Assert.That(batches.Count(), Is.EqualTo(5));
                float[][] means = [.. batches.Select(b => b.TeacherLogits.mean([0]).data<float>().ToArray())];
                _mean = [.. Enumerable.Range(0, Toy.Classes).Select(c => means.Average(m => m[c]))];
            }

            protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.subtract(tensor(_mean)).square().sum(-1);
        }
    }

    /// <summary>How it is distilled.</summary>
    public sealed record Setting(string Name, Func<Distiller, Distiller> Of)
    {
        public bool HasLabels { get; init; } = true;

        public bool HasWeights { get; init; }

        public bool HasTeacher { get; init; } = true;

        public ClassWeights? ClassWeights { get; init; }

        public static Model Student() =>
            new Sequential(new Input(Toy.Width), Toy.Dense(8, 1, "relu", name: "hidden"), Toy.Dense(Toy.Classes, 2, "softmax"));

        public Distiller Distiller() =>
            Of(
                (HasTeacher ? new Distiller(Teacher) : new Distiller().WithSoftLossWeight(0).WithHardLossWeight(1))
                    .WithSeed(3)
                    .WithStudent(Student())
            );

        public DataSource Source() =>
            DataSource.FromBatches(_ => Enumerable.Range(0, 5).Select(i => Batch(i * Size, HasLabels, HasWeights)), 5);

        public override string ToString() => Name;
    }
}
