using Distillation.Keras.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Metrics;

/// <summary>The area under the precision-recall-gain curve. The numbers are Keras 3.15.1's.</summary>
public sealed class GainCurveTests
{
    private static readonly float[] Targets = [0, 0, 1, 1, 0, 1, 0, 1];
    private static readonly float[] Outputs = [0.1f, 0.5f, 0.3f, 0.9f, 0.4f, 0.65f, 0.7f, 0.2f];
    private static readonly float[] Likelier = [0, 1, 0, 1, 0, 0, 1, 0];

    [TestCase("interpolation", -0.125, 0.2083333134651184)]
    [TestCase("minoring", -0.5, -0.0833333432674408)]
    [TestCase("majoring", 0.25, 0.5)]
    public void The_area_is_Keras(string method, double all, double byLabel)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string curve in new[] { "PRGAIN", "prgain" })
        {
            Assert.That(Area(new AUC(7, curve, method), tensor(Targets), tensor(Outputs)), Is.EqualTo(all).Within(1e-6));
            var metric = new AUC(7, curve, method, multi_label: true);
            Assert.That(Area(metric, tensor(Targets).view(4, 2), tensor(Outputs).view(4, 2)), Is.EqualTo(byLabel).Within(1e-6));
            Assert.That(metric.GetConfig()["curve"]!.GetValue<string>(), Is.EqualTo("PRGAIN"));
        }
    }

    [TestCase("interpolation", 0.8200000524520874)]
    [TestCase("minoring", 0.699999988079071)]
    [TestCase("majoring", 0.9399999976158142)]
    public void The_area_at_thresholds_of_ones_own(string method, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        var metric = new AUC(curve: "PRGAIN", summation_method: method, thresholds: [0.25, 0.35, 0.45, 0.6, 0.8]);
        Assert.That(Area(metric, tensor(Likelier), tensor(Outputs)), Is.EqualTo(expected).Within(1e-6));
    }

    private static float Area(AUC metric, Tensor targets, Tensor outputs)
    {
        metric.UpdateState(targets, outputs);
        return metric.Result().item<float>();
    }
}
