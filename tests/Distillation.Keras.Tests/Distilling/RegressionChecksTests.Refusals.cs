using Distillation.Keras.Callbacks;
using Distillation.Keras.Measures;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using static Distillation.Keras.Tests.Distilling.ToyRegression;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <content>What is refused.</content>
public partial class RegressionChecksTests
{
    private static IEnumerable<TestCaseData<ArrayLike, string>> BadTargets =>
        [
            new(Labels, "integers") { TestName = "Class numbers" },
            new(Array.ConvertAll(Labels, l => (float)l), "class number") { TestName = "Class numbers as floats" },
            new(Toy.OneHot([.. Labels.Select(l => l % 2)], Outputs), "one-hot") { TestName = "One-hot labels" },
            new(new int[50, Outputs], "integers") { TestName = "Integers of the right shape" },
            new(ones(50, Outputs, ScalarType.Bool), "booleans") { TestName = "Booleans" },
            new(new float[50, 3], "(50, 3)") { TestName = "Targets of another width" },
            new(new float[49, Outputs], "(49, 2)") { TestName = "Too few targets" },
            new(With(float.NaN), "NaN") { TestName = "Targets with NaN" },
            new(Huge(), "float32") { TestName = "Targets beyond float32" },
        ];

    [TestCaseSource(nameof(BadTargets))]
    public void Labels_and_other_targets_than_numbers_are_refused_before_the_first_step(ArrayLike y, string says)
    {
        Model student = Linear(2);
        double[] before = Toy.Values(student);
        Distiller distiller = new Distiller(Linear(1)).WithStudent(student).WithLoss("mse");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => distiller.Fit(X, y, verbose: 0), Throws.ArgumentException.With.Message.Contains(says));
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, y)),
                Throws.ArgumentException.With.Message.Contains(says)
            );
            Assert.That(
                () => DistillationEvaluation.Of(Linear(1), student, X, y, loss: "mse"),
                Throws.ArgumentException.With.Message.Contains(says)
            );
            Assert.That(Toy.Values(student), Is.EqualTo(before));
        }
    }

    [Test]
    public void The_values_that_a_callback_may_watch_are_those_of_the_history()
    {
        Distiller distiller = new Distiller(Linear(1)).WithStudent(Linear(2)).WithLoss("mse").WithMetrics("mae");
        History history = distiller
            .Fit(X, Y, epochs: 1, verbose: 0, validation_split: 0.2, callbacks: [new EarlyStopping("val_teacher_correlation")])
            .History;
        string names = string.Join(", ", history.Names.Order(StringComparer.Ordinal));
        Assert.That(history.Names, Does.Contain("teacher_correlation"));
        Assert.That(
            () => distiller.Fit(X, Y, epochs: 1, verbose: 0, validation_split: 0.2, callbacks: [new EarlyStopping("nothing")]),
            Throws.ArgumentException.With.Message.Contains($"The values there are: {names}")
        );
        Assert.That(
            () => distiller.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [new EarlyStopping("accuracy")]),
            Throws.ArgumentException.With.Message.Contains("The values there are")
        );
    }

    [TestCase("categorical_crossentropy")]
    [TestCase("kl_divergence")]
    [TestCase("binary_crossentropy")]
    [TestCase("categorical_focal_crossentropy")]
    [TestCase("dice")]
    [TestCase("tversky")]
    [TestCase("hinge")]
    [TestCase("squared_hinge")]
    [TestCase("sparse_categorical_crossentropy")]
    public void Numbers_have_a_loss_of_numbers(string loss) =>
        Assert.That(
            () => new Distiller(Linear(1)).WithStudent(Linear(2)).WithNumericOutput().WithLoss(loss).Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.Contains($"'{loss}' compares labels or probabilities")
                .And.Message.Contains("WithNumericOutput out")
        );

    [Test]
    public void Integers_for_one_number_are_refused_too() =>
        Assert.That(
            () => new Distiller(Linear(1, 1)).WithStudent(Linear(2, 1)).WithLoss("mae").Fit(X, Labels, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("floating-point").And.Message.Contains("softmax")
        );

    [Test]
    public void What_has_no_meaning_for_numbers_is_refused_in_words()
    {
        Distiller distiller = new Distiller(Linear(1)).WithStudent(Linear(2)).WithLoss("mse");
        void Refused(Func<Distiller, Distiller> change, params string[] says) =>
            Assert.That(
                () => change(distiller).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Matches(string.Join(".*", says)),
                string.Join(" ", says)
            );

        using (Assert.EnterMultipleScope())
        {
            Refused(d => d.WithTemperature(4), "WithTemperature");
            Refused(d => d.WithTemperature(new LearntTemperature()), "WithTemperature");
            Refused(d => d.With(new SoftTargets(2)), "soft_targets", "numbers");
            Refused(d => d.With(new MultiLabelSoftTargets()), "numbers");
            Refused(d => d.With(new DecoupledKnowledgeDistillation()), "numbers");
            Refused(d => d.With(new LabelSmoothing(0.1)), "numbers");
            Refused(
                d => d.With(new ContrastiveRepresentationDistillation("numbers", "numbers", negatives: ContrastiveNegatives.OtherClasses)),
                "numbers"
            );
            Refused(d => d.WithSoftLossWeight(new PerSampleSchedule(TeacherUncertainty.Entropy, 0, 1)), "certainty");
            Refused(d => d.WithMetrics("accuracy"), "accuracy", "numbers");
            Refused(d => d.WithMetrics("acc"), "numbers");
            Refused(d => d.WithMetrics(new Keras.Metrics.TopKCategoricalAccuracy(1)), "numbers");
            Refused(d => d.WithLoss("mse", output: "score"), "'score'", "'numbers'");
            Refused(d => d.WithNumericOutput("score"), "'score'", "'numbers'");
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [0] = 2 }),
                Throws.ArgumentException.With.Message.Contains("numbers")
            );
            Assert.That(
                () => new Distiller(Linear(1)).WithStudent(Linear(2)).WithNumericOutput().Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("WithLoss")
            );
            Assert.That(
                () => new Distiller(Toy.Mlp()).WithNumericOutput().WithLoss("mse").Fit(X, Labels, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("softmax")
            );
            Assert.That(
                () => new Distiller(Linear(1)).WithStudent(Linear(2, 3)).WithLoss("mse").Fit(X, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("same numbers")
            );
            Assert.That(
                () => distiller.With(new SoftTargets(name: "teacher_correlation")),
                Throws.ArgumentException.With.Message.Contains("teacher_correlation")
            );
        }
    }

    [Test]
    public void A_regression_without_its_loss_is_told_of_it_and_nothing_else()
    {
        ArgumentException fit = Assert.Throws<ArgumentException>(() =>
            new Distiller(Linear(1, 1)).WithStudent(Linear(2, 1)).Fit(X, Targets(outputs: 1), verbose: 0)
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                fit.Message,
                Does.Contain("WithLoss(\"mse\")").And.Contain("sigmoid").And.Not.Contain("SoftTargets").And.Not.Contain("problems")
            );
            Assert.That(
                () => Linear(1, 1).WithSoftenedOutput(2),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("WithLoss(\"mse\")")
            );
            Assert.That(
                () => DistillationTargets.From(Linear(1, 1), X, Labels),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("WithLoss(\"mse\")")
            );
            Assert.That(
                () =>
                    new Distiller(Linear(1, 1))
                        .WithStudent(Linear(2, 1))
                        .WithLoss(new Losses.BinaryCrossentropy(from_logits: true))
                        .Fit(X, Labels, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("sigmoid")
            );
        }
    }
}
