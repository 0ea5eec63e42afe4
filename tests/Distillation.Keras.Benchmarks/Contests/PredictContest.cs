using Distillation.Keras.Benchmarks.HandWritten;
using Distillation.Keras.Benchmarks.Measuring;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary><c>Predict</c> on some images in one batch against bare libtorch. A step is a call.</summary>
internal sealed class PredictContest : IContest
{
    private readonly Model _model;
    private readonly HandClassifier _hand;
    private readonly Tensor _channelsLast;
    private readonly Tensor _channelsFirst;
    private readonly int _images;

    public PredictContest(string name, DigitTensors data, bool cnn, int images)
    {
        Name = name;
        _images = images;
        _model = cnn ? Models.Cnn(drops: true) : Models.Mlp(800);
        _hand = cnn ? new HandCnn(drops: true) : new HandMlp(800);
        _hand.Load(Models.Values(_model));
        _hand.eval();
        _channelsLast = data.ChannelsLast.narrow(0, 0, images).DetachFromDisposeScope();
        _channelsFirst = data.ChannelsFirst.narrow(0, 0, images).DetachFromDisposeScope();
    }

    public string Name { get; }

    public bool Trains => false;

    public double Ours(int steps) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using NDArray probabilities = _model.Predict(_channelsLast, batch_size: _images);
            }
        });

    public double Theirs(int steps) =>
        Interleaved.Seconds(() =>
        {
            using IDisposable noGrad = no_grad();
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                Probabilities();
            }
        });

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using NDArray ours = _model.Predict(_channelsLast, batch_size: _images);
        return Agreement.Of("probabilities", [tensor(ours.ToArray<float>(), [_images, 10])], [Probabilities()], null, 1e-5);
    }

    public void Dispose()
    {
        _model.Release();
        _hand.Dispose();
        _channelsLast.Dispose();
        _channelsFirst.Dispose();
    }

    private Tensor Probabilities() => nn.functional.softmax(_hand.forward(_channelsFirst), 1);
}
