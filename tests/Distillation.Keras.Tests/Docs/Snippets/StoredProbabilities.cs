// <snippet Stored_probabilities>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Teachers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class StoredProbabilities
{
    [Test]
    public void Stored_probabilities()
    {
        // <snippet Stored_probabilities>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(64, "relu"), new Dense(10, "softmax"));
        model.Compile("adam", "categorical_crossentropy");
        model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);

        // One row for each row of TrainX. Here from a model; what another program wrote into a file is as good.
        using var probabilities = model.Predict(data.TrainX);

        var teacher = PrecomputedTeacher.FromProbabilities(probabilities);
        var student = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(16, "relu"), new Dense(10, "softmax"));
        var result = new Distiller(teacher).WithStudent(student)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2, validation_split: 0.1);
        Console.WriteLine(result.History["val_teacher_agreement"][^1]);
        teacher.Release();
        // </snippet>
        Assert.That(result.History["val_teacher_agreement"][^1], Is.GreaterThan(0.6));
        Assert.That(teacher.IsReleased);
    }
}
