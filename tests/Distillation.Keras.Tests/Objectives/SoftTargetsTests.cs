using Distillation.Keras.Conformance;
using Distillation.Keras.Objectives;
using Distillation.Keras.Tests.Conformance;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Hinton's soft targets against the paper's formula in float64.</summary>
public class SoftTargetsTests
{
    private static readonly Fixture Expected = FixtureFiles.Load("distillation");

    private static IEnumerable<string> Cases => Expected.CaseNames.Where(n => n.StartsWith("soft_ce_", StringComparison.Ordinal) && n.EndsWith("_t2", StringComparison.Ordinal));

    [Test]
    public void Value_and_gradient_are_those_of_the_paper([ValueSource(nameof(Cases))] string name, [Values] bool isDouble)
    {
        using DisposeScope scope = NewDisposeScope();
        FixtureEntry entry = Expected.Entries("cases").Single(e => e.Name == name);
        double t = entry.Node!["hyper"]!["T"]!.GetValue<double>();
        ScalarType type = isDouble ? ScalarType.Float64 : ScalarType.Float32;
        Tensor z = Expected.Array($"{name}/student").to(type).requires_grad_();

        Tensor loss = SoftTargets.CrossEntropy(z, Expected.Array($"{name}/teacher").to(type), t).mean();
        loss.backward();

        double expected = entry.Node!["expected"]!.GetValue<double>();
        Assert.That(loss.to(ScalarType.Float64).item<double>(), Is.EqualTo(expected).Within(isDouble ? 1e-9 * Math.Abs(expected) : (1e-5 * Math.Max(1, Math.Abs(expected))) + (1e-7 * t * t)));
        Near.Assert("gradient", z.grad!, Expected.Array($"{name}/grad_student"), isDouble ? 1e-9 : 1e-5, isDouble ? 1e-12 * t * t : 1e-6);
    }

    [TestCase(60)]
    [TestCase(100)]
    [TestCase(1e4)]
    public void Extreme_logits_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = tensor(new[,] { { (float)size, (float)-size, 0f } }).requires_grad_();
        Tensor v = tensor(new[,] { { (float)-size, (float)size, 0f } });

        Tensor loss = SoftTargets.CrossEntropy(z, v, 1).sum();
        loss.backward();

        // The teacher is certain of class 1, the student of class 0.
        Assert.That(loss.item<float>(), Is.EqualTo(2 * size).Within(1e-5).Percent);
        Near.Assert("gradient", z.grad!, tensor(new[,] { { 1f, -1f, 0f } }), 1e-6);
    }

    [Test]
    public void No_gradient_flows_into_the_teacher()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = rand(2, 3).requires_grad_();

        SoftTargets.CrossEntropy(rand(2, 3).requires_grad_(), v, 2).sum().backward();

        Assert.That(v.grad is null, Is.True);
    }

    [Test]
    public void Different_shapes_are_refused_instead_of_repeated()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.That(() => SoftTargets.CrossEntropy(rand(4, 3), rand(1, 3), 2), Throws.ArgumentException.With.Message.Contains("(4, 3)"));
    }

    [Test]
    public void Only_the_result_stays()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = rand(2, 3);
        Tensor v = rand(2, 3);

        Assert.That(LiveTensors.LeftBy(() => SoftTargets.CrossEntropy(z, v, 2)), Is.EqualTo(1));
    }
}
