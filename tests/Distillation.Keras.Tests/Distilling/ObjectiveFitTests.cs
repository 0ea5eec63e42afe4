using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;
using TorchSharp;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Objectives in a fit: logged apart, weighted, fed with features from one forward pass, bound anew each time.</summary>
[NonParallelizable]
public partial class ObjectiveFitTests
{
    private static readonly float[,,,] X = ToyMaps.X();
    private static readonly int[] Y = ToyMaps.Y();

    [Test]
    public void Each_term_is_logged_apart_and_the_loss_is_their_weighted_sum()
    {
        History history = Maps()
            .WithHardLossWeight(0.3)
            .WithSoftLossWeight(0.5)
            .With(new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection), 2)
            .With(new ToyObjectives.Distance("pool", "conv2", FeatureAdapter.Projection), 4)
            .With(new ToyObjectives.Whole(), 8)
            .Fit(X, Y, epochs: 2, batch_size: 8, verbose: 0, validation_data: (X, Y))
            .History;

        foreach (string prefix in (string[])["", "val_"])
        {
            for (int epoch = 0; epoch < 2; epoch++)
            {
                double H(string name) => history[prefix + name][epoch];
                double sum =
                    (0.3 * H("hard_loss")) + (0.5 * H("soft_loss")) + (2 * H("distance")) + (4 * H("distance_1")) + (8 * H("whole"));
                Assert.That(H("loss"), Is.EqualTo(sum).Within(1e-5 * sum));
            }
        }
    }

    [Test]
    public void An_objective_that_is_added_teaches_the_student()
    {
        History history = Maps()
            .WithHardLossWeight(0)
            .WithSoftLossWeight(0)
            .With(new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection))
            .WithOptimizer(new Adam(0.01))
            .Fit(X, Y, epochs: 20, batch_size: 8, verbose: 0)
            .History;

        Assert.That(history["distance"][^1], Is.LessThan(0.5 * history["distance"][0]));
    }

    [Test]
    public void A_layer_may_be_given_by_name_or_itself_and_before_its_activation()
    {
        Sequential teacher = ToyMaps.Cnn(6, 1);
        Sequential student = ToyMaps.Cnn(6, 9);
        Distiller distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithHardLossWeight(0)
            .WithSoftLossWeight(0)
            .WithOptimizer(new SGD(0.0));

        double Value(ToyObjectives.Distance objective) =>
            distiller.With(objective).Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0).History["distance"][0];
        double byName = Value(new("conv1", "conv1"));
        double byLayer = Value(new(teacher.GetLayer("conv1"), student.GetLayer("conv1")));
        double before = Value(new(LayerReference.BeforeActivation("conv1"), LayerReference.BeforeActivation(student.GetLayer("conv1"))));

        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor x = torch.tensor(X.Cast<float>().ToArray()).reshape(24, 8, 8, 1);
        torch.Tensor Before(Sequential model) =>
            torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), model.Weights[0].Value.permute(3, 2, 0, 1), model.Weights[1].Value);
        Assert.That(byLayer, Is.EqualTo(byName).Within(1e-6));
        Assert.That(before, Is.EqualTo((Before(teacher) - Before(student)).square().mean().item<float>()).Within(1e-6));
        Assert.That(byName, Is.EqualTo((Before(teacher).relu() - Before(student).relu()).square().mean().item<float>()).Within(1e-6));
    }

    [Test]
    public void A_layer_of_a_nested_model_is_named_by_its_path()
    {
        Sequential Nested(int seed) =>
            new(
                new Input(shape: (8, 8, 1)),
                new Sequential(
                    [
                        new Input(shape: (8, 8, 1)),
                        new Conv2D(5, (3, 3), activation: "relu", name: "conv"),
                        new BatchNormalization(name: "norm"),
                    ],
                    name: "body"
                ),
                new GlobalAveragePooling2D(name: "pool"),
                new Sequential(
                    [new Input(shape: 5), Toy.Dense(7, seed, "relu", name: "hidden"), Toy.Dense(4, seed, "softmax", name: "classes")],
                    name: "head"
                )
            );
        Sequential student = Nested(2);
        double[] before = Toy.Values(student);

        History history = new Distiller(Nested(1))
            .WithStudent(student)
            .With(new ToyObjectives.Distance("body/conv", "body/norm"))
            .With(new ToyObjectives.Distance("head/hidden", "head/hidden"))
            .With(new ToyObjectives.Distance("body", "body"))
            .Fit(X, Y, epochs: 1, batch_size: 8, verbose: 0)
            .History;

        Assert.That(history["distance"][0], Is.GreaterThan(0));
        Assert.That(history["distance_1"][0], Is.GreaterThan(0));
        Assert.That(Toy.Values(student), Is.Not.EqualTo(before));
    }

    [Test]
    public void The_result_has_nothing_of_the_adapters_in_it_and_the_teacher_stays()
    {
        Sequential teacher = ToyMaps.Cnn(6, 1);
        Sequential student = ToyMaps.Cnn(3, 9);
        double[] before = Toy.Values(teacher);
        int weights = student.Weights.Count;

        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .With(new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection), 5)
            .Fit(X, Y, epochs: 2, verbose: 0);

        Assert.That(result.Student.Weights, Has.Count.EqualTo(weights));
        Assert.That(result.Student, Is.SameAs(student));
        Assert.That(Toy.Values(teacher), Is.EqualTo(before));
    }

    [Test]
    public void State_belongs_to_one_fit_and_knows_each_sample_whatever_the_order()
    {
        var counting = new ToyObjectives.Counting();
        Distiller distiller = Maps().With(counting);

        History first = distiller.Fit(X, Y, epochs: 3, batch_size: 5, verbose: 0, validation_data: (X, Y)).History;
        distiller.Fit(X, Y, epochs: 1, batch_size: 5, verbose: 0);

        Assert.That(counting.States, Has.Count.EqualTo(2));
        Assert.That(counting.States[0].Seen, Has.Length.EqualTo(24).And.All.EqualTo(3));
        Assert.That(counting.States[1].Seen, Is.All.EqualTo(1));
        Assert.That(counting.States[0].Prepared, Is.EqualTo(5));
        Assert.That(() => counting.States[0].Variable.Value, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(first.Names, Has.Member("counting").And.No.Member("val_counting"));
    }

    [Test]
    public void In_an_evaluation_the_students_features_are_those_of_inference()
    {
        Sequential teacher = ToyMaps.Cnn(6, 1);
        var student = new Sequential(
            new Input(shape: (8, 8, 1)),
            new Conv2D(6, (3, 3), activation: "relu", name: "conv1"),
            new Dropout(0.9, name: "drop"),
            new GlobalAveragePooling2D(),
            Toy.Dense(4, 3, "softmax")
        );
        Distiller distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithOptimizer(new SGD(0.0))
            .With(new ToyObjectives.Distance("conv1", "drop"));

        History history = distiller.Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0, validation_data: (X, Y)).History;

        double without = new Distiller(teacher)
            .WithStudent(student)
            .WithOptimizer(new SGD(0.0))
            .With(new ToyObjectives.Distance("conv1", "conv1"))
            .Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0)
            .History["distance"][0];
        Assert.That(history["val_distance"][0], Is.EqualTo(without).Within(1e-6));
        Assert.That(history["distance"][0], Is.Not.EqualTo(without).Within(1e-3));
    }

    [Test]
    public void One_seed_fixes_the_adapters_too()
    {
        double[] Run(int seed)
        {
            Sequential student = ToyMaps.Cnn(3, 9);
            Maps()
                .WithStudent(student)
                .WithSeed(seed)
                .With(new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection), 5)
                .Fit(X, Y, epochs: 2, batch_size: 8, verbose: 0);
            return Toy.Values(student);
        }

        double[] once = Run(4);
        double[] again = Run(4);
        Assert.That(again, Is.EqualTo(once));
        Assert.That(Run(5), Is.Not.EqualTo(once));
    }

    [Test]
    public void Features_that_are_kept_and_those_computed_in_each_step_are_the_same()
    {
        History Fit(long bytes) =>
            Maps()
                .WithStudent(ToyMaps.Cnn(3, 9))
                .WithFeatureCache(bytes)
                .With(new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection), 5)
                .With(new ToyObjectives.Counting())
                .Fit(X, Y, epochs: 3, batch_size: 5, verbose: 0, validation_split: 0.25)
                .History;

        History kept = Fit(1 << 20);
        History anew = Fit(0);
        foreach (string name in kept.Names)
        {
            Assert.That(anew[name], Is.EqualTo(kept[name]).Within(1e-5), name);
        }
    }

    [Test]
    public void Sample_weights_weigh_objectives_with_rows_and_refuse_those_without()
    {
        float[] weights = [.. Enumerable.Range(0, 24).Select(i => i < 12 ? 1f : 0f)];
        var distance = new ToyObjectives.Distance("conv1", "conv1", FeatureAdapter.Projection);
        Distiller distiller = Maps().WithOptimizer(new SGD(0.0)).WithSeed(1).With(distance);

        double half = distiller.Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0, shuffle: false, sample_weight: weights).History[
            "distance"
        ][0];
        double whole = distiller.Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0, shuffle: false).History["distance"][0];

        Assert.That(half, Is.LessThan(0.8 * whole));
        Assert.That(
            () => distiller.With(new ToyObjectives.Whole()).Fit(X, Y, verbose: 0, sample_weight: weights),
            Throws.ArgumentException.With.Message.Contains("'whole'").And.Message.Contains("sample_weight")
        );
        Assert.That(
            () =>
                distiller.With(new ToyObjectives.Whole(), new PerSampleSchedule(TeacherUncertainty.Confidence, 0, 1)).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'whole'")
        );
    }

    [Test]
    public void Class_weights_weigh_features_too_and_not_the_validation()
    {
        Distiller distiller = Maps()
            .WithOptimizer(new SGD(0.0))
            .With(new ToyObjectives.Distance("conv1", "conv1", FeatureAdapter.Projection));
        History Fit(Dictionary<int, double>? weights) =>
            distiller
                .Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0, shuffle: false, validation_split: 0.5, class_weight: weights)
                .History;
        var twice = new Dictionary<int, double>
        {
            [0] = 2,
            [1] = 2,
            [2] = 2,
            [3] = 2,
        };

        History plain = Fit(null);
        History weighted = Fit(twice);

        foreach (string name in (string[])["distance", "hard_loss", "soft_loss"])
        {
            Assert.That(weighted[name][0], Is.EqualTo(2 * plain[name][0]).Within(1e-5 * plain[name][0]), name);
            Assert.That(weighted["val_" + name][0], Is.EqualTo(plain["val_" + name][0]).Within(1e-5 * plain["val_" + name][0]), name);
        }

        distiller = distiller.WithClassWeightsOnLabelsOnly();
        Assert.That(Fit(twice)["distance"][0], Is.EqualTo(plain["distance"][0]).Within(1e-6));
    }

    [Test]
    public void Terms_of_outputs_and_of_features_have_different_names_and_indices_are_those_of_the_training()
    {
        History history = Maps()
            .With(new ToyObjectives.Indexed())
            .With(new ToyObjectives.Distance("conv1", "conv1", FeatureAdapter.Projection))
            .Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0, validation_data: (X, Y))
            .History;

        Assert.That(history["distance"][0], Is.EqualTo(23));
        Assert.That(history["distance_1"][0], Is.Positive);
        Assert.That(history.Names, Has.No.Member("val_distance").And.Member("val_distance_1"));
    }

    [Test]
    public void An_output_for_features_and_a_weight_that_becomes_negative_are_refused() =>
        Assert.That(
            () =>
                Maps()
                    .WithHardLossWeight(new Falling())
                    .With(new ToyObjectives.Distance("conv1", "conv1", FeatureAdapter.Projection), 1, output: "softmax")
                    .WithSoftShare(new PerSampleSchedule(TeacherUncertainty.Entropy, 0, 2))
                    .Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("2 problems")
                .And.Message.Contains("belong to no output")
                .And.Message.Contains("'hard_loss' becomes -1")
        );

    [Test]
    public void A_schedule_of_ones_own_may_not_give_a_negative_weight() =>
        Assert.That(
            () => Maps().WithHardLossWeight(new Falling()).Fit(X, Y, epochs: 4, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'hard_loss'").And.Message.Contains("not negative")
        );

    [Test]
    public void Metrics_of_training_and_validation_are_made_once_and_freed()
    {
        Distiller distiller = Maps().WithMetrics("mse", "top_k_categorical_accuracy");

        Assert.That(LiveTensors.LeftBy(() => distiller.Fit(X, Y, epochs: 1, batch_size: 8, verbose: 0, validation_data: (X, Y))), Is.Zero);
    }

    [Test]
    public void Many_steps_with_adapters_and_state_leave_no_tensor_behind()
    {
        Distiller distiller = Maps()
            .With(new ToyObjectives.Counting())
            .With(
                new ToyObjectives.Distance("conv2", "conv2", FeatureAdapter.Projection),
                new PerSampleSchedule(TeacherUncertainty.Entropy, 0.5, 1)
            )
            .WithTemperature(new PerSampleSchedule(TeacherUncertainty.Confidence, 2, 4));
        void Run() => distiller.Fit(X, Y, epochs: 10, batch_size: 6, verbose: 0, validation_split: 0.25);

        Assert.That(LiveTensors.LeftBy(Run), Is.Zero);
    }

    private sealed class Falling : Schedule
    {
        public override double ValueAt(double epoch, double epochs) => 1 - epoch;
    }

    private static Distiller Maps() =>
        new Distiller(ToyMaps.Cnn(6, 1))
            .WithStudent(
                new Sequential(
                    new Input(shape: (8, 8, 1)),
                    new Conv2D(3, (3, 3), activation: "relu", kernel_initializer: new Initializers.GlorotUniform(seed: 5), name: "conv1"),
                    new Conv2D(
                        3,
                        (3, 3),
                        strides: (2, 2),
                        activation: "relu",
                        kernel_initializer: new Initializers.GlorotUniform(seed: 6),
                        name: "conv2"
                    ),
                    new GlobalAveragePooling2D(name: "pool"),
                    Toy.Dense(4, 7, name: "classes"),
                    new Softmax(name: "softmax")
                )
            )
            .WithSeed(3);
}
