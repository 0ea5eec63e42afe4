using System.Text.Json.Nodes;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What one pass leaves for the next: nothing in its sums, nothing unchecked, no tensors of its callbacks.</summary>
[NonParallelizable]
public sealed class PassTests
{
    private static readonly float[,] Y = Make((i, _) => i, 10, 1);

    private static Model TwoOutputs()
    {
        KerasTensor input = new Input(2);
        var model = new Model(input, new[] { new Dense(1, name: "p").Apply(input), new Dense(1, name: "q").Apply(input) });
        model.Compile(new SGD(0.0), "mse");
        return model;
    }

    [Test]
    public void Losses_of_single_outputs_begin_anew_with_each_epoch_and_evaluation()
    {
        Model model = TwoOutputs();
        ArrayLike y = new[] { Y, Make((i, _) => -i, 10, 1) };
        Logs first = model.Evaluate(X, y);
        Assert.That(
            model.Evaluate(new float[10, 2], y)["p_loss"],
            Is.Not.EqualTo(first["p_loss"]).Within(1e-3),
            "the data differ in their loss"
        );
        Assert.That(model.Evaluate(X, y), Is.EqualTo(first));
        History history = model.Fit(X, y, epochs: 3, verbose: 0, shuffle: false);
        Assert.That(history["q_loss"], Is.All.EqualTo(first["q_loss"]).Within(1e-4).Percent);
    }

    [Test]
    public void Targets_of_a_later_call_are_checked_as_those_of_the_first()
    {
        var model = new Sequential(new Input(2), new Dense(3, activation: "softmax"));
        model.Compile("sgd", "sparse_categorical_crossentropy");
        int[] labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
        int[] wrong = [.. labels.Select(l => l == 2 ? 7 : l)];
        model.Fit(X, labels, verbose: 0);
        double[] before = [.. model.GetWeights()[0].ToArray<float>()];
        Assert.That(() => model.Fit(X, wrong, verbose: 0), Throws.ArgumentException.With.Message.Contains("the first is 7"));
        Assert.That(() => model.Evaluate(X, wrong), Throws.ArgumentException.With.Message.Contains("the first is 7"));
        Assert.That(() => model.TrainOnBatch(X, wrong), Throws.ArgumentException.With.Message.Contains("the first is 7"));
        Assert.That(model.GetWeights()[0].ToArray<float>(), Is.EqualTo(before));
    }

    [Test]
    public void Callbacks_that_come_with_the_library_leave_nothing_behind()
    {
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{nameof(PassTests)}.csv");
        Model model = Model();
        NDArray x = np.array(X);
        NDArray y = np.array(Y);
        try
        {
            Assert.That(
                LiveTensors.LeftBy(() =>
                    model.Fit(
                        x,
                        y,
                        epochs: 3,
                        verbose: 0,
                        validation_split: 0.2,
                        callbacks:
                        [
                            new CSVLogger(file),
                            new ReduceLROnPlateau(patience: 0, min_delta: 100),
                            new LearningRateScheduler((epoch, rate) => rate / (epoch + 1)),
                            new EarlyStopping(patience: 1, restore_best_weights: true),
                            new TerminateOnNaN(),
                            new LambdaCallback(on_epoch_end: (_, _) => { }),
                        ]
                    )
                ),
                Is.Zero
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Progress_lines_leave_nothing_behind(int verbose)
    {
        Model model = Model();
        NDArray x = np.array(X);
        NDArray y = np.array(Y);
        TextWriter console = Console.Out;
        try
        {
            Console.SetOut(TextWriter.Null);
            Assert.That(
                LiveTensors.LeftBy(() =>
                {
                    model.Fit(x, y, batch_size: 2, epochs: 2, verbose: verbose, validation_split: 0.2);
                    model.Evaluate(x, y, batch_size: 2, verbose: verbose);
                    model.Predict(x, batch_size: 2, verbose: verbose).Dispose();
                }),
                Is.Zero
            );
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    [TestCase(3)]
    [TestCase(-1)]
    public void Verbose_is_0_1_or_2(int verbose)
    {
        Model model = Model();
        Assert.That(() => model.Predict(X, verbose: verbose), Throws.InstanceOf<ArgumentException>().With.Message.Contains("verbose"));
        Assert.That(() => model.Evaluate(X, Y, verbose: verbose), Throws.InstanceOf<ArgumentException>().With.Message.Contains("verbose"));
        Assert.That(() => model.Fit(X, Y, verbose: verbose), Throws.InstanceOf<ArgumentException>().With.Message.Contains("verbose"));
    }

    [TestCase("0")]
    [TestCase("-3")]
    public void Steps_per_execution_of_a_configuration_are_checked_as_those_of_Compile(string steps)
    {
        Model model = Model();
        JsonObject config = JsonNode.Parse($$"""{"optimizer": "sgd", "loss": "mse", "steps_per_execution": {{steps}}}""")!.AsObject();
        Assert.That(
            () => model.CompileFromConfig(config),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("steps_per_execution")
        );
        Assert.That(
            () => model.Compile("sgd", "mse", steps_per_execution: int.Parse(steps, null)),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("steps_per_execution")
        );
    }
}
