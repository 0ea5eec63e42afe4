// <snippet The_loss_on_tensors>
using Distillation.Keras.Objectives;
using TorchSharp;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class TheLossOnTensors
{
    [Test]
    public void The_loss_on_tensors()
    {
        // <snippet The_loss_on_tensors>
        using var scope = torch.NewDisposeScope();
        var z = torch.randn(8, 10, requires_grad: true);    // the student's logits
        var v = torch.randn(8, 10);                         // the teacher's
        var rows = SoftTargets.CrossEntropy(z, v, temperature: 4);
        rows.mean().backward();
        // </snippet>
        Assert.That(z.grad, Is.Not.Null);
    }
}
