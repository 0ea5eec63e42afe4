using System.Collections.Concurrent;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>One model on many threads: evaluations and predictions are right, and a second training is refused by name.</summary>
public sealed partial class ConcurrentUseTests
{
    private const int Threads = 8;

    private static void OnThreads(Action<int> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        using var together = new Barrier(Threads);
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(i => new Thread(() =>
                {
                    try
                    {
                        together.SignalAndWait();
                        work(i);
                    }
                    catch (Exception e)
                    {
                        failures.Enqueue(e);
                    }
                })),
        ];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.That(failures, Is.Empty);
    }

    private static float[,] Targets(int i) => Make((row, _) => row + i, 10, 1);

    // Runs something on another thread while a fit stands in a callback, and gives what it threw.
    private static Exception? Beside(Model model, Action action, Callback? further = null)
    {
        Exception? thrown = null;
        var meanwhile = new LambdaCallback(
            on_train_batch_end: (batch, _) =>
            {
                if (batch == 0)
                {
                    thrown = OtherThread.Run(action);
                }
            }
        );
        model.Fit(X, Y, batch_size: 10, verbose: 0, shuffle: false, callbacks: further is null ? [meanwhile] : [meanwhile, further]);
        return thrown;
    }

    private static Sequential Classifier()
    {
        var model = new Sequential(
            new Input(2),
            new Dense(8, activation: "relu"),
            new BatchNormalization(),
            new Dropout(0.5),
            new Dense(3, activation: "softmax")
        );
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        return model;
    }

    [Test]
    public void Evaluations_on_eight_threads_give_what_each_gives_alone()
    {
        Model model = Model();
        model.Compile("sgd", "mse", ["mae"]);
        Logs[] alone = [.. Enumerable.Range(0, Threads).Select(i => model.Evaluate(X, Targets(i), batch_size: 3))];
        OnThreads(i =>
        {
            for (int n = 0; n < 25; n++)
            {
                Assert.That(model.Evaluate(X, Targets(i), batch_size: 3), Is.EqualTo(alone[i]));
                Assert.That(model.TestOnBatch(X, Targets(i)).Loss, Is.EqualTo(alone[i].Loss).Within(1e-4));
            }
        });
    }

    [Test]
    public void Two_thousand_predictions_on_eight_threads_are_right_from_the_first_call_of_an_unbuilt_model_on()
    {
        var model = new Sequential(
            new Dense(16, activation: "relu"),
            new BatchNormalization(),
            new Dropout(0.5),
            new Lambda(x => x.alias()),
            new Dense(3, activation: "softmax")
        );
        float[][] results = new float[Threads][];
        OnThreads(i =>
        {
            float[,] own = Rows(X, i, 2);
            for (int n = 0; n < 250; n++)
            {
                using NDArray output = model.Predict(own);
                float[] found = output.ToArray<float>();
                results[i] ??= found;
                Assert.That(found, Is.EqualTo(results[i]));
            }
        });
        Assert.That(model.Weights, Has.Count.EqualTo(8), "the weights were made once");
        for (int i = 0; i < Threads; i++)
        {
            using NDArray output = model.Predict(Rows(X, i, 2));
            Assert.That(results[i], Is.EqualTo(output.ToArray<float>()));
        }
    }

    [Test]
    public void Evaluations_may_be_the_first_calls_of_an_unbuilt_model()
    {
        var model = new Sequential(new Dense(4, activation: "relu"), new Dense(1));
        model.Compile("sgd", "mse", ["mae"]);
        var results = new Logs[Threads];
        OnThreads(i => results[i] = model.Evaluate(X, Y, batch_size: 3));
        Assert.That(results, Is.All.EqualTo(model.Evaluate(X, Y, batch_size: 3)));
    }

    [Test]
    public void A_fit_is_the_same_with_predictions_and_evaluations_beside_it()
    {
        Model model = Model();
        var byHand = new LinearProblem();
        double[] expected = [.. Enumerable.Range(0, 30).Select(_ => byHand.Epoch(0, 10, 3))];
        using var done = new ManualResetEventSlim();
        Task reading = Task.Run(() =>
        {
            while (!done.IsSet)
            {
                model.Predict(X).Dispose();
                model.Evaluate(X, Y);
            }
        });
        History history;
        try
        {
            history = model.Fit(X, Y, batch_size: 3, epochs: 30, verbose: 0, shuffle: false);
        }
        finally
        {
            done.Set();
        }

        Assert.That(reading.Wait, Throws.Nothing);
        Assert.That(history["loss"], Is.EqualTo(expected).Within(1e-5));
        byHand.AssertWeights(model);
    }

    [Test]
    public void A_callback_that_evaluates_at_the_end_of_a_batch_leaves_the_epochs_numbers_alone()
    {
        static History Run(bool evaluates)
        {
            Keras.Utils.SetRandomSeed(3);
            Sequential model = Classifier();
            int[] labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
            var evaluate = new LambdaCallback(
                on_train_batch_end: (_, _) =>
                {
                    model.Evaluate(X, labels, batch_size: 4);
                    model.TestOnBatch(X, labels);
                }
            );
            return model.Fit(
                X,
                labels,
                batch_size: 3,
                epochs: 3,
                verbose: 0,
                callbacks: evaluates ? [evaluate] : [],
                validation_data: (X, labels)
            );
        }

        History alone = Run(false);
        History with = Run(true);
        Assert.That(alone.Names, Is.EqualTo(new[] { "accuracy", "loss", "val_accuracy", "val_loss" }));
        foreach (string name in alone.Names)
        {
            Assert.That(with[name], Is.EqualTo(alone[name]), name);
        }
    }

    [Test]
    public void A_second_fit_and_a_step_of_training_beside_a_fit_are_refused_by_name()
    {
        Model model = Model();
        Exception? fit = Beside(model, () => model.Fit(X, Y, verbose: 0));
        Exception? step = Beside(model, () => model.TrainOnBatch(X, Y));
        Assert.That(
            fit,
            Is.TypeOf<InvalidOperationException>()
                .With.Message.Contains($"'{model.Name}' is being trained already, by Fit of '{model.Name}'")
        );
        Assert.That(step, Is.TypeOf<InvalidOperationException>().With.Message.Contains($"'{model.Name}'"));
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.Nothing, "when the first one has ended");
    }

    [Test]
    public void A_fit_within_a_callback_of_the_models_own_fit_is_refused_and_a_single_step_is_made()
    {
        Model model = Model();
        var fit = new LambdaCallback(on_epoch_end: (_, _) => model.Fit(X, Y, verbose: 0));
        Assert.That(
            () => model.Fit(X, Y, verbose: 0, callbacks: [fit]),
            Throws.InvalidOperationException.With.Message.Contains($"'{model.Name}' is being trained already")
        );

        Model other = Model();
        other.Fit(
            X,
            Y,
            batch_size: 10,
            verbose: 0,
            shuffle: false,
            callbacks: [new LambdaCallback(on_epoch_end: (_, _) => other.TrainOnBatch(X, Y))]
        );
        var byHand = new LinearProblem();
        byHand.Epoch(0, 10, 10);
        byHand.Epoch(0, 10, 10);
        byHand.AssertWeights(other);
    }

    [Test]
    public void A_compile_on_another_thread_beside_a_fit_is_refused_by_name()
    {
        Model model = Model();
        Exception? refused = Beside(model, () => model.Compile("adam", "mae"));
        Exception? fromConfig = Beside(model, () => model.CompileFromConfig(new System.Text.Json.Nodes.JsonObject { ["loss"] = "mae" }));
        Assert.That(refused, Is.TypeOf<InvalidOperationException>().With.Message.Contains($"Compile of '{model.Name}'"));
        Assert.That(fromConfig, Is.TypeOf<InvalidOperationException>().With.Message.Contains($"Compile of '{model.Name}'"));
        Assert.That(model.Optimizer, Is.TypeOf<SGD>());
    }

    [Test]
    public void Models_that_share_a_trained_layer_are_not_trained_at_once_and_those_that_share_a_frozen_one_are()
    {
        KerasTensor input = new Input(2);
        var shared = new Dense(3, name: "shared");
        KerasTensor middle = shared.Apply(input);
        var one = new Model(input, new Dense(1, name: "one").Apply(middle));
        var two = new Model(input, new Dense(1, name: "two").Apply(middle));
        one.Compile("sgd", "mse");
        two.Compile("sgd", "mse");
        Exception? refused = Beside(one, () => two.Fit(X, Y, verbose: 0));
        Assert.That(
            refused,
            Is.TypeOf<InvalidOperationException>().With.Message.Contains("shared/kernel").And.Message.Contains($"'{two.Name}'")
        );

        shared.Trainable = false;
        one.Compile("sgd", "mse");
        two.Compile("sgd", "mse");
        Assert.That(Beside(one, () => two.Fit(X, Y, verbose: 0)), Is.Null);
    }

    [Test]
    public void A_model_is_free_again_after_a_fit_that_threw_and_after_one_that_was_refused()
    {
        Model model = Model();
        var fail = new LambdaCallback(on_train_batch_end: (_, _) => throw new TimeoutException());
        Assert.That(() => model.Fit(X, Y, verbose: 0, callbacks: [fail]), Throws.TypeOf<TimeoutException>());
        Assert.That(() => model.Fit(X, new float[3, 1], verbose: 0), Throws.ArgumentException);
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.Nothing);
        Assert.That(() => model.Fit(X, Y, verbose: 0, callbacks: [new LambdaCallback()]), Throws.Nothing);
    }

    [Test]
    public void An_optimizer_or_a_callback_that_serves_a_running_fit_is_refused_by_name()
    {
        var optimizer = new SGD(0.1, name: "common");
        Model one = Model(compile: false);
        Model two = Model(compile: false);
        one.Compile(optimizer, "mse");
        two.Compile(new SGD(0.1), "mse");
        var stopping = new EarlyStopping("loss");
        Exception? refused = Beside(one, () => two.Fit(X, Y, verbose: 0, callbacks: [stopping]), stopping);
        Exception? evaluation = Beside(one, () => two.Evaluate(X, Y, callbacks: [stopping]), stopping);
        Assert.That(
            refused,
            Is.TypeOf<InvalidOperationException>()
                .With.Message.Contains("EarlyStopping")
                .And.Message.Contains($"Fit of '{one.Name}'")
                .And.Message.Contains($"'{two.Name}'")
        );
        Assert.That(evaluation, Is.TypeOf<InvalidOperationException>().With.Message.Contains("EarlyStopping"));
        Assert.That(() => two.Fit(X, Y, verbose: 0, callbacks: [stopping]), Throws.Nothing);
        Assert.That(() => two.Fit(X, Y, verbose: 0, callbacks: [stopping, stopping]), Throws.Nothing, "as in Keras");

        two.Compile(optimizer, "mse");
        Assert.That(
            () => two.Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("call Compile again with a new optimizer").And.Message.Contains("linear/kernel")
        );
    }

    [Test]
    public void Passes_within_a_fit_and_refusals_leave_nothing_behind()
    {
        Sequential model = Classifier();
        int[] labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
        var evaluate = new LambdaCallback(
            on_train_batch_end: (_, _) =>
            {
                model.Evaluate(X, labels, batch_size: 4);
                model.TestOnBatch(X, labels);
                Assert.That(() => model.Fit(X, labels, verbose: 0), Throws.InvalidOperationException);
            }
        );
        var compile = new LambdaCallback(
            on_epoch_end: (_, _) =>
            {
                model.Compile("sgd", "sparse_categorical_crossentropy", ["accuracy"]);
                model.Evaluate(X, labels);
            }
        );
        Assert.That(
            LiveTensors.LeftBy(() => model.Fit(X, labels, batch_size: 3, verbose: 0, callbacks: [evaluate], validation_data: (X, labels))),
            Is.Zero
        );
        Assert.That(LiveTensors.LeftBy(() => model.Evaluate(X, labels, callbacks: [new LambdaCallback()])), Is.Zero);
        Assert.That(
            LiveTensors.LeftBy(() =>
            {
                model.Fit(X, labels, batch_size: 3, verbose: 0, callbacks: [compile]);
            }),
            Is.Zero
        );
    }
}
