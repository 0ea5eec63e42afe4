using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Attention transfer against the paper's equation.</summary>
public class AttentionTransferTests
{
    [Test]
    public void Value_is_that_of_the_equation(
        [Values(1, 2, 2.5, 5)] double p,
        [Values] AttentionMap map,
        [Values] AttentionDistance distance
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(3, 2, 3, 2, 5);
        Tensor student = FeatureData.Of(4, 2, 3, 2, 3);
        double[][] qt = Maps(teacher, p, map);
        double[][] qs = Maps(student, p, map);
        double[] expected =
        [
            .. qt.Zip(
                qs,
                (t, s) =>
                {
                    double sum = t.Zip(s, (a, b) => (a - b) * (a - b)).Sum();
                    return distance switch
                    {
                        AttentionDistance.Norm => Math.Sqrt(sum),
                        AttentionDistance.SquaredNorm => sum,
                        _ => sum / t.Length,
                    };
                }
            ),
        ];

        Assert.That(
            FeatureData.Rows(new AttentionTransfer("t", "s", p, map, distance), teacher, student),
            Is.EqualTo(expected).Within(1e-12)
        );
    }

    [Test]
    public void The_defaults_are_those_of_the_paper()
    {
        var objective = new AttentionTransfer("t", "s");

        Assert.That(objective.P, Is.EqualTo(2));
        Assert.That(objective.Map, Is.EqualTo(AttentionMap.Sum));
        Assert.That(objective.Distance, Is.EqualTo(AttentionDistance.Norm));
        Assert.That(objective.Features[0].Adapter, Is.SameAs(FeatureAdapter.Pooling));
    }

    [Test]
    public void Equal_maps_have_no_distance_and_no_infinite_gradient([Values] AttentionDistance distance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = FeatureData.Of(5, 2, 3, 3, 4).to(ScalarType.Float32).requires_grad_();

        Tensor value = ObjectiveRun.Value(
            new AttentionTransfer("t", "s", distance: distance),
            FeatureData.Signals(student.detach(), student)
        );
        value.backward();

        Assert.That(value.item<float>(), Is.EqualTo(0));
        Assert.That(student.grad!.abs().max().item<float>(), Is.EqualTo(0));
    }

    [TestCase(1e-12)]
    [TestCase(1e9)]
    public void The_scale_of_a_map_does_not_count_even_for_high_powers_in_float32(double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(6, 2, 3, 3, 4).to(ScalarType.Float32);
        Tensor student = FeatureData.Of(7, 2, 3, 3, 4).to(ScalarType.Float32);
        var objective = new AttentionTransfer("t", "s", p: 4);

        float plain = ObjectiveRun.Value(objective, FeatureData.Signals(teacher, student)).item<float>();
        float scaled = ObjectiveRun.Value(objective, FeatureData.Signals(teacher, student * scale)).item<float>();

        Assert.That(plain, Is.GreaterThan(0.1));
        Assert.That(scaled, Is.EqualTo(plain).Within(1e-5));
    }

    [Test]
    public void Gradient_is_that_of_central_differences([Values(1, 2.5)] double p)
    {
        using DisposeScope scope = NewDisposeScope();
        FeatureData.AssertGradient(new AttentionTransfer("t", "s", p), FeatureData.Of(3, 2, 3, 2, 5), FeatureData.Of(4, 2, 3, 2, 3));
    }

    [Test]
    public void Several_pairs_are_summed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] t = [FeatureData.Of(1, 2, 3, 3, 4), FeatureData.Of(2, 2, 6, 6, 3)];
        Tensor[] s = [FeatureData.Of(3, 2, 3, 3, 2), FeatureData.Of(4, 2, 2, 3, 5)];
        double[] first = FeatureData.Rows(new AttentionTransfer("t", "s"), t[0], s[0]);
        double[] second = FeatureData.Rows(new AttentionTransfer("t", "s"), t[1], s[1]);

        var both = new AttentionTransfer([
            new FeaturePair("a", "b", FeatureAdapter.Pooling),
            new FeaturePair("c", "d", FeatureAdapter.Pooling),
        ]);
        var signals = new ObjectiveSignals { TeacherFeatures = t, StudentFeatures = s };
        double[] rows = [.. ObjectiveRun.Bind(both, signals, dtype: "float64").Compute(signals, 0, 1).data<double>()];

        Assert.That(rows, Is.EqualTo(first.Zip(second, (a, b) => a + b)).Within(1e-14));
    }

    [TestCase(0.5)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_power_below_1_is_refused(double p) =>
        Assert.That(
            () => new AttentionTransfer("t", "s", p),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 1")
        );

    // Q / ||Q|| of each sample.
    private static double[][] Maps(Tensor feature, double p, AttentionMap map)
    {
        Func<int, int, int, int, double> a = FeatureData.Map(feature);
        var maps = new List<double[]>();
        for (int n = 0; n < feature.shape[0]; n++)
        {
            var q = new List<double>();
            for (int i = 0; i < feature.shape[1]; i++)
            {
                for (int j = 0; j < feature.shape[2]; j++)
                {
                    IEnumerable<double> powers = Enumerable
                        .Range(0, (int)feature.shape[3])
                        .Select(k => Math.Pow(Math.Abs(a(n, i, j, k)), p))
                        .ToList();
                    q.Add(map == AttentionMap.Sum ? powers.Sum() : powers.Max());
                }
            }

            double length = Math.Sqrt(q.Sum(x => x * x));
            maps.Add([.. q.Select(x => x / length)]);
        }

        return [.. maps];
    }
}
