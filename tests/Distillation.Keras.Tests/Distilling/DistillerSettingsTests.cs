using System.Reflection;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>The distiller's settings: immutable, each kept by every other one's <c>With...</c>, checked when they are set.</summary>
public class DistillerSettingsTests
{
    private static readonly Dictionary<string, Func<Distiller, Distiller>> Setters = new()
    {
        ["Student"] = d => d.WithStudent(Toy.Mlp(hidden: 3)),
        ["Temperature"] = d => d.WithTemperature(7),
        ["HardLossWeight"] = d => d.WithHardLossWeight(0.6),
        ["SoftLossWeight"] = d => d.WithSoftLossWeight(0.7),
        ["Objectives"] = d => d.With(new SoftTargets(2)),
        ["DividesByWeights"] = d => d.WithReduction("mean_with_sample_weight"),
        ["Sequences"] = d => d.WithSequenceReduction(SequenceReduction.SequenceMean),
        ["FeatureCache"] = d => d.WithFeatureCache(1),
        ["ClassWeightsOnLabelsOnly"] = d => d.WithClassWeightsOnLabelsOnly(),
        ["Losses"] = d => d.WithLoss("mse"),
        ["Optimizer"] = d => d.WithOptimizer("sgd"),
        ["Metrics"] = d => d.WithMetrics("mse"),
        ["Callbacks"] = d => d.WithCallbacks(new BatchLogs()),
        ["Augmentation"] = d => d.WithAugmentation(new GaussianNoise(0.1)),
        ["Seed"] = d => d.WithSeed(3),
        ["Device"] = d => d.WithDevice("cpu"),
    };

    private static IEnumerable<string> Names => Setters.Keys;

    [Test]
    public void Reminder_every_setting_has_a_With_method_in_these_tests()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Settings(new Distiller(Toy.Mlp())).Keys, Is.EquivalentTo(Setters.Keys.Append("Teacher")));
            Assert.That(
                typeof(Distiller)
                    .GetMethods()
                    .Where(m => m.Name.StartsWith("With", StringComparison.Ordinal))
                    .Select(m => m.Name)
                    .Where(n => n is not ("WithSoftShare" or "WithNumericOutput"))
                    .Distinct()
                    .Count(),
                Is.EqualTo(Setters.Count),
                "WithSoftShare sets both weights, WithNumericOutput what the losses are of"
            );
        }
    }

    [Test]
    public void Every_With_changes_its_own_setting_of_a_new_distiller_and_keeps_all_others([ValueSource(nameof(Names))] string name)
    {
        Distiller all = Setters.Values.Aggregate(new Distiller(Toy.Mlp()), (d, set) => set(d));
        Distiller plain = new(all.Teacher!);
        Dictionary<string, object?> before = Settings(all);
        Dictionary<string, object?> plainBefore = Settings(plain);

        Dictionary<string, object?> changed = Settings(Setters[name](plain));
        Dictionary<string, object?> kept = Settings(Setters[name](all));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed[name], Is.Not.EqualTo(plainBefore[name]), "set");
            foreach (string other in before.Keys.Where(k => k != name))
            {
                Assert.That(kept[other], Is.SameAs(before[other]).Or.EqualTo(before[other]), other);
            }

            Assert.That(Settings(plain), Is.EqualTo(plainBefore), "the old distiller");
        }
    }

    [Test]
    public void The_defaults_are_those_of_the_paper()
    {
        var distiller = new Distiller(Toy.Mlp());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(distiller.Temperature, Is.EqualTo(4));
            Assert.That(distiller.HardLossWeight, Is.EqualTo(0.1));
            Assert.That(distiller.SoftLossWeight, Is.EqualTo(0.9));
            Assert.That(distiller.Student, Is.Null);
            Assert.That(distiller.Seed, Is.Null);
        }
    }

    [Test]
    public void Values_are_checked_when_they_are_set()
    {
        var distiller = new Distiller(Toy.Mlp());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => distiller.WithTemperature(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithTemperature(double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithHardLossWeight(-0.1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithSoftLossWeight(double.PositiveInfinity), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithLoss("no_such_loss"), Throws.ArgumentException);
            Assert.That(
                () => distiller.WithLoss(new KnowledgeDistillationLoss(4)),
                Throws.ArgumentException.With.Message.Contains("WithTemperature")
            );
            Assert.That(
                () => distiller.WithLoss(new Losses.CategoricalCrossentropy(reduction: "none")),
                Throws.ArgumentException.With.Message.Contains("none")
            );
            Assert.That(() => distiller.WithMetrics([null!]), Throws.ArgumentException);
            Assert.That(() => distiller.WithCallbacks([null!]), Throws.ArgumentException);
            Assert.That(
                () => distiller.WithStudent(Toy.Mlp(activation: "relu")),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("relu")
            );
            Assert.That(
                () => new Distiller(Toy.Mlp(activation: "relu")),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("relu")
            );
            Assert.That(() => distiller.WithSoftShare(1.1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithReduction("mean"), Throws.ArgumentException.With.Message.Contains("sum_over_batch_size"));
            Assert.That(() => distiller.WithSequenceReduction((SequenceReduction)9), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.WithFeatureCache(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.With(new SoftTargets(), -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => distiller.With(new SoftTargets(name: "accuracy")),
                Throws.ArgumentException.With.Message.Contains("'accuracy'")
            );
            Assert.That(
                () => new Distiller(new Sequential(new Layers.Dense(2))),
                Throws.InvalidOperationException.With.Message.Contains("Input")
            );
        }
    }

    [Test]
    public void A_given_array_or_optimizer_may_change_afterwards_without_effect()
    {
        float[,] x = Toy.X();
        Metric[] metrics = ["mse"];
        var optimizer = new SGD(0.0);
        Model student = Toy.Mlp();
        double[] before = Toy.Values(student);
        Distiller distiller = new Distiller(Toy.Mlp()).WithStudent(student).WithMetrics(metrics).WithOptimizer(optimizer);

        metrics[0] = "mae";
        optimizer.LearningRate = 1.0;
        History history = distiller.Fit(x, Toy.Labels(x), epochs: 1, verbose: 0).History;

        Assert.That(history.Names, Has.Member("mse").And.No.Member("mae"));
        Assert.That(Toy.Values(student), Is.EqualTo(before));
    }

    private static Dictionary<string, object?> Settings(Distiller distiller)
    {
        object settings = typeof(Distiller).GetField("_settings", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(distiller)!;
        return settings.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(settings));
    }
}
