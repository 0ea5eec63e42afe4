using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Objectives with weights, memories or several layers in a whole fit.</summary>
public class ObjectivesWithStateTests
{
    private const int Samples = 24;

    private readonly List<Model> _models = [];

    // Their tensors would otherwise go at any time, also while another test counts.
    [TearDown]
    public void ReleaseModels()
    {
        _models.ForEach(m => m.Release());
        _models.Clear();
    }

    private static IEnumerable<DistillationObjective> All =>
        [
            new ContrastiveRepresentationDistillation("pool", "pool", embeddingSize: 4, negativesPerAnchor: 16),
            new ContrastiveRepresentationDistillation(
                "conv2",
                "conv2",
                embeddingSize: 4,
                negativesPerAnchor: 16,
                negatives: ContrastiveNegatives.OtherSamples
            ),
            new FactorTransfer("conv2", "conv2"),
            new FlowOfSolutionProcedure("conv1", "conv2", "conv1", "conv2", adapter: FeatureAdapter.Projection),
            new KnowledgeReview([
                new("conv1", "conv1"),
                new(LayerReference.BeforeActivation("conv2"), LayerReference.BeforeActivation("conv2")),
                new("pool", "pool"),
            ]),
        ];

    [TestCaseSource(nameof(All))]
    public void A_fit_decreases_the_term_is_reproducible_and_leaves_nothing_behind(DistillationObjective objective)
    {
        (float[,,,] x, int[] y) = Data();
        Model teacher = Net(seed: 1, filters: 6);
        double[] before = Toy.Values(teacher);

        double[] Fit()
        {
            Model student = Net(seed: 50, filters: 4);
            DistillationResult result = new Distiller(teacher)
                .WithStudent(student)
                .WithSeed(3)
                .WithHardLossWeight(0)
                .WithSoftLossWeight(0)
                .With(objective, 1)
                .WithOptimizer(new Optimizers.Adam(0.02))
                .Fit(x, y, batch_size: 8, epochs: 12, verbose: 0, validation_split: 0.25);
            double[] losses = [.. result.History[objective.Name]];
            student.Release();
            return losses;
        }

        double[] first = Fit();
        double[] second = [];
        long left = LiveTensors.LeftBy(() => second = Fit(), warmUp: false);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first[^1], Is.LessThan(0.95 * first[0]));
            Assert.That(second, Is.EqualTo(first));
            Assert.That(left, Is.Zero);
            Assert.That(Toy.Values(teacher), Is.EqualTo(before));
        }
    }

    [Test]
    public void Samples_without_a_label_take_part_in_no_contrast_of_classes()
    {
        (float[,,,] x, int[] y) = Data();
        for (int i = 0; i < y.Length; i += 3)
        {
            y[i] = -1;
        }

        Model teacher = Net(seed: 1, filters: 6);
        DistillationResult result = new Distiller(teacher)
            .WithStudent(Net(seed: 2, filters: 4))
            .WithSeed(3)
            .With(new ContrastiveRepresentationDistillation("pool", "pool", 4, 16), 1)
            .Fit(x, y, batch_size: 8, epochs: 2, verbose: 0);

        Assert.That(result.History["contrastive_representation_distillation"], Has.All.GreaterThan(0));
    }

    [Test]
    public void Before_the_fit_an_objective_sees_labels_and_indices_of_all_samples_and_minus_one_without_a_label([Values] bool some)
    {
        (float[,,,] x, int[] y) = Data();
        if (some)
        {
            (y[0], y[5]) = (-1, -1);
        }

        var objective = new Curious();
        new Distiller(Net(seed: 1, filters: 6))
            .WithStudent(Net(seed: 2, filters: 4))
            .With(objective, 1)
            .Fit(x, y, batch_size: 7, epochs: 1, verbose: 0);

        Assert.That(objective.Classes, Is.EqualTo(y));
        Assert.That(objective.Indices, Is.EqualTo(Enumerable.Range(0, Samples)));
    }

    [Test]
    public void Without_labels_a_contrast_of_classes_is_refused_and_one_of_samples_is_not()
    {
        (float[,,,] x, _) = Data();
        Model teacher = Net(seed: 1, filters: 6);
        Distiller distiller = new Distiller(teacher).WithStudent(Net(seed: 2, filters: 4)).WithSeed(3);

        Assert.That(
            () => distiller.With(new ContrastiveRepresentationDistillation("pool", "pool", 4, 16), 1).Fit(x, epochs: 1, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("label")
        );
        Assert.That(
            () =>
                distiller
                    .With(new ContrastiveRepresentationDistillation("pool", "pool", 4, 16, negatives: ContrastiveNegatives.OtherSamples), 1)
                    .Fit(x, epochs: 1, verbose: 0),
            Throws.Nothing
        );
    }

    [Test]
    public void Problems_are_found_before_the_fit()
    {
        (float[,,,] x, int[] y) = Data();
        Distiller distiller = new Distiller(Net(seed: 1, filters: 6)).WithStudent(Net(seed: 2, filters: 4));

        Assert.That(
            () =>
                distiller
                    .With(new FactorTransfer("pool", "conv1"))
                    .With(new FlowOfSolutionProcedure("conv1", "conv2", "conv1", "conv2"))
                    .Fit(x, y, epochs: 1, verbose: 0),
            Throws
                .ArgumentException.With.Message.Contains("'pool' has the shape (None, 6)")
                .And.Message.Contains("FeatureAdapter.Projection")
        );
    }

    private Sequential Net(int seed, int filters)
    {
        var model = new Sequential(
            new Input(8, 8, 1),
            new Conv2D(
                filters,
                3,
                padding: "same",
                activation: "relu",
                kernel_initializer: new Initializers.GlorotUniform(seed),
                name: "conv1"
            ),
            new MaxPooling2D(2),
            new Conv2D(
                filters,
                3,
                padding: "same",
                activation: "relu",
                kernel_initializer: new Initializers.GlorotUniform(seed + 1),
                name: "conv2"
            ),
            new GlobalAveragePooling2D(name: "pool"),
            Toy.Dense(3, seed + 2, "softmax")
        );
        _models.Add(model);
        return model;
    }

    private static (float[,,,] X, int[] Y) Data()
    {
        var random = new Random(4);
        float[,,,] x = new float[Samples, 8, 8, 1];
        for (int i = 0; i < x.Length; i++)
        {
            x[i / 64, i / 8 % 8, i % 8, 0] = (float)random.NextDouble();
        }

        return (x, [.. Enumerable.Range(0, Samples).Select(i => i % 3)]);
    }

    // Notes what it is shown before the fit.
    private sealed class Curious() : DistillationObjective("curious")
    {
        public List<long> Classes { get; } = [];

        public List<long> Indices { get; } = [];

        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels | ObjectiveNeeds.SampleIndices;

        public override BoundObjective Bind(ObjectiveBinding binding) => new Bound(this);

        private sealed class Bound(Curious curious) : BoundObjective(curious)
        {
            public override void Prepare(IEnumerable<ObjectiveSignals> batches)
            {
                foreach (ObjectiveSignals batch in batches)
                {
                    curious.Classes.AddRange(batch.Classes.data<long>());
                    curious.Indices.AddRange(batch.SampleIndices.data<long>());
                }
            }

            protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.square().sum(1);
        }
    }
}
