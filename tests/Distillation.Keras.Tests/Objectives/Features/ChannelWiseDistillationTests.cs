using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Channel-wise distillation against the paper's equation.</summary>
public class ChannelWiseDistillationTests
{
    [TestCase(1.0)]
    [TestCase(4.0)]
    [TestCase(2.5)]
    public void Value_and_gradient_are_those_of_the_equation(double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(14, 3, 2, 4, 5);
        Tensor student = FeatureData.Of(15, 3, 2, 4, 5);
        (Func<int, int, int, int, double>? t, Func<int, int, int, int, double>? s) = (FeatureData.Map(teacher), FeatureData.Map(student));
        double[] expected = new double[3];
        for (int n = 0; n < 3; n++)
        {
            for (int k = 0; k < 5; k++)
            {
                double[] p = Softmax(t, n, k, temperature);
                double[] q = Softmax(s, n, k, temperature);
                expected[n] += temperature * temperature / 5 * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
            }
        }

        var objective = new ChannelWiseDistillation("t", "s", temperature);
        Assert.That(FeatureData.Rows(objective, teacher, student), Is.EqualTo(expected).Within(1e-12));
        FeatureData.AssertGradient(objective, teacher, student);
    }

    [Test]
    public void Each_row_may_have_a_temperature_of_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(14, 2, 3, 3, 4);
        Tensor student = FeatureData.Of(15, 2, 3, 3, 4);
        var signals = new ObjectiveSignals
        {
            TeacherFeatures = [teacher],
            StudentFeatures = [student],
            Temperature = tensor(
                new double[,]
                {
                    { 2 },
                    { 5 },
                }
            ),
        };

        double[] rows = [.. new ChannelWiseDistillation("t", "s").Call(signals).data<double>()];

        Assert.That(rows[0], Is.EqualTo(FeatureData.Rows(new ChannelWiseDistillation("t", "s", 2), teacher, student)[0]).Within(1e-13));
        Assert.That(rows[1], Is.EqualTo(FeatureData.Rows(new ChannelWiseDistillation("t", "s", 5), teacher, student)[1]).Within(1e-13));
    }

    [Test]
    public void The_temperature_is_4_by_default_and_positive()
    {
        Assert.That(new ChannelWiseDistillation("t", "s").Temperature.ValueAt(0, 1), Is.EqualTo(4));
        Assert.That(() => new ChannelWiseDistillation("t", "s", 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static double[] Softmax(Func<int, int, int, int, double> map, int n, int k, double temperature)
    {
        double[] e = [.. Enumerable.Range(0, 8).Select(i => Math.Exp(map(n, i / 4, i % 4, k) / temperature))];
        return [.. e.Select(x => x / e.Sum())];
    }
}
