using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>
/// Weights, masks and reductions where several of them meet. A fit that goes another way to the same number is the measure.
/// </summary>
public class WeightsAndReductionsTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);
    private static readonly int[] Some = [.. Y.Select((y, i) => i % 5 == 0 ? -1 : y)];

    [Test]
    public void A_sample_without_a_label_has_the_weight_of_no_class()
    {
        float[] each = [.. Some.Select(y => y == 0 ? 10f : 1f)];

        History byClass = One(
            Still().Fit(X, Some, batch_size: 50, epochs: 1, verbose: 0, class_weight: new Dictionary<int, double> { [0] = 10 })
        );
        History bySample = One(Still().Fit(X, Some, batch_size: 50, epochs: 1, verbose: 0, sample_weight: each));

        Same(byClass, bySample, "loss", "hard_loss", "soft_loss");
    }

    [Test]
    public void A_loss_that_is_asked_for_takes_a_weight_for_each_sample()
    {
        Distiller distiller = Still().WithSoftShare(new PerSampleSchedule(TeacherUncertainty.Confidence, 0.2, 0.9));

        History named = One(distiller.WithLoss("categorical_crossentropy").Fit(X, Y, batch_size: 50, epochs: 1, verbose: 0));
        History byDefault = One(distiller.Fit(X, Y, batch_size: 50, epochs: 1, verbose: 0));

        Same(named, byDefault, "loss", "hard_loss", "soft_loss");
    }

    [TestCase("sum_over_batch_size")]
    [TestCase("mean_with_sample_weight")]
    public void A_loss_that_is_asked_for_is_reduced_like_the_default(string reduction)
    {
        Distiller distiller = Still().WithReduction(reduction);

        History named = One(distiller.WithLoss("categorical_crossentropy").Fit(X, Some, batch_size: 50, epochs: 1, verbose: 0));
        History byDefault = One(distiller.Fit(X, Some, batch_size: 50, epochs: 1, verbose: 0));

        Same(named, byDefault, "loss", "hard_loss");
    }

    [Test]
    public void A_loss_with_a_reduction_of_its_own_keeps_it()
    {
        Distiller distiller = Still().WithLoss(new CategoricalCrossentropy(reduction: "sum"));

        double sum = distiller.Fit(X, Y, batch_size: 50, epochs: 1, verbose: 0).History["hard_loss"][0];
        double mean = Still().Fit(X, Y, batch_size: 50, epochs: 1, verbose: 0).History["hard_loss"][0];

        Assert.That(sum, Is.EqualTo(50 * mean).Within(1e-4 * sum));
        Assert.That(
            () => distiller.WithHardLossWeight(new PerSampleSchedule(TeacherUncertainty.Entropy, 0, 1)).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'hard_loss'").And.Message.Contains("reduction of its own")
        );
    }

    [TestCase(SequenceReduction.Tokens)]
    [TestCase(SequenceReduction.SequenceSum)]
    [TestCase(SequenceReduction.SequenceMean)]
    [TestCase(SequenceReduction.AllTokens)]
    public void A_loss_that_is_asked_for_follows_the_reduction_of_sequences(SequenceReduction reduction)
    {
        (float[,,] x, int[,] y) = Sequences();
        float[,] mask =
        {
            { 1, 1, 0 },
            { 1, 0, 0 },
            { 1, 1, 1 },
            { 0, 1, 1 },
        };
        Distiller distiller = new Distiller(Tagger(1)).WithStudent(Tagger(2)).WithOptimizer(new SGD(0.0)).WithSequenceReduction(reduction);

        History named = One(distiller.WithLoss("categorical_crossentropy").Fit(x, y, batch_size: 4, epochs: 1, verbose: 0, mask: mask));
        History byDefault = One(distiller.Fit(x, y, batch_size: 4, epochs: 1, verbose: 0, mask: mask));

        Same(named, byDefault, "loss", "hard_loss");
    }

    [Test]
    public void One_value_for_all_tokens_cannot_follow_the_reduction_of_sequences()
    {
        (float[,,] x, int[,] y) = Sequences();
        Distiller distiller = new Distiller(Tagger(1)).WithStudent(Tagger(2)).With(new DistRelations());

        Assert.That(
            () => distiller.WithSequenceReduction(SequenceReduction.SequenceMean).Fit(x, y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'dist_relations'").And.Message.Contains("WithSequenceReduction")
        );
        Assert.That(distiller.Fit(x, y, epochs: 1, verbose: 0).History["dist_relations"][0], Is.Positive);
    }

    [Test]
    public void Weights_of_tokens_are_checked_against_every_output()
    {
        (float[,,] x, int[,] y) = Sequences();
        var input = new Input(shape: (3, Toy.Width));
        Model Two(int seed) =>
            new(
                input,
                new KerasTensor[]
                {
                    Toy.Dense(Toy.Classes, seed, "softmax", name: "tokens").Apply(input.Output),
                    Toy.Dense(Toy.Classes, seed + 1, "softmax", name: "whole").Apply(new Flatten().Apply(input.Output)),
                }
            );
        int[] whole = [0, 1, 2, 3];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new Distiller(Tagger(1)).Fit(x, y, verbose: 0, sample_weight: new float[4, 4]),
                Throws.ArgumentException.With.Message.Contains("(4, 3)").And.Message.Contains("(4, 4)")
            );
            Assert.That(
                () =>
                    new Distiller(Two(1))
                        .WithStudent(Two(4))
                        .Fit(x, new ArrayLike[] { y, whole }, verbose: 0, sample_weight: new float[4, 3]),
                Throws.ArgumentException.With.Message.Contains("one weight a sample").And.Message.Contains("(4, 3)")
            );
        }
    }

    [Test]
    public void Masked_tokens_cannot_be_left_out_of_features()
    {
        (float[,,] x, int[,] y) = Sequences();
        Sequential Hidden(int seed) =>
            new(new Input(shape: (3, Toy.Width)), Toy.Dense(5, seed, "relu", name: "hidden"), Toy.Dense(Toy.Classes, seed + 1, "softmax"));
        Distiller distiller = new Distiller(Hidden(1)).WithStudent(Hidden(5)).With(new FitNetsHint("hidden", "hidden"));

        Assert.That(
            () =>
                distiller.Fit(
                    x,
                    y,
                    verbose: 0,
                    mask: new float[4, 3]
                    {
                        { 1, 1, 0 },
                        { 1, 1, 1 },
                        { 1, 1, 1 },
                        { 1, 1, 1 },
                    }
                ),
            Throws.ArgumentException.With.Message.Contains("fitnets_hint").And.Message.Contains("masked")
        );
        Assert.That(distiller.Fit(x, y, epochs: 1, verbose: 0).History["fitnets_hint"][0], Is.Positive);
    }

    [Test]
    public void Weights_of_the_validation_are_refused_like_those_of_the_training() =>
        Assert.That(
            () =>
                Still()
                    .With(new DistRelations())
                    .Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, Y, Enumerable.Repeat(2f, 50).ToArray())),
            Throws.ArgumentException.With.Message.Contains("'dist_relations'").And.Message.Contains("sample_weight")
        );

    [TestCase(TeacherUncertainty.Confidence)]
    [TestCase(TeacherUncertainty.Entropy)]
    public void Of_sigmoids_the_teachers_certainty_is_that_of_each_label(TeacherUncertainty by)
    {
        Sequential Labels(int units, int seed) => new(new Input(shape: Toy.Width), Toy.Dense(units, seed, "sigmoid"));
        foreach (int units in (int[])[1, 3])
        {
            Sequential teacher = Labels(units, 1);
            Sequential student = Labels(units, 2);
            double[] u =
            [
                .. Toy.Predict(teacher, X)
                    .Chunk(units)
                    .Select(row =>
                        row.Average(p =>
                            by == TeacherUncertainty.Confidence
                                ? Math.Max(p, 1 - p)
                                : -((p * Math.Log(p)) + ((1 - p) * Math.Log(1 - p))) / Math.Log(2)
                        )
                    ),
            ];
            Distiller distiller = new Distiller(teacher).WithStudent(student).WithOptimizer(new SGD(0.0)).WithHardLossWeight(0);

            double scheduled = distiller
                .WithSoftLossWeight(new PerSampleSchedule(by, 0.5, 2))
                .Fit(X, batch_size: 50, epochs: 1, verbose: 0)
                .History["loss"][0];
            double weighted = distiller
                .WithSoftLossWeight(1)
                .Fit(X, batch_size: 50, epochs: 1, verbose: 0, sample_weight: u.Select(c => (float)(0.5 + (1.5 * c))).ToArray())
                .History["loss"][0];

            Assert.That(scheduled, Is.EqualTo(weighted).Within(1e-5 * weighted));
            Assert.That(u.Max() - u.Min(), Is.GreaterThan(0.05), "a schedule that is no constant");
        }
    }

    private static Distiller Still() => new Distiller(Toy.Mlp(seed: 2)).WithStudent(Toy.Mlp(seed: 5)).WithOptimizer(new SGD(0.0));

    private static Sequential Tagger(int seed) => new(new Input(shape: (3, Toy.Width)), Toy.Dense(Toy.Classes, seed, "softmax"));

    private static (float[,,] X, int[,] Y) Sequences()
    {
        var random = new Random(5);
        float[,,] x = new float[4, 3, Toy.Width];
        int[,] y = new int[4, 3];
        for (int i = 0; i < 4; i++)
        {
            for (int t = 0; t < 3; t++)
            {
                y[i, t] = random.Next(Toy.Classes);
                for (int j = 0; j < Toy.Width; j++)
                {
                    x[i, t, j] = (float)((random.NextDouble() * 2) - 1);
                }
            }
        }

        return (x, y);
    }

    private static History One(DistillationResult result) => result.History;

    private static void Same(History found, History expected, params string[] names)
    {
        foreach (string name in names)
        {
            Assert.That(found[name][0], Is.EqualTo(expected[name][0]).Within(1e-5 * Math.Abs(expected[name][0])), name);
        }
    }
}
