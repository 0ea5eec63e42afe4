using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Neuron selectivity transfer against the squared maximum mean discrepancy.</summary>
public class NeuronSelectivityTransferTests
{
    [TestCase(NeuronSelectivityKernel.Linear, 2, 0)]
    [TestCase(NeuronSelectivityKernel.Polynomial, 1, 0)]
    [TestCase(NeuronSelectivityKernel.Polynomial, 2, 0)]
    [TestCase(NeuronSelectivityKernel.Polynomial, 3, 0.5)]
    [TestCase(NeuronSelectivityKernel.Gaussian, 2, 0)]
    public void Value_and_gradient_are_those_of_the_equation(NeuronSelectivityKernel kernel, int degree, double constant)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(8, 3, 2, 3, 4);
        Tensor student = FeatureData.Of(9, 3, 2, 3, 2);
        double[] expected =
        [
            .. Enumerable.Range(0, 3).Select(n => Discrepancy(Channels(teacher, n), Channels(student, n), kernel, degree, constant)),
        ];
        var objective = new NeuronSelectivityTransfer("t", "s", kernel, degree, constant);

        Assert.That(FeatureData.Rows(objective, teacher, student), Is.EqualTo(expected).Within(1e-12));
        if (kernel != NeuronSelectivityKernel.Gaussian)
        {
            // The Gaussian's bandwidth is a constant for the gradient, but not for differences.
            FeatureData.AssertGradient(objective, teacher, student);
        }
    }

    [Test]
    public void The_bandwidth_of_the_gaussian_is_constant_for_the_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(8, 1, 2, 3, 4);
        Tensor student = FeatureData.Of(9, 1, 2, 3, 2).requires_grad_();
        Tensor direction = FeatureData.Of(10, 1, 2, 3, 2);
        double bandwidth = Bandwidth(Channels(teacher, 0), Channels(student, 0));

        ObjectiveRun
            .Value(
                new NeuronSelectivityTransfer("t", "s", NeuronSelectivityKernel.Gaussian),
                FeatureData.Signals(teacher, student),
                "float64"
            )
            .backward();

        double At(double step) =>
            Discrepancy(Channels(teacher, 0), Channels(student + (direction * step), 0), NeuronSelectivityKernel.Gaussian, 2, 0, bandwidth);
        double numeric = (At(1e-5) - At(-1e-5)) / 2e-5;
        Assert.That((student.grad! * direction).sum().item<double>(), Is.EqualTo(numeric).Within(1e-8));
        Assert.That(numeric, Is.Not.EqualTo(0).Within(1e-3));
    }

    [Test]
    public void Maps_without_a_pattern_have_no_discrepancy_of_rounding()
    {
        using DisposeScope scope = NewDisposeScope();

        // Each channel is constant, so that all unit vectors are equal but for rounding.
        Tensor Constant(int seed, long channels) =>
            (FeatureData.Of(seed, 4, 1, 1, channels).abs() + 0.3).to(ScalarType.Float32).expand(4, 7, 7, channels).contiguous();
        Tensor student = Constant(3, 48).requires_grad_();

        Tensor value = ObjectiveRun.Value(
            new NeuronSelectivityTransfer("t", "s", NeuronSelectivityKernel.Gaussian),
            FeatureData.Signals(Constant(4, 64), student)
        );
        value.backward();

        Assert.That(value.item<float>(), Is.EqualTo(0).Within(1e-5));
        Assert.That(student.grad!.abs().max().item<float>(), Is.LessThan(1e-3));
    }

    [Test]
    public void Equal_channels_in_another_order_have_no_discrepancy([Values] NeuronSelectivityKernel kernel)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(10, 2, 3, 3, 3);
        Tensor student = teacher.index_select(3, tensor(new long[] { 2, 0, 1 })).clone().requires_grad_();

        Tensor value = ObjectiveRun.Value(
            new NeuronSelectivityTransfer("t", "s", kernel),
            FeatureData.Signals(teacher, student),
            "float64"
        );
        value.backward();

        Assert.That(value.item<double>(), Is.EqualTo(0).Within(1e-14));
        Assert.That(student.grad!.abs().max().item<double>(), Is.EqualTo(0).Within(1e-14));
    }

    [Test]
    public void The_gaussian_is_finite_where_all_channels_are_equal()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = ones(2, 2, 2, 3);
        Tensor student = ones(2, 2, 2, 4).requires_grad_();

        Tensor value = ObjectiveRun.Value(
            new NeuronSelectivityTransfer("t", "s", NeuronSelectivityKernel.Gaussian),
            FeatureData.Signals(teacher, student)
        );
        value.backward();

        Assert.That(value.item<float>(), Is.EqualTo(0).Within(1e-6));
        Assert.That(student.grad!.isfinite().all().item<bool>(), Is.True);
    }

    [Test]
    public void The_defaults_are_those_of_the_paper()
    {
        var objective = new NeuronSelectivityTransfer("t", "s");

        Assert.That(objective.Kernel, Is.EqualTo(NeuronSelectivityKernel.Polynomial));
        Assert.That((objective.Degree, objective.Constant), Is.EqualTo((2, 0.0)));
    }

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.That(() => new NeuronSelectivityTransfer("t", "s", degree: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NeuronSelectivityTransfer("t", "s", constant: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new NeuronSelectivityTransfer("t", "s", (NeuronSelectivityKernel)9),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
    }

    // The channels' maps of a sample, of length 1.
    private static List<double[]> Channels(Tensor feature, int n)
    {
        Func<int, int, int, int, double> a = FeatureData.Map(feature);
        var channels = new List<double[]>();
        for (int k = 0; k < feature.shape[3]; k++)
        {
            var map = new List<double>();
            for (int i = 0; i < feature.shape[1]; i++)
            {
                for (int j = 0; j < feature.shape[2]; j++)
                {
                    map.Add(a(n, i, j, k));
                }
            }

            double length = Math.Sqrt(map.Sum(x => x * x));
            channels.Add([.. map.Select(x => x / length)]);
        }

        return channels;
    }

    private static double Distance(double[] x, double[] y) => x.Zip(y, (a, b) => (a - b) * (a - b)).Sum();

    private static double Bandwidth(List<double[]> t, List<double[]> s) => s.SelectMany(x => t.Select(y => Distance(x, y))).Average();

    private static double Discrepancy(
        List<double[]> t,
        List<double[]> s,
        NeuronSelectivityKernel kernel,
        int degree,
        double constant,
        double? given = null
    )
    {
        static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
        double bandwidth = given ?? Bandwidth(t, s);
        double K(double[] x, double[] y) =>
            kernel switch
            {
                NeuronSelectivityKernel.Linear => Dot(x, y),
                NeuronSelectivityKernel.Polynomial => Math.Pow(Dot(x, y) + constant, degree),
                _ => Math.Exp(-Distance(x, y) / (2 * bandwidth)),
            };
        double Mean(List<double[]> x, List<double[]> y) => x.SelectMany(a => y.Select(b => K(a, b))).Average();
        return Mean(t, t) + Mean(s, s) - (2 * Mean(s, t));
    }
}
