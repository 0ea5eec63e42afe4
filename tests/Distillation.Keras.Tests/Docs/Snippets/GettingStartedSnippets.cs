// <snippet A_first_model>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
// </snippet>
// <snippet Callbacks>
using Distillation.Keras.Callbacks;
// </snippet>
// <snippet Data_of_several_inputs>
using NumSharp;
// </snippet>

namespace Snippets;

/// <summary>The code of docs/getting-started.md.</summary>
public sealed class GettingStartedSnippets
{
    [Test]
    public void A_first_model()
    {
        // <snippet A_first_model>
        Utils.SetRandomSeed(1);
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(64, activation: "relu"),
            new Dense(10, activation: "softmax"));
        teacher.Summary();
        teacher.Compile(new Adam(0.001), "categorical_crossentropy", ["accuracy"]);
        var history = teacher.Fit(
            data.TrainX, data.TrainY, batch_size: 128, epochs: 2, validation_data: (data.TestX, data.TestY));
        Console.WriteLine(history["val_accuracy"][^1]);

        var scores = teacher.Evaluate(data.TestX, data.TestY);
        Console.WriteLine($"{scores.Loss} {scores["accuracy"]}");
        // </snippet>
        Assert.That(scores["accuracy"], Is.GreaterThan(0.7));
    }

    [Test]
    public void A_functional_model()
    {
        // <snippet A_functional_model>
        var input = new Input(28, 28, 1);
        var flat = new Flatten().Apply(input);
        var hidden = new Dense(64, activation: "relu").Apply(flat);
        var both = new Concatenate().Apply(flat, hidden);
        var output = new Dense(10, activation: "softmax").Apply(both);
        var model = new Model(input, output, name: "with_a_shortcut");
        // </snippet>
        Assert.That(model.CountParams(), Is.EqualTo((784 * 64) + 64 + (848 * 10) + 10));
    }

    [Test]
    public void Callbacks()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);

        // <snippet Callbacks>
        var stop = new EarlyStopping(monitor: "val_loss", patience: 2, restore_best_weights: true);
        teacher.Fit(
            data.TrainX, data.TrainY, batch_size: 128, epochs: 3, validation_split: 0.1, callbacks: [stop]);
        // </snippet>
        Assert.That(stop.Best, Is.Not.Null);
    }

    [Test]
    public void Data_of_several_inputs()
    {
        // <snippet Data_of_several_inputs>
        var a = new Input(2);
        var b = new Input(3);
        var model = new Model(new KerasTensor[] { a, b }, new Dense(1).Apply(new Concatenate().Apply(a, b)));
        model.Compile("adam", "mse");
        float[,] x1 = new float[100, 2];
        double[][] x2 = [.. Enumerable.Range(0, 100).Select(i => new double[] { i, i * 2, i * 3 })];
        using NDArray y = np.arange(200).reshape(200, 1);
        NDArray first = y["0:100"];
        float[] weights = [.. Enumerable.Repeat(1f, 100)];
        model.Fit([x1, x2], first, sample_weight: weights, validation_data: ([x1, x2], first, weights), verbose: 0);
        // </snippet>
        Assert.That(model.Optimizer.Iterations, Is.GreaterThan(0));
    }

    [Test]
    public void A_distillation()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);

        // <snippet A_distillation>
        var student = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(16, activation: "relu"),
            new Dense(10, activation: "softmax"));
        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2, verbose: 2);
        var evaluation = result.Evaluate(data.TestX, data.TestY);
        Console.WriteLine(evaluation);
        Console.WriteLine(evaluation.TeacherAgreement);
        // </snippet>
        Assert.That(evaluation.Samples, Is.EqualTo(2000));
    }

    [Test]
    public void Weights_of_ones_own()
    {
        var student = Quick.Network(16);

        // <snippet Weights_of_ones_own>
        string architecture = student.ToJson();
        var copy = Model.FromJson(architecture);
        copy.SetWeights(student.GetWeights());
        // </snippet>
        Assert.That(copy.CountParams(), Is.EqualTo(student.CountParams()));
    }
}
