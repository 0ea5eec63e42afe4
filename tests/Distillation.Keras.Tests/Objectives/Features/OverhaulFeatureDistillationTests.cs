using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Overhauled feature distillation: its distance and its margins.</summary>
public class OverhaulFeatureDistillationTests
{
    [Test]
    public void Distance_is_partial()
    {
        using DisposeScope scope = NewDisposeScope();

        // The margin is -1. Of the first row: t' = -1 and s below it, 0; s between t' and 0, counted; s above; t' positive and s below it,
        // counted.
        Tensor t = tensor(
            new double[,]
            {
                { -5, -5, -0.5, 2 },
                { 0, -1, 3, -0.5 },
            }
        );
        Tensor s = tensor(
            new double[,]
            {
                { -2, -0.5, 1, -1 },
                { -3, -1, 1, -0.5 },
            }
        );
        var objective = new OverhaulFeatureDistillation("t", "s", channelMargins: [-1, -1, -1, -1]);

        Assert.That(FeatureData.Rows(objective, t, s), Is.EqualTo(new[] { 0.25 + 2.25 + 9, 4.0 }).Within(1e-14));
        FeatureData.AssertGradient(objective, t, FeatureData.Of(31, 2, 4));
    }

    [Test]
    public void Margins_are_the_mean_of_the_negative_half_by_numerical_integration()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] mean = [0, 0.7, -1.5, 2, 4, 5];
        double[] deviation = [1, 0.4, 0.5, 0.8, 1, 1];
        double[] expected =
        [
            .. mean.Zip(
                deviation,
                (m, s) =>
                {
                    // The trapezoidal rule from far below to 0.
                    double mass = 0,
                        moment = 0;
                    const double H = 1e-4;
                    for (double x = -H / 2; x > m - (12 * s) && x > -20; x -= H)
                    {
                        double density = Math.Exp(-(x - m) * (x - m) / (2 * s * s)) / (s * Math.Sqrt(2 * Math.PI));
                        mass += density * H;
                        moment += x * density * H;
                    }

                    return mass <= 0.001 ? -3 * s : moment / mass;
                }
            ),
        ];

        double[] margins = [.. OverhaulFeatureDistillation.Margins(tensor(mean), tensor(deviation)).data<double>()];

        Assert.That(margins, Is.EqualTo(expected).Within(1e-6));
        Assert.That(margins[^1], Is.EqualTo(-3));
    }

    [Test]
    public void A_channel_that_never_varies_has_a_finite_margin()
    {
        using DisposeScope scope = NewDisposeScope();

        double[] margins =
        [
            .. OverhaulFeatureDistillation.Margins(tensor(new[] { 0.0, 1, -1 }), tensor(new[] { 0.0, 0, 0 })).data<double>(),
        ];

        Assert.That(margins, Is.EqualTo(new[] { 0.0, 0, -1 }).Within(1e-9));
    }

    [Test]
    public void Margins_come_from_the_teachers_batch_normalisation()
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = new BatchNormalization(name: "bn", dtype: "float64");
        var teacher = new Sequential(new Input(2, 2, 3), layer);
        (double[] gamma, double[] beta) = ([-1, 0.5, 0.5], [0.2, -0.3, 4]);
        layer.Weights[0].Assign(tensor(gamma));
        layer.Weights[1].Assign(tensor(beta));
        ObjectiveTerm term = Bind(new OverhaulFeatureDistillation("bn", "s"), layer);

        Assert.That(term.Variables[^1].Trainable, Is.False);
        Near.Assert("margins", term.Variables[^1].Value, OverhaulFeatureDistillation.Margins(tensor(beta), tensor(gamma).abs()), 1e-14);
        Assert.That(FeatureData.Rows(term, FeatureData.Of(1, 2, 2, 2, 3), FeatureData.Of(2, 2, 2, 2, 3)), Has.All.Positive);
        term.Release();
        teacher.Release();
    }

    [Test]
    public void Margins_are_measured_where_there_is_no_batch_normalisation()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] batches = [FeatureData.Of(41, 4, 2, 2, 3), FeatureData.Of(42, 2, 2, 2, 3)];
        foreach (Tensor batch in batches)
        {
            // The last channel is never negative.
            batch[.., .., .., 2] = batch[.., .., .., 2].abs().add(0.1);
        }

        ObjectiveTerm term = Bind(new OverhaulFeatureDistillation("t", "s"), null);
        term.Prepare(batches.Select(b => new ObjectiveSignals { TeacherFeatures = [b] }));

        double[][] channels =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(k => batches.SelectMany(b => b[.., .., .., k].contiguous().data<double>().ToArray()).ToArray()),
        ];
        double mean = channels[2].Average();
        double[] expected =
        [
            channels[0].Where(x => x < 0).Average(),
            channels[1].Where(x => x < 0).Average(),
            -3 * Math.Sqrt(channels[2].Average(x => (x - mean) * (x - mean))),
        ];
        Assert.That(term.Variables[^1].Value.data<double>().ToArray(), Is.EqualTo(expected).Within(1e-12));
        term.Release();
    }

    [Test]
    public void Without_margins_it_does_not_compute()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveTerm term = Bind(new OverhaulFeatureDistillation("t", "s"), null);

        Assert.That(
            () => FeatureData.Rows(term, FeatureData.Of(1, 2, 2, 2, 3), FeatureData.Of(2, 2, 2, 2, 3)),
            Throws.InvalidOperationException.With.Message.Contains("Prepare")
        );
        term.Release();
    }

    [Test]
    public void A_wrong_number_of_margins_is_a_problem_and_a_positive_one_is_refused()
    {
        var objective = new OverhaulFeatureDistillation("t", "s", channelMargins: [-1, -2]);
        Shape shape = new((int?[])[null, 4, 4, 3]);
        var shapes = new ObjectiveShapes(2, false, [new FeatureShapes(objective.Features[0], shape, shape)], 1);

        Assert.That(objective.Problems(shapes), Has.One.Contains("2 margins were given"));
        Assert.That(
            () => new OverhaulFeatureDistillation("t", "s", channelMargins: [0.5]),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
        Assert.That(() => OverhaulFeatureDistillation.Margins(zeros(2), zeros(3)), Throws.ArgumentException.With.Message.Contains("(3,)"));
    }

    private static ObjectiveTerm Bind(OverhaulFeatureDistillation objective, Layer? layer)
    {
        Shape shape = new((int?[])[null, 2, 2, 3]);
        var shapes = new ObjectiveShapes(2, false, [new FeatureShapes(objective.Features[0], shape, shape)], 1);
        return new ObjectiveTerm(objective, objective.Name, 1, shapes, "float64", teacherLayers: [layer]);
    }
}
