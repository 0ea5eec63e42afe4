using Distillation.Keras.Callbacks;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Callbacks;

public sealed class SwapEMAWeightsTests
{
    private static Model Compiled(bool ema = true)
    {
        Model model = Model(compile: false);
        model.Compile(new SGD(Rate, use_ema: ema, ema_momentum: 0.5), "mse");
        return model;
    }

    private static float[] First(Model model) => [.. model.Weights[0].Value.data<float>()];

    // The rule of the averages, with the weights after each step, in double.
    private static float[] Average(IEnumerable<float[]> weights) =>
        [
            .. weights
                .Aggregate<float[], double[]?>(null, (a, w) => [.. w.Select((v, i) => a is null ? v : (a[i] + v) / 2)])!
                .Select(v => (float)v),
        ];

    [TestCase(false)]
    [TestCase(true)]
    public void Validations_see_the_averages_and_steps_the_weights(bool swapOnEpoch)
    {
        Model model = Compiled();
        List<float[]> after = [];
        List<float[]> tested = [];
        List<float[]> between = [];
        var watch = new LambdaCallback(
            on_train_batch_end: (_, _) => after.Add(First(model)),
            on_epoch_end: (_, _) => between.Add(First(model))
        );
        var test = new Tested(() => tested.Add(First(model)));
        model.Fit(
            X,
            Y,
            batch_size: 5,
            epochs: 2,
            shuffle: false,
            verbose: 0,
            validation_data: (X, Y),
            callbacks: [new SwapEMAWeights(swapOnEpoch), watch, test]
        );

        // The same fit without the callback takes the same steps.
        Model plain = Compiled();
        List<float[]> steps = [];
        var own = new LambdaCallback(on_train_batch_end: (_, _) => steps.Add(First(plain)));
        plain.Fit(X, Y, batch_size: 5, epochs: 2, shuffle: false, verbose: 0, callbacks: [own]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after, Is.EqualTo(steps));
            Assert.That(tested[0], Is.EqualTo(Average(after.Take(2))).Within(1e-6));
            Assert.That(tested[1], Is.EqualTo(Average(after)).Within(1e-6));
            Assert.That(between[0], Is.EqualTo(swapOnEpoch ? tested[0] : after[1]));
            Assert.That(First(model), Is.EqualTo(Average(after)).Within(1e-6), "the end of the fit puts the averages in place");
            Assert.That(First(model), Is.Not.EqualTo(after[^1]));
        }
    }

    [Test]
    public void An_exception_within_a_validation_leaves_the_weights_in_the_model()
    {
        Model model = Compiled();
        float[] last = [];
        var watch = new LambdaCallback(on_train_batch_end: (_, _) => last = First(model));
        var fails = new Tested(() => throw new InvalidOperationException("so"));
        Assert.That(
            () => model.Fit(X, Y, batch_size: 5, verbose: 0, validation_data: (X, Y), callbacks: [new SwapEMAWeights(), watch, fails]),
            Throws.InvalidOperationException.With.Message.EqualTo("so")
        );
        Assert.That(First(model), Is.EqualTo(last));
    }

    [Test]
    public void A_prediction_sees_the_averages_and_gives_the_weights_back()
    {
        Model model = Compiled();
        model.Fit(X, Y, batch_size: 5, verbose: 0);
        model.TrainOnBatch(X, Y);
        float[] weights = First(model);
        float[] seen = [];
        model.Predict(X, callbacks: [new SwapEMAWeights(), new Tested(() => seen = First(model))]).Dispose();
        Assert.That(seen, Is.Not.EqualTo(weights));
        Assert.That(First(model), Is.EqualTo(weights));
    }

    [Test]
    public void An_optimizer_without_averages_is_refused() =>
        Assert.That(
            () => Compiled(ema: false).Fit(X, Y, verbose: 0, validation_data: (X, Y), callbacks: [new SwapEMAWeights()]),
            Throws.InvalidOperationException.With.Message.Contains("use_ema: true")
        );

    private sealed class Tested(Action tell) : Callback
    {
        public override void OnTestBatchBegin(int batch, Logs logs)
        {
            if (batch == 0)
            {
                tell();
            }
        }

        public override void OnPredictBatchBegin(int batch, Logs logs) => tell();
    }
}
