using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>What terms cannot do is told before the first step, beside all else; schedules are checked in the steps too.</summary>
[NonParallelizable]
public class FitChecksTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Without_a_teacher_objectives_on_features_are_refused_in_words()
    {
        DistillationObjective[] all =
        [
            new CorrelationCongruence("a", "b"),
            new FactorTransfer("a", "b"),
            new ContrastiveRepresentationDistillation("a", "b"),
            new OverhaulFeatureDistillation("a", "b"),
            new KnowledgeReview([new FeaturePair("a", "b")]),
        ];
        foreach (DistillationObjective objective in all)
        {
            Assert.That(
                () => new Distiller().WithStudent(Toy.Mlp()).With(objective).Fit(X, Y, verbose: 0),
                Throws.ArgumentException.With.Message.Contains($"'{objective.Name}'").And.Message.Contains("no teacher")
            );
        }
    }

    [Test]
    public void One_layer_that_is_not_there_hides_nothing_else()
    {
        Distiller distiller = new Distiller(ToyMaps.Cnn(6, 1))
            .WithStudent(ToyMaps.Cnn(3, 9))
            .With(new FitNetsHint("typo", "conv1"))
            .With(new AttentionTransfer("conv2", "pool"))
            .With(new FitNetsHint("conv2", "conv2", adapter: FeatureAdapter.None));

        Assert.That(
            () => distiller.Fit(ToyMaps.X(), ToyMaps.Y(), verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("3 problems")
                .And.Message.Contains("'typo'")
                .And.Message.Contains("attention_transfer")
                .And.Message.Contains("fitnets_hint_1")
        );
    }

    [Test]
    public void Models_that_do_not_fit_hide_no_problem_of_an_objective()
    {
        var student = new Sequential(new Input(shape: Toy.Width), Toy.Dense(6, 1, "relu", name: "hidden"), Toy.Dense(5, 1, "softmax"));
        var teacher = new Sequential(new Input(shape: Toy.Width), Toy.Dense(8, 2, "relu", name: "hidden"), Toy.Dense(4, 2, "softmax"));

        Assert.That(
            () =>
                new Distiller(teacher)
                    .WithStudent(student)
                    .With(new DecoupledKnowledgeDistillation())
                    .With(new FitNetsHint("hidden", "hidden", adapter: FeatureAdapter.None))
                    .Fit(X, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("3 problems")
                .And.Message.Contains("same classes")
                .And.Message.Contains("y is null")
                .And.Message.Contains("(None, 8)")
        );
    }

    [Test]
    public void Labels_are_named_like_outputs_that_end_in_logits()
    {
        Model Two(int seed, string? activation)
        {
            var input = new Input(shape: Toy.Width);
            return new Model(
                input,
                new KerasTensor[]
                {
                    Toy.Dense(4, seed, activation, name: "digit").Apply(input.Output),
                    Toy.Dense(2, seed + 1, activation, name: "parity").Apply(input.Output),
                }
            );
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        int[] parity = [.. Y.Select(y => y % 2)];
        Distiller distiller = new Distiller(Two(1, "softmax")).WithStudent(Two(5, null)).WithOptimizer(new SGD(0.0));

        History named = distiller
            .Fit(X, new Dictionary<string, Tensor> { ["parity"] = tensor(parity), ["digit"] = tensor(Y) }, epochs: 1, verbose: 0)
            .History;
        History inOrder = distiller.Fit(X, new ArrayLike[] { Y, parity }, epochs: 1, verbose: 0).History;

        Assert.That(named["digit_hard_loss"][0], Is.EqualTo(inOrder["digit_hard_loss"][0]).Within(1e-6));
        Assert.That(named["parity_hard_loss"][0], Is.EqualTo(inOrder["parity_hard_loss"][0]).Within(1e-6));
    }

    [Test]
    public void The_layer_of_the_probabilities_is_no_feature_but_its_logits_are()
    {
        Sequential Named(int seed) => new(new Input(shape: Toy.Width), Toy.Dense(Toy.Classes, seed, "softmax", name: "probabilities"));
        Distiller distiller = new Distiller(Named(1)).WithStudent(Named(2)).WithOptimizer(new SGD(0.0));
        var before = LayerReference.BeforeActivation("probabilities");

        Assert.That(
            () => distiller.With(new FitNetsHint("probabilities", "probabilities")).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.StartsWith("2 problems").And.Message.Contains("BeforeActivation")
        );
        History history = distiller
            .With(new FitNetsHint(before, before))
            .With(new LogitMatching())
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0)
            .History;
        Assert.That(history["fitnets_hint"][0], Is.EqualTo(history["logit_matching"][0]).Within(1e-5));
    }

    [Test]
    public void What_needs_neither_teacher_nor_labels_is_learnt_without_both()
    {
        History history = new Distiller()
            .WithStudent(Toy.Mlp(seed: 3))
            .With(new Sharpness())
            .WithOptimizer(new Adam(0.01))
            .Fit(X, epochs: 20, verbose: 0)
            .History;

        Assert.That(history["sharpness"][^1], Is.LessThan(0.8 * history["sharpness"][0]));
        Assert.That(
            () => new Distiller().WithStudent(Toy.Mlp()).With(new LabelSmoothing()).Fit(X, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'label_smoothing' needs labels")
        );
    }

    [Test]
    public void A_schedule_may_be_a_table_with_one_value_an_epoch()
    {
        Distiller distiller = new Distiller(Toy.Mlp(seed: 2))
            .WithStudent(Toy.Mlp(seed: 5))
            .WithOptimizer(new SGD(0.0))
            .WithHardLossWeight(0);
        double[] soft = [1, 4, 2];

        History history = distiller
            .WithSoftLossWeight(new Table(soft))
            .Fit(X, Y, epochs: 3, batch_size: 50, verbose: 0, validation_data: (X, Y))
            .History;

        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.That(history["loss"][epoch], Is.EqualTo(soft[epoch] * history["soft_loss"][epoch]).Within(1e-5));
            Assert.That(
                history["val_loss"][epoch],
                Is.EqualTo(soft[epoch] * history["val_soft_loss"][epoch]).Within(1e-5),
                "the validation is the epoch's"
            );
        }
    }

    [Test]
    public void A_schedule_that_is_wrong_in_one_epoch_of_many_is_found_before_the_fit()
    {
        double[] table = [.. Enumerable.Repeat(1.0, 1_000)];
        table[777] = -1;
        Distiller distiller = new Distiller(Toy.Mlp(seed: 2)).WithStudent(Toy.Mlp(seed: 5));

        Assert.That(
            () => distiller.WithSoftLossWeight(new Table(table)).Fit(X, Y, epochs: 1_000, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("epoch 778")
        );
        Assert.That(
            () => distiller.WithTemperature(new Table(table)).Fit(X, Y, epochs: 1_000, initial_epoch: 900, steps_per_epoch: 1, verbose: 0),
            Throws.Nothing
        );
    }

    [Test]
    public void A_schedule_that_is_wrong_within_an_epoch_ends_the_fit()
    {
        Distiller distiller = new Distiller(Toy.Mlp(seed: 2)).WithStudent(Toy.Mlp(seed: 5));

        Assert.That(
            () => distiller.WithSoftLossWeight(new Dip(-1)).Fit(X, Y, epochs: 1, batch_size: 10, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("-1 after 0.2 of 1 epochs")
        );
        Assert.That(
            () => distiller.WithTemperature(new Dip(0)).Fit(X, Y, epochs: 1, batch_size: 10, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("'soft_loss' is 0 after 0.2")
        );
    }

    [Test]
    public void An_objective_that_cannot_be_bound_leaves_nothing_behind()
    {
        Distiller distiller = new Distiller(Named(8, 2))
            .WithStudent(Named(5, 5))
            .WithMetrics("top_k_categorical_accuracy")
            .With(new FitNetsHint("hidden", "hidden"))
            .With(new Unbound());
        void Run() =>
            Assert.That(
                () => distiller.Fit(X, Y, epochs: 1, verbose: 0),
                Throws.InvalidOperationException.With.Message.EqualTo("It refuses to be bound.")
            );

        Assert.That(LiveTensors.LeftBy(Run), Is.Zero);
    }

    private static Sequential Named(int width, int seed) =>
        new(new Input(shape: Toy.Width), Toy.Dense(width, seed, "relu", name: "hidden"), Toy.Dense(Toy.Classes, seed, "softmax"));

    private sealed class Unbound() : DistillationObjective("unbound")
    {
        public override BoundObjective Bind(ObjectiveBinding binding) => throw new InvalidOperationException("It refuses to be bound.");

        protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.sum(-1);
    }

    private sealed class Sharpness() : DistillationObjective("sharpness")
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits;

        protected override Tensor Compute(ObjectiveSignals signals) =>
            -(nn.functional.softmax(signals.StudentLogits, -1) * nn.functional.log_softmax(signals.StudentLogits, -1)).sum(-1);
    }

    private sealed class Table(double[] values) : Schedule
    {
        public override double ValueAt(double epoch, double epochs) => values[(int)epoch];
    }

    private sealed class Dip(double value) : Schedule
    {
        public override double ValueAt(double epoch, double epochs) => epoch is > 0.1 and < 0.3 ? value : 1;
    }

    [Test]
    public void A_fit_that_a_callback_refuses_leaves_student_and_random_numbers_as_they_were()
    {
        double[] Fitted(bool refusedBefore)
        {
            Utils.SetRandomSeed(5);
            var student = new Sequential(new Dense(4, activation: "tanh"), new Dense(Toy.Classes));
            Distiller distiller = new Distiller(Toy.Teacher()).WithStudent(student);
            if (refusedBefore)
            {
                Assert.That(
                    () => distiller.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [new EarlyStopping("nothing")]),
                    Throws.ArgumentException
                );
                Assert.That(student.Built, Is.False);
            }

            return [.. distiller.Fit(X, Y, epochs: 1, verbose: 0).History["loss"]];
        }

        Assert.That(Fitted(refusedBefore: true), Is.EqualTo(Fitted(refusedBefore: false)));
    }
}
