using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>FitNets' hint against its equation.</summary>
public class FitNetsHintTests
{
    [Test]
    public void Half_of_the_squared_distance_is_the_default()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor t = tensor(
            new double[,]
            {
                { 1, 2 },
                { 0, -1 },
            }
        );
        Tensor s = tensor(
            new double[,]
            {
                { 3, 1 },
                { 0, 2 },
            }
        );

        Assert.That(FeatureData.Rows(new FitNetsHint("t", "s"), t, s), Is.EqualTo(new[] { 2.5, 4.5 }).Within(1e-14));
        Assert.That(
            FeatureData.Rows(new FitNetsHint("t", "s", reduction: ElementReduction.Mean), t, s),
            Is.EqualTo(new[] { 2.5, 4.5 }).Within(1e-14)
        );
        Assert.That(
            FeatureData.Rows(new FitNetsHint("t", "s", reduction: ElementReduction.Sum), t, s),
            Is.EqualTo(new[] { 5.0, 9 }).Within(1e-14)
        );
    }

    [Test]
    public void Cosine_is_averaged_over_the_positions()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(1, 2, 3, 2, 4);
        Tensor student = FeatureData.Of(2, 2, 3, 2, 4);
        (Func<int, int, int, int, double>? t, Func<int, int, int, int, double>? s) = (FeatureData.Map(teacher), FeatureData.Map(student));
        double[] expected = new double[2];
        for (int n = 0; n < 2; n++)
        {
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 2; j++)
                {
                    double product = 0,
                        tt = 0,
                        ss = 0;
                    for (int k = 0; k < 4; k++)
                    {
                        product += t(n, i, j, k) * s(n, i, j, k);
                        tt += t(n, i, j, k) * t(n, i, j, k);
                        ss += s(n, i, j, k) * s(n, i, j, k);
                    }

                    expected[n] += (1 - (product / Math.Sqrt(tt * ss))) / 6;
                }
            }
        }

        Assert.That(FeatureData.Rows(new FitNetsHint("t", "s", HintDistance.Cosine), teacher, student), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void The_regressor_is_trained_and_does_nothing_where_the_shapes_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals differing = FeatureData.Signals(FeatureData.Of(1, 3, 4, 4, 5), FeatureData.Of(2, 3, 4, 4, 2));
        ObjectiveTerm term = ObjectiveRun.Bind(new FitNetsHint("t", "s"), differing, dtype: "float64");
        ObjectiveRun.Value(term, differing).backward();

        Assert.That(term.Variables[0].Shape, Is.EqualTo(new Shape(2, 5)));
        Assert.That(term.Variables[0].Value.grad!.abs().max().item<double>(), Is.GreaterThan(0));
        term.Release();

        ObjectiveSignals equal = FeatureData.Signals(FeatureData.Of(1, 3, 4, 4, 2), FeatureData.Of(2, 3, 4, 4, 2));
        Assert.That(ObjectiveRun.Bind(new FitNetsHint("t", "s"), equal).Variables, Is.Empty);
    }

    [Test]
    public void A_cosine_sums_over_the_positions_only_if_asked_to()
    {
        Assert.That(new FitNetsHint("t", "s", HintDistance.Cosine).Reduction, Is.EqualTo(ElementReduction.Mean));
        Assert.That(new FitNetsHint("t", "s", HintDistance.Cosine, ElementReduction.Sum).Reduction, Is.EqualTo(ElementReduction.Sum));
        Assert.That(new FitNetsHint("t", "s").Reduction, Is.EqualTo(ElementReduction.HalfSum));
    }
}
