using Distillation.Keras.Callbacks;
using Distillation.Keras.Engine.Tests.Training;
using Distillation.Keras.Optimizers;
using static System.FormattableString;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Callbacks;

/// <summary>What users' own callbacks may look like and do.</summary>
public sealed class CallbackUseTests
{
    private static Model Compiled()
    {
        Model model = Model(compile: false);
        model.Compile(new SGD(Rate), "mse", ["mae"]);
        return model;
    }

    [Test]
    public void A_callback_may_have_other_methods_of_the_same_names()
    {
        var callback = new Overloading();
        Model model = Compiled();
        model.Fit(X, Y, batch_size: 5, verbose: 0, callbacks: [callback], validation_data: (X, Y));
        Assert.That(callback.Calls, Is.EqualTo(new[] { "train 0", "train 1", "test 0", "test 1" }));
    }

    [Test]
    public void A_method_that_a_base_class_overrides_is_called_and_one_that_only_hides_is_not()
    {
        var derived = new Derived();
        var hiding = new Hiding();
        Compiled().Fit(X, Y, batch_size: 5, verbose: 0, callbacks: [derived, hiding]);
        Assert.That(derived.Calls, Has.Count.EqualTo(2));
        Assert.That(hiding.Calls, Is.Zero);
    }

    [Test]
    public void The_older_names_of_the_batch_are_called_too()
    {
        var callback = new Older();
        Compiled().Fit(X, Y, batch_size: 5, verbose: 0, callbacks: [callback]);
        Assert.That(callback.Calls, Is.EqualTo(new[] { "begin 0 0", "end 0 2", "begin 1 0", "end 1 2" }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_prediction_tells_its_callbacks(bool fromSource)
    {
        Model model = Compiled();
        var callback = new Predicting();
        ArrayLike x = fromSource ? DataSource.FromBatches(_ => [new DataBatch(X), new DataBatch(X)]) : X;
        model.Predict(x, fromSource ? null : 5, callbacks: [callback]).Dispose();
        Assert.That(callback.Calls, Is.EqualTo(new[] { "begin", "batch 0", "end 0", "batch 1", "end 1", "end" }));
        Assert.That(callback.Model, Is.SameAs(model));
        Assert.That(() => model.Predict(X, callbacks: [null!]), Throws.ArgumentException.With.Property("ParamName").EqualTo("callbacks"));
    }

    [Test]
    public void A_callback_that_serves_a_prediction_is_refused_by_another_one_and_free_again_after_an_error()
    {
        Model model = Compiled();
        var callback = new Predicting();
        callback.Within = () => model.Predict(X, callbacks: [callback]);
        Assert.That(
            () => model.Predict(X, callbacks: [callback]),
            Throws.InvalidOperationException.With.Message.Contains("serves Predict of")
        );
        callback.Within = null;
        Assert.That(() => model.Predict(X, callbacks: [callback]).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_callback_may_evaluate_and_compile_within_an_evaluation_which_goes_on_as_it_began()
    {
        Model model = Compiled();
        Logs alone = model.Evaluate(X, Y, batch_size: 3);
        float[,] targets = Make((i, _) => X[i, 0], 10, 1);
        double other = model.Evaluate(X, targets).Loss;
        var losses = new List<double>();
        bool compiled = false;
        var within = new EvaluationCallback(batch =>
        {
            losses.Add(model.Evaluate(X, targets).Loss);
            if (!compiled && batch == 1)
            {
                compiled = true;
                model.Compile("adam", "mae");
                model.Compile(new SGD(Rate), "mse", ["mae"]);
            }
        });
        Logs with = model.Evaluate(X, Y, batch_size: 3, callbacks: [within]);
        Assert.That(with, Is.EqualTo(alone));
        Assert.That(losses, Is.EqualTo(Enumerable.Repeat(other, 4)));
        Assert.That(model.Evaluate(X, Y, batch_size: 3), Is.EqualTo(alone));
    }

    [Test]
    public void A_callback_that_evaluates_and_compiles_in_the_validation_of_a_fit_leaves_its_numbers_alone()
    {
        Model model = Compiled();
        var within = new EvaluationCallback(_ =>
        {
            model.Evaluate(X, Make((i, _) => X[i, 0], 10, 1));
            model.Compile("adam", "mae");
            model.Evaluate(X, Y);
        });
        History history = model.Fit(
            X,
            Y,
            batch_size: 10,
            epochs: 2,
            verbose: 0,
            shuffle: false,
            callbacks: [within],
            validation_data: (X, Y)
        );
        var byHand = new LinearProblem();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.That(history["loss"][epoch], Is.EqualTo(byHand.Epoch(0, 10, 10)).Within(1e-5));
            Assert.That(history["val_loss"][epoch], Is.EqualTo(byHand.Loss(Enumerable.Range(0, 10))).Within(1e-5));
        }
    }

    [Test]
    public void A_callback_begins_anew_with_each_fit()
    {
        var stopping = new EarlyStopping("loss", min_delta: 100, patience: 2);
        Model model = Compiled();
        History first = model.Fit(X, Y, epochs: 9, verbose: 0, callbacks: [stopping]);
        Assert.That(stopping.StoppedEpoch, Is.EqualTo(2));
        double? best = stopping.Best;
        History second = model.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [stopping]);
        Assert.That(first.Epochs, Has.Count.EqualTo(3));
        Assert.That(second.Epochs, Has.Count.EqualTo(1));
        Assert.That(stopping.StoppedEpoch, Is.Zero);
        Assert.That(stopping.Best, Is.Not.EqualTo(best).And.EqualTo(second["loss"][0]).Within(1e-12));
    }

    [TestCase(true, "loss, mae, val_loss, val_mae", false)]
    [TestCase(false, "loss, mae.", true)]
    public void An_unknown_name_is_answered_with_the_names_there_are(bool validates, string names, bool explains)
    {
        Callback[] callbacks = [new EarlyStopping("val_accuracy"), new ReduceLROnPlateau("val_accuracy")];
        foreach (Callback callback in callbacks)
        {
            ArgumentException refusal = Assert.Throws<ArgumentException>(() =>
                Compiled().Fit(X, Y, verbose: 0, callbacks: [callback], validation_data: validates ? (X, Y) : null)
            )!;
            Assert.That(refusal.Message, Does.Contain($"'val_accuracy'").And.Contains(names).And.Contains(callback.GetType().Name));
            Assert.That(refusal.Message.Contains("validation_split", StringComparison.Ordinal), Is.EqualTo(explains));
        }
    }

    private sealed class Overloading : Callback
    {
        public List<string> Calls { get; } = [];

        public override void OnTrainBatchEnd(int batch, Logs logs) => OnTrainBatchEnd($"train {batch}");

        public override void OnTestBatchEnd(int batch, Logs logs) => OnTrainBatchEnd($"test {batch}");

        public void OnTrainBatchEnd(string text) => Calls.Add(text);

        public void OnTrainBatchEnd(long batch, Logs logs) => throw new NotSupportedException($"{batch} {logs}");

        public void OnTestBatchEnd(Logs logs) => throw new NotSupportedException($"{logs}");
    }

    private class Middle : Callback
    {
        public List<int> Calls { get; } = [];

        public override void OnTrainBatchEnd(int batch, Logs logs) => Calls.Add(batch);
    }

    private sealed class Derived : Middle;

    private sealed class Hiding : Callback
    {
        public int Calls { get; private set; }

        public new void OnTrainBatchEnd(int batch, Logs logs) => Calls++;
    }

    private sealed class Older : Callback
    {
        public List<string> Calls { get; } = [];

        public override void OnBatchBegin(int batch, Logs logs) => Calls.Add(Invariant($"begin {batch} {logs.Count}"));

        public override void OnBatchEnd(int batch, Logs logs) => Calls.Add(Invariant($"end {batch} {logs.Count}"));
    }

    private sealed class Predicting : Callback
    {
        public List<string> Calls { get; } = [];

        public Action? Within { get; set; }

        public override void OnPredictBegin(Logs logs)
        {
            Calls.Add("begin");
            Within?.Invoke();
        }

        public override void OnPredictBatchBegin(int batch, Logs logs) => Calls.Add(Invariant($"batch {batch}"));

        public override void OnPredictBatchEnd(int batch, Logs logs) => Calls.Add(Invariant($"end {batch}"));

        public override void OnPredictEnd(Logs logs) => Calls.Add("end");
    }
}
