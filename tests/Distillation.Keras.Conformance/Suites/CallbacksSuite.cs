using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>What callbacks do with values written by hand, so that only their own logic decides.</summary>
public sealed class CallbacksSuite : ISuite
{
    /// <inheritdoc/>
    public string File => "callbacks";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.Entries("cases").Select(e => new FixtureCase(e.Name, check => Run(e.Object, check)));

    private static void Run(JsonObject o, Check check)
    {
        Callback callback = Make(o["callback"].Text(), (JsonObject)o["arguments"]!);
        double[] values = o["values"].Numbers();
        var model = new Sequential(new Input(1), new Dense(1));
        model.Compile(new SGD(o["start"]?.Number() ?? 0.0), "mse");
        var feed = new Feed(values);
        var rates = new Rates();
        using Tensor data = zeros(2, 1);
        model.Fit(data, data, epochs: values.Length, verbose: 0, callbacks: [feed, callback, rates]);
        if (o.ContainsKey("rates"))
        {
            double[] expected = o["rates"].Numbers();
            check.Equal("rates/count", rates.Seen.Count, expected.Length);
            for (int epoch = 0; epoch < Math.Min(rates.Seen.Count, expected.Length); epoch++)
            {
                // Each by itself: they differ by powers of ten.
                check.Close($"rates[{epoch}]", rates.Seen[epoch], expected[epoch], 1e-6);
            }
        }
        else
        {
            var stopping = (EarlyStopping)callback;
            using Tensor bias = model.Weights[^1].Value.detach().cpu().to(ScalarType.Float64);
            check.Equal("epochs_run", feed.EpochsRun, (int)o["epochs_run"].Number());
            check.Equal("stopped_epoch", stopping.StoppedEpoch, (int)o["stopped_epoch"].Number());
            check.Close("best", stopping.Best ?? throw new InvalidOperationException("There is no best value."), o["best"].Number(), 1e-6);
            check.Close("weights_from_epoch", bias[0].ToDouble(), o["weights_from_epoch"].Number(), 0);
        }

        model.Release();
    }

    // By Keras' names of class and arguments; an argument that the constructor does not have is the suite's to tell.
    private static Callback Make(string name, JsonObject arguments)
    {
        Type type =
            ApiNames.FindClass($"keras.callbacks.{name}") ?? throw new UnsupportedException($"the library has no keras.callbacks.{name}");
        ConstructorInfo constructor = type.GetConstructors().Single();
        ParameterInfo[] parameters = constructor.GetParameters();
        if (arguments.Select(a => a.Key).Except(parameters.Select(p => p.Name!)).FirstOrDefault() is string unknown)
        {
            throw new UnsupportedException($"{name} has no argument {unknown}");
        }

        return (Callback)
            constructor.Invoke([
                .. parameters.Select(p => arguments[p.Name!] is JsonNode value ? Value(value, p.ParameterType) : p.DefaultValue),
            ]);
    }

    private static object Value(JsonNode value, Type type) =>
        type switch
        {
            _ when type == typeof(string) => value.Text(),
            _ when type == typeof(bool) => value.GetValue<bool>(),
            _ when type == typeof(int) => (int)value.Number(),
            _ => value.Number(),
        };

    private sealed class Feed(double[] values) : Callback
    {
        public int EpochsRun { get; private set; }

        public override void OnEpochBegin(int epoch, Logs logs)
        {
            using Tensor bias = full(1, (float)epoch);
            Model.Weights[^1].Assign(bias);
        }

        public override void OnEpochEnd(int epoch, Logs logs)
        {
            logs["val_loss"] = values[epoch];
            logs["val_accuracy"] = -values[epoch];
            EpochsRun = epoch + 1;
        }
    }

    private sealed class Rates : Callback
    {
        public List<double> Seen { get; } = [];

        public override void OnEpochEnd(int epoch, Logs logs) => Seen.Add(Optimizer.LearningRate);
    }
}
