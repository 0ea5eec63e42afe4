// <snippet All_options>
using Distillation.Keras;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Losses = Distillation.Keras.Losses;
// </snippet>
// <snippet The_loss_on_tensors>
using Distillation.Keras.Objectives;
using TorchSharp;
// </snippet>

namespace Snippets;

/// <summary>The code of docs/distillation.md.</summary>
public sealed class DistillationSnippets
{
    [Test]
    public void All_options()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);
        var student = Quick.Network(8);

        // <snippet All_options>
        var distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(4)             // the default
            .WithHardLossWeight(0.1)        // the default
            .WithSoftLossWeight(0.9)        // the default
            .WithLoss(new Losses.CategoricalCrossentropy(label_smoothing: 0.1))
            .WithOptimizer(new Adam(0.001)) // the default
            .WithMetrics(new TopKCategoricalAccuracy(5))
            .WithSeed(1);
        var result = distiller.Fit(
            data.TrainX, data.TrainY, batch_size: 128, epochs: 1, validation_data: (data.TestX, data.TestY));
        Console.WriteLine(string.Join(", ", result.History.Names));
        // </snippet>
        Assert.That(result.History.Names, Does.Contain("val_teacher_agreement"));
    }

    [Test]
    public void Without_labels()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);
        var student = Quick.Network(8);

        // <snippet Without_labels>
        var result = new Distiller(teacher).WithStudent(student).Fit(data.TrainX, batch_size: 128, epochs: 1);
        Console.WriteLine(result.History["teacher_agreement"][^1]);
        // </snippet>
        Assert.That(result.History.Contains("accuracy"), Is.False);
    }

    [Test]
    public void Born_again()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);

        // <snippet Born_again>
        var reborn = new Distiller(teacher).WithSeed(7).Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(reborn.Student.CountParams() == teacher.CountParams());
        // </snippet>
        Assert.That(reborn.Student, Is.Not.SameAs(teacher));
    }

    [Test]
    public void The_loss_on_tensors()
    {
        using var scope = torch.NewDisposeScope();

        // <snippet The_loss_on_tensors>
        var z = torch.randn(8, 10, requires_grad: true);    // the student's logits
        var v = torch.randn(8, 10);                         // the teacher's
        var rows = SoftTargets.CrossEntropy(z, v, temperature: 4);
        rows.mean().backward();
        // </snippet>
        Assert.That(z.grad, Is.Not.Null);
    }
}
