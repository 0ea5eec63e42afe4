using Distillation.Keras.Benchmarks.HandWritten;
using Distillation.Keras.Benchmarks.Measuring;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>A training by this library against a loop written by hand.</summary>
internal abstract class TrainingContest : IContest
{
    // Of four steps that begin alike, rounding leaves less than a hundredth of the way; a wrong factor or a batch in another order makes
    // tenths. Later a rounding difference switches single ReLU units and pooling maxima, and float32 runs part (in float64 they agree to
    // 1e-5 after 20 steps).
    private const double Limit = 0.01;
    private const int ComparedSteps = 4;

    private readonly HandClassifier _hand;
    private HandLoop? _loop;
    private optim.Optimizer? _optimizer;

    protected TrainingContest(string name, DigitTensors data, Tensor? teacherLogits, bool random = true)
    {
        Name = name;
        Data = data;
        TeacherLogits = teacherLogits;
        Model = NewModel(random);
        _hand = NewHand(random);
        _hand.Load(Models.Values(Model));
    }

    public string Name { get; }

    public bool Trains => true;

    protected DigitTensors Data { get; }

    protected Tensor? TeacherLogits { get; }

    protected Model Model { get; }

    /// <summary>Whether the next fit goes on with the optimizer's state; otherwise each begins with a new one, on both sides.</summary>
    protected virtual bool KeepsOptimizer => true;

    public double Ours(int steps) => Fit(Model, steps, shuffle: true);

    public double Theirs(int steps)
    {
        if (_loop is null || !KeepsOptimizer)
        {
            _loop?.Dispose();
            _optimizer?.Dispose();
            _optimizer = NewOptimizer(_hand);
            _loop = new HandLoop(_hand, _optimizer, Data, TeacherLogits);
        }

        return Interleaved.Seconds(() => _loop.Run(steps, shuffle: true));
    }

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        Model ours = NewModel(random: false);
        using HandClassifier theirs = NewHand(random: false);
        theirs.Load(Models.Values(ours));
        Tensor[] start = [.. theirs.parameters().Select(p => p.detach().clone())];
        using optim.Optimizer optimizer = NewOptimizer(theirs);
        Fit(ours, ComparedSteps, shuffle: false);
        using var loop = new HandLoop(theirs, optimizer, Data, TeacherLogits);
        loop.Run(ComparedSteps, shuffle: false);
        Agreement agreement = Agreement.Of(
            $"weights after {ComparedSteps} steps",
            theirs.Converted(Models.Values(ours)),
            [.. theirs.parameters()],
            start,
            Limit
        );
        ours.Release();
        return agreement;
    }

    public virtual void Dispose()
    {
        Model.Release();
        _loop?.Dispose();
        _optimizer?.Dispose();
        _hand.Dispose();
    }

    /// <summary>A new model, compiled if that is needed.</summary>
    protected abstract Model NewModel(bool random);

    /// <summary>The same network on TorchSharp.</summary>
    protected abstract HandClassifier NewHand(bool random);

    /// <summary>The optimizer with Keras' settings.</summary>
    protected abstract optim.Optimizer NewOptimizer(HandClassifier model);

    /// <summary>Trains, and gives the seconds that it took.</summary>
    protected abstract double Fit(Model model, int steps, bool shuffle);
}
