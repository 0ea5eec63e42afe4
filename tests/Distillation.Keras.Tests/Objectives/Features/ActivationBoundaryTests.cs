using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Activation boundaries against the paper's equation.</summary>
public class ActivationBoundaryTests
{
    [TestCase(1.0)]
    [TestCase(0.3)]
    public void Value_is_that_of_the_equation(double m)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(11, 3, 7);
        Tensor student = FeatureData.Of(12, 3, 7);
        teacher[0, 0] = 0;
        student[0, 1] = m;
        student[0, 2] = -m;
        double[] expected = new double[3];
        for (int n = 0; n < 3; n++)
        {
            for (int k = 0; k < 7; k++)
            {
                double t = teacher[n, k].item<double>();
                double s = student[n, k].item<double>();
                if (t <= 0 && s > -m)
                {
                    expected[n] += (s + m) * (s + m);
                }
                else if (t > 0 && s <= m)
                {
                    expected[n] += (s - m) * (s - m);
                }
            }
        }

        Assert.That(FeatureData.Rows(new ActivationBoundary("t", "s", m), teacher, student), Is.EqualTo(expected).Within(1e-12));
        Assert.That(
            FeatureData.Rows(new ActivationBoundary("t", "s", m, ElementReduction.Mean), teacher, student),
            Is.EqualTo(expected.Select(e => e / 7)).Within(1e-12)
        );
        FeatureData.AssertGradient(new ActivationBoundary("t", "s", m), teacher, FeatureData.Of(13, 3, 7));
    }

    [Test]
    public void Values_are_taken_before_the_activations()
    {
        var objective = new ActivationBoundary("t", LayerReference.BeforeActivation("s"));

        Assert.That(objective.Features[0].Teacher.IsBeforeActivation, Is.True);
        Assert.That(objective.Features[0].Student.IsBeforeActivation, Is.True);
        Assert.That(objective.Features[0].Adapter, Is.SameAs(FeatureAdapter.Projection));
        Assert.That(objective.Margin, Is.EqualTo(1));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    public void A_margin_that_is_not_positive_is_refused(double margin) =>
        Assert.That(() => new ActivationBoundary("t", "s", margin), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
