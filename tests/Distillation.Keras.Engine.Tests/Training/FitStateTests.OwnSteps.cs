using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <content>Layers and steps of one's own, which keep something themselves.</content>
public sealed partial class FitStateTests
{
    [Test]
    public void What_layers_and_steps_of_ones_own_keep_is_a_part_of_the_state([Range(1, 11)] int steps)
    {
        static TwoSpeeds Fresh()
        {
            Utils.SetRandomSeed(6);
            var model = new TwoSpeeds();
            model.Compile(new SGD(0.05));
            return model;
        }

        static double[] Trained(TwoSpeeds model, FitState? state, CancelAfter counter, CancellationToken token)
        {
            model.Fit(X, Y, epochs: 2, batch_size: 4, verbose: 0, callbacks: [counter], state: state, cancellationToken: token);
            return Outcome.Values(model);
        }

        double[] whole = Trained(Fresh(), null, new CancelAfter(int.MaxValue, [], null!), default);
        using var source = new CancellationTokenSource();
        FitState state = Assert
            .Throws<FitCanceledException>(() => Trained(Fresh(), null, new CancelAfter(steps, [], source), source.Token))!
            .State;
        Assert.That(Trained(Fresh(), state, new CancelAfter(int.MaxValue, [], null!), default), Is.EqualTo(whole));
    }

    [Test]
    public void An_optimizer_without_weights_has_no_state_to_exchange()
    {
        var model = new TwoSpeeds { KnowsWeights = false };
        model.Compile(new SGD(0.05));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(
            () => model.Fit(X, Y, verbose: 0, cancellationToken: source.Token),
            Throws.InvalidOperationException.With.Message.Contains("Call Build(variables) before ExchangeState")
        );
    }

    /// <summary>Multiplies by what it has counted.</summary>
    private sealed class Fading : Layer
    {
        private int _calls;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input / (context.Training ? ++_calls : 1);

        protected internal override void ExchangeState(StateExchange state) => _calls = (int)state.Integer("calls", _calls);
    }

    /// <summary>Trains its last layer by the optimizer of <c>Compile</c>, and the others by one of its own.</summary>
    private sealed class TwoSpeeds : Model
    {
        private readonly Dense _first = new(4, "tanh");
        private readonly Fading _fading = new();
        private readonly Dense _last = new(3);
        private readonly Adam _own = new(0.01);

        public bool KnowsWeights { get; init; } = true;

        protected internal override Tensor Forward(Tensor input, CallContext context) => _last.Call(_fading.Call(_first.Call(input)));

        protected internal override void TrainStep(Batch batch, StepContext step)
        {
            step.Minimize(Error(batch, step), _own, _first.Weights);
            Tensor error = Error(batch, step);
            step.Report(batch, "loss", error);
            step.Minimize(error);
        }

        protected internal override void ExchangeState(StateExchange state)
        {
            if (KnowsWeights)
            {
                _own.Build(_first.Weights);
            }

            _own.ExchangeState(state.In("own"));
        }

        private static Tensor Error(Batch batch, StepContext step) => step.Forward(batch)[0].sub(batch.Y[0]).abs().mean();
    }
}
