using System.Reflection;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.Teachers;
using Distillation.Keras.Tests.Distilling;
using Distillation.Keras.Tests.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Devices;

/// <summary>
/// Where a distillation computes: student, teacher, objectives and sums. Another device than the host is libtorch's "meta", which has
/// shapes and no values.
/// </summary>
[NonParallelizable]
public sealed class DistillationDeviceTests
{
    internal static readonly Device Elsewhere = (Device)
        typeof(Device).GetProperty("Meta", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    private static readonly Dictionary<string, Func<Distiller, DistillationResult>> Fits = new(StringComparer.Ordinal)
    {
        ["classes, with everything"] = d =>
            d.WithStudent(Toy.Normalized())
                .WithMetrics("top_k_categorical_accuracy", "categorical_crossentropy")
                .Fit(
                    Toy.X(),
                    Toy.Labels(Toy.X()),
                    epochs: 2,
                    batch_size: 16,
                    verbose: 0,
                    validation_split: 0.2,
                    class_weight: new() { [1] = 2.0 }
                ),
        ["without labels, born again"] = d => d.Fit(Toy.X(), epochs: 1, verbose: 0),
        ["a learnt temperature"] = d =>
            d.WithStudent(Toy.Mlp()).WithTemperature(new LearntTemperature()).Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 2, verbose: 0),
        ["temperatures and weights by sample"] = d =>
            d.WithStudent(Toy.Mlp())
                .WithTemperature(new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 4))
                .WithSoftShare(new PerSampleSchedule(TeacherUncertainty.Confidence, 0.2, 0.8))
                .Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 2, verbose: 0, sample_weight: new float[50]),
        ["schedules"] = d =>
            d.WithStudent(Toy.Mlp())
                .WithTemperature(new CosineSchedule(5, 1))
                .WithSoftLossWeight(new WarmUpSchedule(1, 0.9))
                .WithReduction("mean_with_sample_weight")
                .Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 2, verbose: 0),
        ["a stored teacher"] = _ =>
            new Distiller(PrecomputedTeacher.FromTopK(new int[50, 1], Ones(50), 4))
                .WithSeed(2)
                .WithStudent(Toy.Mlp())
                .Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 1, verbose: 0),
        ["numbers"] = _ =>
            new Distiller(ToyRegression.Deep(1))
                .WithSeed(2)
                .WithStudent(ToyRegression.Deep(2))
                .WithLoss("mse")
                .WithMetrics("mae")
                .Fit(Toy.X(), ToyRegression.Targets(), epochs: 2, verbose: 0),
        ["labels"] = _ =>
            new Distiller(Toy.Mlp(activation: "sigmoid"))
                .WithSeed(2)
                .WithStudent(Toy.Mlp(activation: "sigmoid", seed: 3))
                .With(new MultiLabelSoftTargets(), 0.1)
                .Fit(Toy.X(), Toy.OneHot(Toy.Labels(Toy.X())), epochs: 2, verbose: 0),
        ["sequences with a mask"] = _ => Sequences(SequenceReduction.SequenceMean, Mask()),
        ["sequences, each weighed alike"] = _ => Sequences(SequenceReduction.SequenceSum, null),
        ["sequences, all tokens"] = _ => Sequences(SequenceReduction.AllTokens, null),
        ["sequences, tokens"] = _ => Sequences(SequenceReduction.Tokens, null),
    };

    // Those for models that tell classes apart; a fit of labels is among the fits.
    private static IEnumerable<string> Objectives => EachObjective.Names.Where(n => EachObjective.Of(n) is not MultiLabelSoftTargets);

    private static IEnumerable<string> FitNames => Fits.Keys;

    private static float[,] Ones(int samples)
    {
        float[,] p = new float[samples, 1];
        for (int i = 0; i < samples; i++)
        {
            p[i, 0] = 0.7f;
        }

        return p;
    }

    private static bool[,] Mask()
    {
        bool[,] mask = new bool[8, 3];
        for (int i = 0; i < 8; i++)
        {
            mask[i, 0] = true;
            mask[i, 1] = i % 2 == 0;
        }

        return mask;
    }

    private static DistillationResult Sequences(SequenceReduction reduction, bool[,]? mask)
    {
        static Sequential Net(int seed) => new(new Input(shape: (3, 5)), Toy.Dense(4, seed, "softmax"));
        var random = new Random(1);
        float[,,] x = new float[8, 3, 5];
        int[,] y = new int[8, 3];
        foreach (
            (int i, int t, int f) in from i in Enumerable.Range(0, 8)
            from t in Enumerable.Range(0, 3)
            from f in Enumerable.Range(0, 5)
            select (i, t, f)
        )
        {
            x[i, t, f] = random.NextSingle();
            y[i, t] = (i + t) % 4;
        }

        return new Distiller(Net(1))
            .WithStudent(Net(2))
            .WithSeed(2)
            .WithSequenceReduction(reduction)
            .Fit(x, y, batch_size: 3, epochs: 2, verbose: 0, mask: mask is null ? null : (ArrayLike)mask);
    }

    private static DistillationResult Fit(string objective, long cache)
    {
        Sequential student = ToyMaps.Cnn(4, 9);
        int[] y = ToyMaps.Y();
        return new Distiller(ToyMaps.Cnn(6, 1))
            .WithStudent(student)
            .WithSeed(3)
            .WithFeatureCache(cache)
            .With(EachObjective.Of(objective), 0.1)
            .Fit(ToyMaps.X(), y, epochs: 2, batch_size: 10, verbose: 0, validation_split: 0.25);
    }

    private static double[] Numbers(DistillationResult result) =>
        [.. result.History.Names.SelectMany(n => result.History[n]), .. Toy.Values(result.Student)];

    [TestCaseSource(nameof(Objectives))]
    public void An_objective_leaves_nothing_to_the_default_device(string name)
    {
        double[] expected = Numbers(Fit(name, 1 << 20));
        Assert.That(DefaultDevice.Without(() => Numbers(Fit(name, 1 << 20))), Is.EqualTo(expected));
        Assert.That(
            DefaultDevice.Without(() => Numbers(Fit(name, 0))),
            Is.EqualTo(expected).Within(1e-4),
            "The teacher is asked in each step."
        );
    }

    [TestCaseSource(nameof(FitNames))]
    public void A_fit_leaves_nothing_to_the_default_device(string name)
    {
        double[] Run()
        {
            Utils.SetRandomSeed(1);
            return Numbers(Fits[name](new Distiller(Toy.Mlp(hidden: 6, seed: 7)).WithSeed(2)));
        }

        double[] expected = Run();
        Assert.That(DefaultDevice.Without(Run), Is.EqualTo(expected));
    }

    [Test]
    public void What_the_notebook_does_and_measures_leave_nothing_to_the_default_device()
    {
        static double[] Run()
        {
            float[,] x = Toy.X();
            int[] y = Toy.Labels(x);
            Utils.SetRandomSeed(1);
            Sequential teacher = Toy.Mlp(seed: 7);
            Model student = Toy.Mlp(hidden: 3).WithSoftenedOutput(5);
            student.Compile("sgd", new KnowledgeDistillationLoss(temperature: 5), DistillationMetrics.Notebook(5));
            History history = student.Fit(x, DistillationTargets.From(teacher, x, y), epochs: 2, verbose: 0);
            DistillationEvaluation evaluation = new Distiller(teacher)
                .WithSeed(1)
                .WithStudent(Toy.Mlp())
                .Fit(x, y, epochs: 1, verbose: 0)
                .Evaluate(x, y);
            return
            [
                .. history.Names.SelectMany(n => history[n]),
                .. Toy.Values(student),
                evaluation.Student.Loss,
                evaluation.TeacherAgreement,
            ];
        }

        double[] expected = Run();
        Assert.That(DefaultDevice.Without(Run), Is.EqualTo(expected));
    }

    [Test]
    public void A_fit_makes_its_steps_until_their_numbers_are_read_and_its_objectives_find_all_where_the_student_is()
    {
        var watching = new Watching();
        Sequential student = new(new Input(shape: Toy.Width), Toy.Dense(5, 1, "tanh"), Toy.Dense(2, 2));
        Distiller distiller = new Distiller()
            .WithStudent(student)
            .WithHardLossWeight(1)
            .WithLoss(new LossFunctionWrapper((y, z) => z.sub(y).mul(z.sub(y)).mean([-1])))
            .WithNumericOutput()
            .With(watching)
            .WithMetrics("mse")
            .WithDevice(Elsewhere);
        Assert.That(
            () => distiller.Fit(Toy.X(), ToyRegression.Targets(), batch_size: 20, epochs: 1, verbose: 0, validation_split: 0.2),
            Throws.InvalidOperationException.With.InnerException.Message.Contains("Cannot copy out of meta tensor")
        );

        // The binding and its layer, labels and indices of two batches before the fit, and the student's numbers in both steps.
        Assert.That(watching.Seen, Has.Length.EqualTo(2 + (2 * 2) + (2 * 3)).And.All.EqualTo(Elsewhere));
    }

    [Test]
    public void A_fit_with_the_device_where_all_is_changes_nothing_of_it()
    {
        DistillationResult Run(Func<Distiller, Distiller> place) =>
            place(new Distiller(Toy.Mlp(seed: 7)).WithStudent(Toy.Mlp(dropout: 0.3)).WithSeed(2))
                .Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 2, verbose: 0);
        Assert.That(Numbers(Run(d => d.WithDevice("cpu"))), Is.EqualTo(Numbers(Run(d => d))));
        Assert.That(new Distiller(Toy.Mlp()).Device, Is.Null);
        Assert.That(new Distiller(Toy.Mlp()).WithDevice("cuda").Device, Is.EqualTo(Device.Parse("cuda:0")));
    }

    [Test]
    public void A_refusal_is_told_also_where_the_teacher_cannot_go_back_as_another_fit_uses_it()
    {
        Sequential student = Toy.Mlp();
        Distiller distiller = new Distiller(new HeldTeacher()).WithStudent(student).WithDevice(Elsewhere);
        Assert.That(() => distiller.Fit(Toy.X(), verbose: 0), Throws.ArgumentException.With.Message.EqualTo("It takes no inputs."));
        Assert.That(student.Device, Is.EqualTo(Device.Cpu), "what was refused is taken back");
    }

    [Test]
    public void A_model_part_of_which_another_model_has_moved_away_is_refused_by_name()
    {
        Model Divided(string name)
        {
            KerasTensor x = new Input(shape: Toy.Width);
            KerasTensor hidden = Toy.Dense(8, 1).Apply(x);
            var model = new Model(x, Toy.Dense(4, 2, "softmax").Apply(hidden), name);
            new Model(x, hidden).To(Elsewhere);
            return model;
        }

        Action[] calls =
        [
            () => Divided("one").Predict(Toy.X()),
            () => new Distiller(Toy.Mlp()).WithStudent(Divided("one")).Fit(Toy.X(), verbose: 0),
            () => new Distiller(Divided("one")).WithStudent(Toy.Mlp()).Fit(Toy.X(), verbose: 0),
            () => DistillationEvaluation.Of(Divided("one"), Toy.Mlp(), Toy.X(), Toy.Labels(Toy.X())),
        ];
        foreach (Action call in calls)
        {
            Assert.That(
                () => call(),
                Throws.InvalidOperationException.With.Message.StartsWith("The weights of a model are on one device, but of 'one' some")
            );
        }
    }

    [Test]
    public void A_device_that_is_not_there_is_refused_and_nothing_is_changed()
    {
        if (cuda.is_available())
        {
            Assert.Ignore("There is a GPU.");
        }

        Sequential teacher = Toy.Mlp(seed: 7);
        Sequential student = Toy.Mlp();
        double[] before = [.. Toy.Values(teacher), .. Toy.Values(student)];
        Distiller distiller = new Distiller(teacher).WithStudent(student).WithDevice("cuda");
        Assert.That(
            () => distiller.Fit(Toy.X(), Toy.Labels(Toy.X()), verbose: 0),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("finds none here")
        );
        Assert.That(
            () =>
                new Distiller()
                    .WithStudent(student)
                    .With(new LabelSmoothing())
                    .WithDevice("cuda")
                    .Fit(Toy.X(), Toy.Labels(Toy.X()), verbose: 0),
            Throws.TypeOf<NotSupportedException>()
        );
        Assert.That((double[])[.. Toy.Values(teacher), .. Toy.Values(student)], Is.EqualTo(before));
        Assert.That((teacher.Device, student.Device), Is.EqualTo((Device.Cpu, Device.Cpu)));
    }

    [Test]
    public void While_a_student_learns_neither_it_nor_its_teacher_is_moved()
    {
        Sequential teacher = Toy.Mlp(seed: 7);
        Sequential student = Toy.Mlp();
        var messages = new List<string>();
        var meanwhile = new LambdaCallback(
            on_epoch_end: (_, _) =>
            {
                foreach (
                    Action move in (Action[])
                        [() => student.To(Elsewhere), () => teacher.To(Elsewhere), () => new ModelTeacher(teacher).To(Elsewhere)]
                )
                {
                    messages.Add(Assert.Throws<InvalidOperationException>(() => move())!.Message);
                }

                Assert.That(() => teacher.Predict(Toy.X(), device: "cpu"), Throws.Nothing);
            }
        );
        new Distiller(teacher).WithStudent(student).Fit(Toy.X(), Toy.Labels(Toy.X()), epochs: 1, verbose: 0, callbacks: [meanwhile]);

        Assert.That(messages, Has.Count.EqualTo(3).And.All.Contain($"in use, by Distiller.Fit of '{student.Name}'"));
        Assert.That(() => teacher.To(Elsewhere), Throws.Nothing);
    }

    [Test]
    public void A_teacher_is_asked_where_it_is()
    {
        using DisposeScope scope = NewDisposeScope();
        Sequential model = new(new Input(shape: Toy.Width), Toy.Dense(5, 1, "tanh", name: "hidden"), Toy.Dense(4, 2));
        var teacher = new ModelTeacher(model);
        teacher.To(Elsewhere);
        TeacherSignals answer = teacher.Ask(new TeacherBatch([ones(3, Toy.Width)], features: ["hidden"]));

        Assert.That((teacher.Device, model.Device), Is.EqualTo((Elsewhere, Elsewhere)));
        Assert.That(
            answer.Outputs.Concat(answer.Features).Select(t => t.device_type),
            Is.EqualTo(new[] { DeviceType.META, DeviceType.META })
        );
    }

    // Notes where everything is.
    private sealed class Watching() : DistillationObjective("watching")
    {
        private readonly List<Device> _seen = [];

        public Device[] Seen => [.. _seen];

        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels | ObjectiveNeeds.SampleIndices;

        public override BoundObjective Bind(ObjectiveBinding binding)
        {
            _seen.Add(binding.Device);
            _seen.Add(binding.AddLayer(new Dense(2), new Shape((int?[])[null, 3])).Weights[0].Device);
            return new Bound(this);
        }

        private sealed class Bound(Watching objective) : BoundObjective(objective)
        {
            public override void Prepare(IEnumerable<ObjectiveSignals> batches)
            {
                foreach (ObjectiveSignals batch in batches)
                {
                    Note(batch.Labels, batch.SampleIndices);
                }
            }

            protected override Tensor Compute(ObjectiveSignals signals)
            {
                Note(signals.StudentLogits, signals.Labels, signals.SampleIndices);
                return signals.StudentLogits.sum(-1);
            }

            private void Note(params Tensor[] tensors) =>
                objective._seen.AddRange(tensors.Select(t => t.device_type == DeviceType.META ? Elsewhere : Device.Cpu));
        }
    }

    /// <summary>Goes where it is told, and not back: another fit holds it there. It refuses the data.</summary>
    private sealed class HeldTeacher() : Teacher("held", [new TeacherOutput("output", TeacherOutputKind.ClassLogits, (null, Toy.Classes))])
    {
        private Device _device = Device.Cpu;

        public override Device Device => _device;

        public override void To(Device device) =>
            _device = device != Device.Cpu ? device : throw new InvalidOperationException("It is in use where it is.");

        public override string Fingerprint() => Name;

        public override void CheckInputs(IReadOnlyList<Tensor> inputs) => throw new ArgumentException("It takes no inputs.");

        protected override TeacherSignals Compute(TeacherBatch batch) => throw new NotSupportedException();
    }
}
