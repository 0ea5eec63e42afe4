using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Variational information distillation against the paper's equation.</summary>
public class VariationalInformationDistillationTests
{
    [TestCase(1)]
    [TestCase(3)]
    public void Value_is_that_of_the_equation(int layers)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(16, 3, 4);
        Tensor student = FeatureData.Of(17, 3, 2);
        var objective = new VariationalInformationDistillation("t", "s", layers, hiddenChannels: 5);
        ObjectiveTerm term = ObjectiveRun.Bind(objective, FeatureData.Signals(teacher, student), dtype: "float64");
        Tensor[] kernels = [.. term.Variables.Take(layers).Select((v, i) => FeatureData.Of(20 + i, v.Value.shape))];
        Tensor alpha = FeatureData.Of(30, 4);
        for (int i = 0; i < layers; i++)
        {
            term.Variables[i].Assign(kernels[i]);
        }

        term.Variables[^1].Assign(alpha);
        double[] expected = new double[3];
        for (int n = 0; n < 3; n++)
        {
            double[] x = [.. student[n].data<double>()];
            for (int i = 0; i < layers; i++)
            {
                Tensor kernel = kernels[i];
                x = [.. Enumerable.Range(0, (int)kernel.shape[1]).Select(o => x.Select((v, k) => v * kernel[k, o].item<double>()).Sum())];
                x = i == layers - 1 ? x : [.. x.Select(v => Math.Max(v, 0))];
            }

            for (int o = 0; o < 4; o++)
            {
                double variance = Math.Log(1 + Math.Exp(alpha[o].item<double>())) + 1e-5;
                double miss = teacher[n, o].item<double>() - x[o];
                expected[n] += 0.5 * ((miss * miss / variance) + Math.Log(variance));
            }
        }

        Assert.That(FeatureData.Rows(term, teacher, student), Is.EqualTo(expected).Within(1e-11));
        term.Release();
    }

    [Test]
    public void The_regressor_has_three_layers_without_bias_of_the_teachers_width_and_the_variance_starts_at_5()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveTerm term = ObjectiveRun.Bind(
            new VariationalInformationDistillation("t", "s"),
            FeatureData.Signals(FeatureData.Of(1, 2, 3, 3, 6), FeatureData.Of(2, 2, 3, 3, 4)),
            dtype: "float64"
        );

        Assert.That(term.Variables.Select(v => v.Shape.ToString()), Is.EqualTo(new[] { "(4, 6)", "(6, 6)", "(6, 6)", "(6,)" }));
        double alpha = term.Variables[^1].Value[0].item<double>();
        Assert.That(Math.Log(1 + Math.Exp(alpha)) + 1e-5, Is.EqualTo(5).Within(1e-12));
        term.Release();
    }

    [TestCase(1e-3)]
    [TestCase(1e4)]
    public void The_variance_starts_where_it_is_told_to(double variance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor zero = zeros(2, 3, dtype: ScalarType.Float64);
        var objective = new VariationalInformationDistillation("t", "s", initialVariance: variance, reduction: ElementReduction.Mean);

        // Of zeros, only 1/2 log var is left.
        Assert.That(FeatureData.Rows(objective, zero, zero)[0], Is.EqualTo(0.5 * Math.Log(variance)).Within(1e-10));
    }

    [Test]
    public void Alpha_and_the_regressor_get_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = FeatureData.Signals(FeatureData.Of(1, 4, 3, 3, 6), FeatureData.Of(2, 4, 6, 6, 4));
        ObjectiveTerm term = ObjectiveRun.Bind(new VariationalInformationDistillation("t", "s"), signals, dtype: "float64");

        ObjectiveRun.Value(term, signals).backward();

        Assert.That(term.Variables, Has.All.Matches<Variable>(v => v.Trainable && v.Value.grad!.abs().max().item<double>() > 0));
        term.Release();
    }

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.That(
            () => new VariationalInformationDistillation("t", "s", regressorLayers: 0),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
        Assert.That(
            () => new VariationalInformationDistillation("t", "s", hiddenChannels: 0),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
        Assert.That(() => new VariationalInformationDistillation("t", "s", epsilon: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new VariationalInformationDistillation("t", "s", initialVariance: 1e-5),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("above epsilon")
        );
    }
}
