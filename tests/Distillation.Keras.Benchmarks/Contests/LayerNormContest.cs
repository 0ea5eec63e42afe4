using Distillation.Keras.Benchmarks.Measuring;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>
/// <see cref="LayerNormalization"/>, forwards and backwards, against libtorch's function. A step is a call on (64, 128, 256) numbers.
/// </summary>
internal sealed class LayerNormContest : IContest
{
    private const int Width = 256;

    private readonly LayerNormalization _layer = new();
    private readonly Tensor _x = randn(64, 128, Width).DetachFromDisposeScope().requires_grad_();
    private readonly Tensor _cotangent = randn(64, 128, Width).DetachFromDisposeScope();
    private readonly Tensor _gamma;
    private readonly Tensor _beta;

    public LayerNormContest(string name)
    {
        Name = name;
        using DisposeScope scope = NewDisposeScope();
        _layer.Call(_x);
        _layer.Weights[0].Assign(rand(Width));
        _layer.Weights[1].Assign(randn(Width));
        _gamma = Leaf(_layer.Weights[0]);
        _beta = Leaf(_layer.Weights[1]);
    }

    public string Name { get; }

    public bool Trains => false;

    public double Ours(int steps) => Seconds(steps, Own, _layer.Weights[0].Value, _layer.Weights[1].Value);

    public double Theirs(int steps) => Seconds(steps, Bare, _gamma, _beta);

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        return Agreement.Of(
            "outputs, gradients",
            Results(Own, _layer.Weights[0].Value, _layer.Weights[1].Value),
            Results(Bare, _gamma, _beta),
            null,
            1e-6
        );
    }

    public void Dispose()
    {
        _x.Dispose();
        _cotangent.Dispose();
        _gamma.Dispose();
        _beta.Dispose();
    }

    private static Tensor Leaf(Variable weight) => weight.Value.detach().clone().requires_grad_().DetachFromDisposeScope();

    private Tensor Own() => _layer.Call(_x);

    private Tensor Bare() => nn.functional.layer_norm(_x, [Width], _gamma, _beta, 0.001);

    private double Seconds(int steps, Func<Tensor> forward, params Tensor[] weights) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                forward().backward([_cotangent]);
                Clear(weights);
            }
        });

    private Tensor[] Results(Func<Tensor> forward, params Tensor[] weights)
    {
        Tensor y = forward();
        y.backward([_cotangent]);
        Tensor[] results = [y.detach(), _x.grad!.clone(), .. weights.Select(w => w.grad!.clone())];
        Clear(weights);
        return results;
    }

    private void Clear(Tensor[] weights)
    {
        foreach (Tensor tensor in weights.Append(_x))
        {
            tensor.grad?.zero_();
        }
    }
}
