using Distillation.Keras.Benchmarks.HandWritten;
using Distillation.Keras.Benchmarks.Measuring;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary><c>Fit</c> on one-hot labels with loss and accuracy. The whole call is timed, checks of the data included.</summary>
internal sealed class FitContest(string name, DigitTensors data, bool cnn) : TrainingContest(name, data, null)
{
    protected override Model NewModel(bool random)
    {
        // Called by the base's constructor: primary constructor parameters are there before it.
        Model model = cnn ? Models.Cnn(random) : Models.Mlp(800);
        Optimizer optimizer = cnn ? new Adadelta(1.0) : new Adam(0.001);
        model.Compile(optimizer, loss: "categorical_crossentropy", metrics: ["accuracy"]);
        return model;
    }

    protected override HandClassifier NewHand(bool random) => cnn ? new HandCnn(random) : new HandMlp(800);

    protected override optim.Optimizer NewOptimizer(HandClassifier model) =>
        cnn ? optim.Adadelta(model.parameters(), lr: 1.0, rho: 0.95, eps: 1e-7) : KerasAdam.Create(model);

    protected override double Fit(Model model, int steps, bool shuffle) =>
        Interleaved.Seconds(() =>
            model.Fit(
                Data.ChannelsLast,
                Data.OneHot,
                batch_size: DigitTensors.BatchSize,
                steps_per_epoch: steps,
                verbose: 0,
                shuffle: shuffle
            )
        );
}
