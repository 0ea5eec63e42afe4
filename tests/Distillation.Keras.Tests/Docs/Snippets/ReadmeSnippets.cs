// <snippet The_fluent_call>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
// </snippet>
// <snippet The_notebooks_steps_by_hand>
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
// </snippet>

namespace Snippets;

/// <summary>The code of the README.</summary>
public sealed class ReadmeSnippets
{
    [Test]
    public void The_fluent_call()
    {
        // <snippet The_fluent_call>
        using var data = Datasets.Digits.LoadData();    // 8,000 and 2,000 real digits, bundled
        var teacher = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(256, activation: "relu"),
            new Dropout(0.3),
            new Dense(10, activation: "softmax"));
        teacher.Compile(new Adam(0.001), "categorical_crossentropy", ["accuracy"]);
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 4);

        var student = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(16, activation: "relu"),
            new Dense(10, activation: "softmax"));
        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5)
            .WithSeed(1)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 4);
        Console.WriteLine(result.Evaluate(data.TestX, data.TestY));
        // </snippet>
        Assert.That(result.Evaluate(data.TestX, data.TestY).Student.Accuracy, Is.GreaterThan(0.7));
    }

    [Test]
    public void The_notebooks_steps_by_hand()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);
        var student = Quick.Network(16);

        // <snippet The_notebooks_steps_by_hand>
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
