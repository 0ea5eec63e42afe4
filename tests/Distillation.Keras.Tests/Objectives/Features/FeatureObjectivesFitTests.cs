using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Tests.Distilling;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Objectives on features in a fit, with models whose maps differ in size and channels.</summary>
[NonParallelizable]
public class FeatureObjectivesFitTests
{
    private static readonly float[,,,] X = ToyMaps.X();
    private static readonly int[] Y = ToyMaps.Y();

    private static readonly string[] Names =
    [
        "hint",
        "cosine",
        "attention",
        "neuron selectivity",
        "Gaussian neuron selectivity",
        "activation boundary",
        "overhaul",
        "mean variational information",
        "variational information of flat features",
        "channel-wise",
    ];

    [Test]
    public void Each_teaches_the_student([ValueSource(nameof(Names))] string name)
    {
        DistillationObjective objective = EachObjective.Of(name);

        History history = new Distiller(ToyMaps.Cnn(6, 1))
            .WithStudent(ToyMaps.Cnn(4, 9, strides: 2))
            .WithHardLossWeight(0)
            .WithSoftLossWeight(0)
            .With(objective)
            .WithOptimizer(new Adam(0.02))
            .Fit(X, Y, epochs: 12, batch_size: 8, verbose: 0, validation_data: (X, Y))
            .History;

        IReadOnlyList<double> values = [.. history[objective.Name]];
        Assert.That(values, Has.All.Matches<double>(double.IsFinite));
        Assert.That(values[^1], Is.LessThan(values[0] - (0.05 * Math.Abs(values[0]))));
        Assert.That(history["val_" + objective.Name], Has.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void Its_value_is_a_mean_over_samples_whatever_the_batches()
    {
        double Logged(int batch) =>
            new Distiller(ToyMaps.Cnn(4, 1))
                .WithStudent(ToyMaps.Cnn(4, 9))
                .WithHardLossWeight(0)
                .WithSoftLossWeight(0)
                .With(new FitNetsHint("conv1", "conv1", adapter: FeatureAdapter.Pooling))
                .WithOptimizer(new SGD(0))
                .WithSeed(1)
                .Fit(X, Y, epochs: 1, batch_size: batch, verbose: 0, shuffle: false)
                .History["fitnets_hint"][0];

        // The last batch has one sample.
        int samples = X.GetLength(0);
        Assert.That(Logged(samples - 1), Is.EqualTo(Logged(samples)).Within(1e-3).Percent);
    }

    [Test]
    public void A_ReLU_of_its_own_and_the_layer_in_front_of_it_are_the_same_boundary()
    {
        Sequential Model(int seed) =>
            new(
                new Input(shape: (8, 8, 1)),
                new Conv2D(3, (3, 3), kernel_initializer: new Initializers.GlorotUniform(seed: seed), name: "conv"),
                new ReLU(name: "relu"),
                new GlobalAveragePooling2D(),
                Toy.Dense(4, seed + 1, "softmax")
            );
        double Value(string layer) => First(Model(1), Model(5), new ActivationBoundary(layer, layer));

        Assert.That(Value("relu"), Is.EqualTo(Value("conv")).Within(1e-6));
        Assert.That(Value("conv"), Is.GreaterThan(0));
    }

    [Test]
    public void Margins_are_those_of_the_teachers_batch_normalisation_if_it_is_given_and_otherwise_measured()
    {
        Sequential Model(int seed) =>
            new(
                new Input(shape: (8, 8, 1)),
                new Conv2D(3, (3, 3), kernel_initializer: new Initializers.GlorotUniform(seed: seed), name: "conv"),
                new BatchNormalization(name: "norm"),
                new ReLU(name: "relu"),
                new GlobalAveragePooling2D(),
                Toy.Dense(4, seed + 1, "softmax")
            );
        double Value(string teacherLayer, IReadOnlyList<double>? margins = null) =>
            First(Model(1), Model(5), new OverhaulFeatureDistillation(teacherLayer, "norm", channelMargins: margins));

        // gamma is 1 and beta 0: half of a normal distribution.
        double half = -Math.Sqrt(2 / Math.PI);
        Assert.That(Value("norm"), Is.EqualTo(Value("norm", [half, half, half])).Within(1e-4));
        Assert.That(Value("relu"), Is.Not.EqualTo(Value("norm")).Within(1e-2));
    }

    // The objective's value before the student learns.
    private static double First(Sequential teacher, Sequential student, DistillationObjective objective) =>
        new Distiller(teacher)
            .WithStudent(student)
            .With(objective)
            .WithOptimizer(new SGD(0.0))
            .Fit(X, Y, epochs: 1, batch_size: 24, verbose: 0)
            .History[objective.Name][0];
}
