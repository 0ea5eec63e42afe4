using System.Text.Json.Nodes;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Metrics;

/// <summary>Correlations along one axis, several or all.</summary>
/// <remarks>
/// The values are those of Keras 3.15.1 on NumPy. The tolerance is that of the conformance program for correlations: they divide small
/// differences of large sums.
/// </remarks>
public sealed class CorrelationAxesTests
{
    private const double Tolerance = 1.1e-5;

    private static readonly float[] Targets =
    [
        .. new[] { -0.802f, -1.324f, -0.248f, 0.42f, 1.136f, 0.11f, -0.553f, -0.785f, 0.749f, 1.635f, 0.273f, -1.233f },
        .. new[] { -0.958f, 1.6f, 0.203f, -1.732f, -0.084f, -1.163f, -0.629f, -0.488f, -0.713f, 0.553f, -0.063f, -0.589f },
    ];

    private static readonly float[] Predictions =
    [
        .. new[] { -0.196f, -0.247f, -0.946f, 0.082f, 0.078f, -0.032f, -0.921f, -0.382f, 0.356f, 0.665f, -0.387f, -0.815f },
        .. new[] { -1.025f, 0.122f, 0.214f, -1.421f, 0.543f, -0.223f, -1.313f, -0.108f, -0.907f, 0.293f, -0.01f, -1.289f },
    ];

    private static IEnumerable<TestCaseData> Axes()
    {
        yield return new TestCaseData(null, 0.6765555143356323, 0.5381328463554382, "-1").SetArgDisplayNames("default");
        yield return new TestCaseData((Axes)1, 0.8692381381988525, 0.5505914092063904, "1").SetArgDisplayNames("1");
        yield return new TestCaseData((Axes)(0, 2), 0.671539306640625, 0.60020512342453, "[0,2]").SetArgDisplayNames("(0, 2)");
        yield return new TestCaseData((Axes)(1, 2), 0.7023099660873413, 0.6232901215553284, "[1,2]").SetArgDisplayNames("(1, 2)");
        yield return new TestCaseData(Keras.Axes.All, 0.6917977929115295, 0.6342005133628845, "null").SetArgDisplayNames("all");
    }

    [TestCaseSource(nameof(Axes))]
    public void Correlations_are_computed_along_axes_and_say_so(Axes? axis, double pearson, double concordance, string config)
    {
        using DisposeScope scope = NewDisposeScope();
        Metric[] metrics = [new PearsonCorrelation(axis: axis), new ConcordanceCorrelation(axis: axis)];
        foreach (Metric metric in metrics)
        {
            JsonNode written = KerasSerializer.Serialize(metric)!;
            Metric read = KerasSerializer.Deserialize<Metric>(written);
            read.UpdateState(tensor(Targets).reshape(2, 3, 4), tensor(Predictions).reshape(2, 3, 4));
            Assert.Multiple(() =>
            {
                Assert.That(written["config"]!["axis"]?.ToJsonString() ?? "null", Is.EqualTo(config));
                Assert.That(
                    read.Result().ToSingle(),
                    Is.EqualTo(metric is PearsonCorrelation ? pearson : concordance).Within(Tolerance),
                    metric.ClassName
                );
            });
        }
    }

    [Test]
    public void An_axis_that_there_is_not_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        ArgumentException? e = Assert.Throws<ArgumentException>(() => MetricFunctions.PearsonCorrelation(ones(2, 3), ones(2, 3), 2));
        Assert.That(e!.Message, Does.Contain("PearsonCorrelation has the axis 2").And.Contain("2 axes"));
    }
}
