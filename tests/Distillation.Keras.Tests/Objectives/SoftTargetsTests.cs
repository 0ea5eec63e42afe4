using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>What the fixtures of Hinton's soft targets do not show.</summary>
public class SoftTargetsTests
{
    [TestCase(60)]
    [TestCase(100)]
    [TestCase(1e4)]
    public void Extreme_logits_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = tensor(
                new[,]
                {
                    { (float)size, (float)-size, 0f },
                }
            )
            .requires_grad_();
        Tensor v = tensor(
            new[,]
            {
                { (float)-size, (float)size, 0f },
            }
        );

        Tensor loss = SoftTargets.CrossEntropy(z, v, 1).sum();
        loss.backward();

        // The teacher is certain of class 1, the student of class 0.
        Assert.That(loss.item<float>(), Is.EqualTo(2 * size).Within(1e-5).Percent);
        Near.Assert(
            "gradient",
            z.grad!,
            tensor(
                new[,]
                {
                    { 1f, -1f, 0f },
                }
            ),
            1e-6
        );
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
