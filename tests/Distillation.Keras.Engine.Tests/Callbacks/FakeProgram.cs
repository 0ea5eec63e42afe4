using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Callbacks;

/// <summary>A program that trains nothing, so that a callback can be told things by hand.</summary>
internal sealed class FakeProgram(Optimizer? optimizer = null) : TrainingProgram(Device.Cpu)
{
    private readonly Optimizer _optimizer = optimizer ?? new SGD(0.1);

    public override Model Model { get; } = new Sequential(new Input(1), new Dense(1));

    public override Optimizer Optimizer => _optimizer;

    public override IReadOnlyList<Variable> Variables => [];

    public override void TrainStep(Batch batch, CallContext context) => throw new NotSupportedException();

    public override void TestStep(Batch batch, CallContext context) => throw new NotSupportedException();

    public override void Reset() { }

    public override IEnumerable<KeyValuePair<string, Tensor>> Results() => [];

    public override IEnumerable<string> Names => ["loss", "accuracy"];

    public override bool? HigherIsBetter(string name) =>
        name switch
        {
            "loss" => false,
            "accuracy" => true,
            _ => null,
        };

    public static Logs LogsOf(params (string Name, double Value)[] values)
    {
        var logs = new Logs();
        foreach ((string name, double value) in values)
        {
            logs[name] = value;
        }

        return logs;
    }
}
