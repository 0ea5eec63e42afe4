// <snippet The_notebooks_steps>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
// </snippet>

namespace Snippets;

/// <summary>Code of README.md and docs/distillation.md.</summary>
public sealed class TheNotebooksSteps
{
    [Test]
    public void The_notebooks_steps()
    {
        // <snippet The_notebooks_steps>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        var student = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(16, activation: "relu"), new Dense(10, activation: "softmax"));

        // The teacher's logits beside the labels: [one-hot | logits], 20 wide.
        var targets = DistillationTargets.From(teacher, data.TrainX, data.TrainY);

        // The student's output [softmax(z) | softmax(z / T)], also 20 wide.
        var softened = student.WithSoftenedOutput(temperature: 5);
        softened.Compile(
            new Adadelta(1.0),
            KnowledgeDistillationLoss.Notebook(lambda: 1, temperature: 5),
            DistillationMetrics.Notebook(temperature: 5));
        softened.Fit(data.TrainX, targets, batch_size: 128, epochs: 2);

        // The student shares the weights, so it is trained, too: a plain classifier, 10 wide.
        using var probabilities = student.Predict(data.TestX);
        // </snippet>
        Assert.That(probabilities.shape, Is.EqualTo(new long[] { 2000, 10 }));
        student.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        Assert.That(student.Evaluate(data.TestX, data.TestY)["accuracy"], Is.GreaterThan(0.5));
    }
}
