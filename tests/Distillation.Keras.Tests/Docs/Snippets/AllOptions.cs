// <snippet All_options>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Losses = Distillation.Keras.Losses;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class AllOptions
{
    [Test]
    public void All_options()
    {
        // <snippet All_options>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        var student = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(16, activation: "relu"), new Dense(10, activation: "softmax"));

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
}
