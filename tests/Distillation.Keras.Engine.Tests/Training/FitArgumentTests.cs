using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Each argument of Fit, against the same training by hand where numbers matter.</summary>
public sealed class FitArgumentTests
{
    [TestCase(1)]
    [TestCase(4)]
    [TestCase(10)]
    [TestCase(64)]
    public void A_batch_size_cuts_the_samples_into_steps_and_the_last_one_may_be_smaller(int batchSize)
    {
        Model model = Model();
        var counter = new StepCounter();
        History history = model.Fit(X, Y, batch_size: batchSize, epochs: 3, verbose: 0, shuffle: false, callbacks: [counter]);
        var byHand = new LinearProblem();
        double[] expected = [byHand.Epoch(0, 10, batchSize), byHand.Epoch(0, 10, batchSize), byHand.Epoch(0, 10, batchSize)];
        Assert.That(history["loss"], Is.EqualTo(expected).Within(1e-5));
        Assert.That(history.Epochs, Is.EqualTo([0, 1, 2]));
        Assert.That(counter.Steps, Is.EqualTo(3 * ((10 + batchSize - 1) / batchSize)));
        byHand.AssertWeights(model);
    }

    [Test]
    public void The_default_batch_size_is_32()
    {
        var counter = new StepCounter();
        Model model = Model();
        model.Fit(zeros(65, 2), zeros(65, 1), verbose: 0, callbacks: [counter]);
        Assert.That(counter.Steps, Is.EqualTo(3));
        Assert.That(counter.Parameters.Steps, Is.EqualTo(3));
    }

    [Test]
    public void An_initial_epoch_shifts_the_numbers_and_epochs_is_the_last_one()
    {
        Model model = Model();
        History history = model.Fit(X, Y, batch_size: 5, epochs: 7, initial_epoch: 5, verbose: 0, shuffle: false);
        Assert.That(history.Epochs, Is.EqualTo([5, 6]));
        Assert.That(history["loss"], Has.Count.EqualTo(2));
    }

    [TestCase(0, 0)]
    [TestCase(2, 5)]
    public void No_epoch_changes_nothing_and_gives_an_empty_history(int epochs, int initial)
    {
        Model model = Model();
        History history = model.Fit(X, Y, epochs: epochs, initial_epoch: initial, verbose: 0);
        Assert.That(history.Names, Is.Empty);
        Assert.That(() => history["loss"], Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("no epoch ran"));
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void A_validation_split_keeps_the_last_samples_back()
    {
        Model model = Model();
        History history = model.Fit(X, Y, batch_size: 3, epochs: 2, verbose: 0, shuffle: false, validation_split: 0.35);
        var byHand = new LinearProblem();
        foreach (int epoch in new[] { 0, 1 })
        {
            Assert.That(history["loss"][epoch], Is.EqualTo(byHand.Epoch(0, 6, 3)).Within(1e-5));
            Assert.That(history["val_loss"][epoch], Is.EqualTo(byHand.Loss(Enumerable.Range(6, 4))).Within(1e-5));
        }

        byHand.AssertWeights(model);
    }

    [Test]
    public void Class_weights_weigh_the_training_part_alone_and_not_the_split_off_validation()
    {
        int[,] labels = new int[10, 1];
        for (int i = 0; i < 10; i++)
        {
            labels[i, 0] = i % 2;
        }

        Model Fresh()
        {
            var model = new Sequential(new Input(2), new Dense(1, kernel_initializer: "ones", activation: "sigmoid"));
            model.Compile(new SGD(0.0), loss: "binary_crossentropy", weighted_metrics: ["mae"]);
            return model;
        }

        var weights = new Dictionary<int, double> { [1] = 5 };
        History weighted = Fresh().Fit(X, labels, verbose: 0, validation_split: 0.4, class_weight: weights);
        History plain = Fresh().Fit(X, labels, verbose: 0, validation_split: 0.4);
        Assert.That(weighted["val_loss"], Is.EqualTo(plain["val_loss"]).Within(1e-7));
        Assert.That(weighted["val_mae"], Is.EqualTo(plain["val_mae"]).Within(1e-7));
        Assert.That(weighted["loss"][0], Is.GreaterThan(plain["loss"][0] * 1.5));
    }

    [Test]
    public void Validation_data_wins_over_a_validation_split_and_its_batch_size_and_steps_are_its_own()
    {
        Model model = Model();
        var counter = new StepCounter();
        History history = model.Fit(
            Rows(X, 0, 4),
            Rows(Y, 0, 4),
            batch_size: 4,
            verbose: 0,
            shuffle: false,
            validation_split: 0.5,
            validation_data: (Rows(X, 4, 6), Rows(Y, 4, 6)),
            validation_batch_size: 2,
            validation_steps: 2,
            callbacks: [counter]
        );
        var byHand = new LinearProblem();
        Assert.That(history["loss"][0], Is.EqualTo(byHand.Epoch(0, 4, 4)).Within(1e-5));
        Assert.That(history["val_loss"][0], Is.EqualTo(byHand.Loss([4, 5, 6, 7])).Within(1e-5));
        Assert.That(counter.TestSteps, Is.EqualTo(2));
    }

    [Test]
    public void A_validation_frequency_validates_every_so_many_epochs()
    {
        History history = Model().Fit(X, Y, epochs: 5, verbose: 0, validation_split: 0.2, validation_freq: 2);
        Assert.That(history["loss"], Has.Count.EqualTo(5));
        Assert.That(history["val_loss"], Has.Count.EqualTo(2));
    }

    [Test]
    public void Sample_weights_multiply_each_sample_and_the_mean_still_divides_by_the_count()
    {
        float[] weights = [.. Enumerable.Range(0, 10).Select(i => (float)i / 4)];
        Model model = Model();
        History history = model.Fit(X, Y, batch_size: 4, epochs: 2, verbose: 0, shuffle: false, sample_weight: weights);
        var byHand = new LinearProblem();
        Assert.That(
            history["loss"],
            Is.EqualTo(new[] { byHand.Epoch(0, 10, 4, i => weights[i]), byHand.Epoch(0, 10, 4, i => weights[i]) }).Within(1e-5)
        );
        byHand.AssertWeights(model);
        Assert.That(
            model.Evaluate(X, Y, sample_weight: weights).Loss,
            Is.EqualTo(byHand.Loss(Enumerable.Range(0, 10), i => weights[i])).Within(1e-5)
        );
    }

    [Test]
    public void Class_weights_are_sample_weights_by_label()
    {
        float[] labels = [0, 1, 2, 1, 0, 2, 2, 1, 0, 7];
        var classes = new Dictionary<int, double> { [0] = 0.5, [2] = 3 };
        float[] weights =
        [
            .. labels.Select(l =>
                l == 0 ? 0.5f
                : l == 2 ? 3f
                : 1f
            ),
        ];
        History byClass = Model().Fit(X, labels, batch_size: 4, epochs: 2, verbose: 0, shuffle: false, class_weight: classes);
        History bySample = Model().Fit(X, labels, batch_size: 4, epochs: 2, verbose: 0, shuffle: false, sample_weight: weights);
        Assert.That(byClass["loss"], Is.EqualTo(bySample["loss"]).Within(1e-9));
    }

    [Test]
    public void Class_weights_of_great_class_numbers_need_no_table_of_all_smaller_ones()
    {
        const int Great = int.MaxValue - 1;
        int[] labels = [0, Great, 2, 1, 0, 2, 500_000_000, 1, 0, 7];
        float[] weights =
        [
            .. labels.Select(l =>
                l == Great ? 0.5f
                : l == 500_000_000 ? 3f
                : 1f
            ),
        ];
        var byClass = new Dictionary<int, double> { [500_000_000] = 3, [Great] = 0.5 };
        double Loss(Dictionary<int, double>? classes, ArrayLike? samples) =>
            Model().TrainOnBatch(X, labels, class_weight: classes, sample_weight: samples).Loss;
        Assert.That(Loss(byClass, null), Is.EqualTo(Loss(null, weights)).Within(1e-6 * Loss(null, weights)));
        Assert.That(Loss(new Dictionary<int, double>(), null), Is.EqualTo(Loss(null, null)));
    }

    [Test]
    public void Class_weights_take_one_hot_labels_of_any_type()
    {
        bool[,] labels = new bool[10, 3];
        float[] weights = new float[10];
        for (int i = 0; i < 10; i++)
        {
            labels[i, i % 3] = true;
            weights[i] = i % 3 == 1 ? 4 : 1;
        }

        Model Fresh()
        {
            var model = new Sequential(new Input(2), new Dense(3, activation: "softmax", kernel_initializer: "ones"));
            model.Compile(new SGD(0.1), loss: "categorical_crossentropy");
            return model;
        }

        History byClass = Fresh().Fit(X, labels, verbose: 0, shuffle: false, class_weight: new Dictionary<int, double> { [1] = 4 });
        History bySample = Fresh().Fit(X, labels, verbose: 0, shuffle: false, sample_weight: weights);
        Assert.That(byClass["loss"], Is.EqualTo(bySample["loss"]).Within(1e-9));
    }

    [Test]
    public void Steps_per_epoch_go_on_with_the_following_batches_in_the_next_epoch()
    {
        Model model = Model();
        History history = model.Fit(X, Y, batch_size: 2, epochs: 3, steps_per_epoch: 2, verbose: 0, shuffle: false);
        var byHand = new LinearProblem();
        double[] expected = [byHand.Epoch(0, 4, 2), byHand.Epoch(4, 4, 2), (byHand.Step([8, 9]) + byHand.Step([0, 1])) / 2];
        Assert.That(history["loss"], Is.EqualTo(expected).Within(1e-5));
        byHand.AssertWeights(model);
    }

    [Test]
    public void Without_shuffle_samples_come_in_order_and_with_it_in_another_one_each_epoch()
    {
        var seen = new List<float>();
        float[,] numbered = Make((i, _) => i, 10, 2);
        var spy = new Lambda(t =>
        {
            seen.AddRange(t.select(1, 0).cpu().data<float>().ToArray());
            return t.alias();
        });
        Model model = Model(compile: true, spy);
        float[] inOrder = [.. Enumerable.Range(0, 10).Select(i => (float)i)];
        seen.Clear();
        model.Compile(new SGD(0.0), loss: "mse");
        model.Fit(numbered, Y, batch_size: 3, epochs: 2, verbose: 0, shuffle: false);
        Assert.That(seen, Is.EqualTo([.. inOrder, .. inOrder]));

        seen.Clear();
        model.Fit(numbered, Y, batch_size: 3, epochs: 2, verbose: 0, shuffle: true);
        float[] first = [.. seen.Take(10)];
        float[] second = [.. seen.Skip(10)];
        Assert.That(first, Is.EquivalentTo(inOrder));
        Assert.That(second, Is.EquivalentTo(inOrder));
        Assert.That(second, Is.Not.EqualTo(first));
    }

    [Test]
    public void Targets_and_weights_stay_with_their_samples_when_shuffled()
    {
        // The target is the sample's own number: only pairs that stay together have no loss.
        float[,] numbered = Make((i, _) => i, 10, 2);
        var model = new Sequential(new Input(2), new Dense(1, use_bias: false));
        model
            .Weights[0]
            .Assign(
                tensor(
                    new[,]
                    {
                        { 0.5f },
                        { 0.5f },
                    }
                )
            );
        model.Compile(new SGD(0.0), loss: "mse");
        float[] wrong = [.. Enumerable.Range(0, 10).Select(i => i == 4 ? 100f : i)];
        float[] weights = [.. Enumerable.Range(0, 10).Select(i => i == 4 ? 0f : 1f)];
        History history = model.Fit(numbered, wrong, batch_size: 3, epochs: 3, verbose: 0, sample_weight: weights);
        Assert.That(history["loss"], Is.All.EqualTo(0).Within(1e-9));
    }

    [Test]
    public void Steps_per_execution_tell_callbacks_of_groups_of_steps_and_change_no_number()
    {
        Model model = Model();
        model.Compile(new SGD(Rate), loss: "mse", steps_per_execution: 2);
        var counter = new StepCounter();
        History history = model.Fit(X, Y, batch_size: 2, verbose: 0, shuffle: false, callbacks: [counter]);
        var byHand = new LinearProblem();
        Assert.That(history["loss"][0], Is.EqualTo(byHand.Epoch(0, 10, 2)).Within(1e-5));
        Assert.That(counter.Batches, Is.EqualTo([1, 3, 5]));
        byHand.AssertWeights(model);
    }

    private sealed class StepCounter : Callback
    {
        public int Steps => Batches.Count;

        public List<int> Batches { get; } = [];

        public int TestSteps { get; private set; }

        public override void OnTrainBatchEnd(int batch, Logs logs) => Batches.Add(batch);

        public override void OnTestBatchEnd(int batch, Logs logs) => TestSteps++;
    }
}
