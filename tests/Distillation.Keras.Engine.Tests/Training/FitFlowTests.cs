using Distillation.Keras.Callbacks;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>How a fit ends early, and what callbacks may do within it.</summary>
[Category("Smoke")]
public sealed class FitFlowTests
{
    [Test]
    public void Cancelling_ends_the_fit_after_the_step_under_way()
    {
        Model model = Model();
        using var source = new CancellationTokenSource();
        var cancel = new Actions { BatchEnd = batch => Do(batch == 2, source.Cancel) };
        Assert.That(
            () =>
                model.Fit(X, Y, batch_size: 2, epochs: 5, verbose: 0, shuffle: false, callbacks: [cancel], cancellationToken: source.Token),
            Throws.InstanceOf<OperationCanceledException>()
        );
        var byHand = new LinearProblem();
        byHand.Epoch(0, 6, 2);
        byHand.AssertWeights(model);
        Assert.That(model.Optimizer.Iterations, Is.EqualTo(3));

        // The model is as good as before: training goes on.
        model.Fit(X, Y, batch_size: 2, verbose: 0, shuffle: false);
        byHand.Epoch(0, 10, 2);
        byHand.AssertWeights(model);
    }

    [Test]
    public void A_token_that_is_cancelled_already_changes_nothing()
    {
        Model model = Model();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => model.Fit(X, Y, verbose: 0, cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => model.Evaluate(X, Y, cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void StopTraining_ends_the_fit_after_the_step_and_still_reports_the_epoch_and_its_validation()
    {
        Model model = Model();
        var stop = new Actions { BatchEnd = batch => Do(batch == 1, () => model.StopTraining = true) };
        History history = model.Fit(
            Rows(X, 0, 8),
            Rows(Y, 0, 8),
            batch_size: 2,
            epochs: 5,
            verbose: 0,
            shuffle: false,
            callbacks: [stop],
            validation_data: (X, Y)
        );
        var byHand = new LinearProblem();
        Assert.That(history["loss"], Is.EqualTo(new[] { byHand.Epoch(0, 4, 2) }).Within(1e-5));
        Assert.That(history["val_loss"], Is.EqualTo(new[] { byHand.Loss(Enumerable.Range(0, 10)) }).Within(1e-5));
        byHand.AssertWeights(model);
        Assert.That(model.Fit(X, Y, epochs: 2, verbose: 0).Epochs, Has.Count.EqualTo(2), "the next fit starts anew");
    }

    [Test]
    public void StopTraining_at_an_epochs_beginning_makes_one_step_as_in_Keras_and_never_reports_a_loss_of_nothing()
    {
        Model model = Model();
        var stop = new Actions { EpochBegin = epoch => Do(epoch == 1, () => model.StopTraining = true) };
        History history = model.Fit(X, Y, batch_size: 2, epochs: 5, verbose: 0, shuffle: false, callbacks: [stop]);
        var byHand = new LinearProblem();
        Assert.That(history["loss"], Is.EqualTo(new[] { byHand.Epoch(0, 10, 2), byHand.Step([0, 1]) }).Within(1e-5));
    }

    [Test]
    public void A_callback_that_throws_ends_the_fit_with_its_own_exception_and_leaves_a_usable_model()
    {
        Model model = Model();
        var fail = new Actions { BatchEnd = batch => Do(batch == 1, () => throw new TimeoutException("mine")) };
        Assert.That(
            () => model.Fit(X, Y, batch_size: 2, verbose: 0, shuffle: false, callbacks: [fail]),
            Throws.TypeOf<TimeoutException>().With.Message.EqualTo("mine")
        );
        var byHand = new LinearProblem();
        byHand.Epoch(0, 4, 2);
        byHand.AssertWeights(model);
        Assert.That(model.Fit(X, Y, verbose: 0)["loss"], Has.Count.EqualTo(1));
    }

    [Test]
    public void A_callback_may_evaluate_other_data_within_the_fit()
    {
        Model model = Model();
        float[] flat = [.. Enumerable.Range(0, 10).Select(i => Y[i, 0])];
        var losses = new List<double>();
        var evaluate = new Actions
        {
            EpochEnd = _ =>
            {
                // Targets of another form need metrics of their own; those of the fit must live on.
                losses.Add(model.Evaluate(X, flat).Loss);
                losses.Add(model.Evaluate(X, Y).Loss);
            },
        };
        History history = model.Fit(X, Y, batch_size: 10, epochs: 3, verbose: 0, shuffle: false, callbacks: [evaluate]);
        var byHand = new LinearProblem();
        double[] expected = [byHand.Epoch(0, 10, 10), byHand.Epoch(0, 10, 10), byHand.Epoch(0, 10, 10)];
        Assert.That(history["loss"], Is.EqualTo(expected).Within(1e-5));
        Assert.That(losses, Has.Count.EqualTo(6));
        Assert.That(losses[0], Is.EqualTo(losses[1]).Within(1e-5));
    }

    [Test]
    public void A_callback_may_compile_within_the_fit_which_goes_on_as_it_began()
    {
        Model model = Model();
        var compile = new Actions { EpochEnd = epoch => Do(epoch == 0, () => model.Compile(new SGD(1.0), loss: "mae")) };
        History history = model.Fit(X, Y, batch_size: 10, epochs: 2, verbose: 0, shuffle: false, callbacks: [compile]);
        var byHand = new LinearProblem();
        Assert.That(history["loss"], Is.EqualTo(new[] { byHand.Epoch(0, 10, 10), byHand.Epoch(0, 10, 10) }).Within(1e-5));
        byHand.AssertWeights(model);
    }

    [Test]
    public void A_loss_that_becomes_NaN_is_an_error_that_says_when_and_what_to_do()
    {
        Model model = Model();
        model.Compile(new SGD(1e30), loss: "mse");
        Assert.That(
            () => model.Fit(X, Y, batch_size: 2, epochs: 3, verbose: 0),
            Throws.TypeOf<ArithmeticException>().With.Message.Contains("epoch").And.Message.Contains("learning rate")
        );
        Assert.That(() => model.TrainOnBatch(X, Y), Throws.TypeOf<ArithmeticException>().With.Message.Contains("batch"));
    }

    [Test]
    public void TrainOnBatch_makes_one_step_and_TestOnBatch_none()
    {
        Model model = Model();
        var byHand = new LinearProblem();
        Logs test = model.TestOnBatch(Rows(X, 0, 4), Rows(Y, 0, 4));
        Assert.That(test.Loss, Is.EqualTo(byHand.Loss([0, 1, 2, 3])).Within(1e-5));
        byHand.AssertWeights(model);
        double[] losses = [model.TrainOnBatch(Rows(X, 0, 4), Rows(Y, 0, 4)).Loss, model.TrainOnBatch(Rows(X, 4, 6), Rows(Y, 4, 6)).Loss];
        Assert.That(losses, Is.EqualTo(new[] { byHand.Step([0, 1, 2, 3]), byHand.Step([4, 5, 6, 7, 8, 9]) }).Within(1e-5));
        byHand.AssertWeights(model);
        Assert.That(model.TestOnBatch(X, Y).Loss, Is.EqualTo(model.Evaluate(X, Y, batch_size: 3).Loss).Within(1e-6));
    }

    private static void Do(bool when, Action action)
    {
        if (when)
        {
            action();
        }
    }

    private sealed class Actions : Callback
    {
        public Action<int>? BatchEnd { get; init; }

        public Action<int>? EpochBegin { get; init; }

        public Action<int>? EpochEnd { get; init; }

        public override void OnTrainBatchEnd(int batch, Logs logs) => BatchEnd?.Invoke(batch);

        public override void OnEpochBegin(int epoch, Logs logs) => EpochBegin?.Invoke(epoch);

        public override void OnEpochEnd(int epoch, Logs logs) => EpochEnd?.Invoke(epoch);
    }
}
