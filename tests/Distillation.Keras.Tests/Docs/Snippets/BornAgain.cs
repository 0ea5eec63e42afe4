// <snippet Born_again>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class BornAgain
{
    [Test]
    public void Born_again()
    {
        // <snippet Born_again>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);

        var reborn = new Distiller(teacher).WithSeed(7).Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(reborn.Student.CountParams() == teacher.CountParams());
        // </snippet>
        Assert.That(reborn.Student, Is.Not.SameAs(teacher));
        Assert.That(reborn.Student.CountParams(), Is.EqualTo(teacher.CountParams()));
    }
}
