using System.Diagnostics;
using Distillation.Keras.Benchmarks.HandWritten;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>
/// The steps of <c>Distiller.Fit</c> under cached teacher logits. Only the training is timed: by hand the teacher is not run either.
/// </summary>
internal sealed class DistillContest : TrainingContest
{
    private readonly Model _teacher;

    public DistillContest(string name, DigitTensors data)
        : this(name, data, Models.Mlp(1200)) { }

    private DistillContest(string name, DigitTensors data, Model teacher)
        : base(name, data, LogitsOf(teacher, data)) => _teacher = teacher;

    protected override bool KeepsOptimizer => false;

    public override void Dispose()
    {
        base.Dispose();
        TeacherLogits!.Dispose();
        _teacher.Release();
    }

    protected override Model NewModel(bool random) => Models.Mlp(800);

    protected override HandClassifier NewHand(bool random) => new HandMlp(800);

    protected override optim.Optimizer NewOptimizer(HandClassifier model) => KerasAdam.Create(model);

    protected override double Fit(Model model, int steps, bool shuffle)
    {
        var clock = new TrainingClock();
        new Distiller(_teacher)
            .WithStudent(model)
            .WithTemperature(HandLoop.Temperature)
            .WithHardLossWeight(HandLoop.HardWeight)
            .WithSoftLossWeight(HandLoop.SoftWeight)
            .WithOptimizer(new Adam(0.001))
            .Fit(
                Data.ChannelsLast,
                Data.OneHot,
                batch_size: DigitTensors.BatchSize,
                epochs: 1,
                steps_per_epoch: steps,
                verbose: 0,
                shuffle: shuffle,
                callbacks: [clock]
            );
        return clock.Seconds;
    }

    private static Tensor LogitsOf(Model teacher, DigitTensors data)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        return teacher.PopSoftmax().Call(data.ChannelsLast).DetachFromDisposeScope();
    }

    /// <summary>The seconds between the beginning and the end of training.</summary>
    private sealed class TrainingClock : Callback
    {
        private long _start;

        public double Seconds { get; private set; }

        public override void OnTrainBegin(Logs logs) => _start = Stopwatch.GetTimestamp();

        public override void OnTrainEnd(Logs logs) => Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
    }
}
