using Distillation.Keras.Benchmarks.Measuring;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;
using GRU = Distillation.Keras.Layers.GRU;
using LSTM = Distillation.Keras.Layers.LSTM;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>
/// A recurrent layer of 128 units over 64 steps of 64 features, unmasked, forwards and backwards, against torch's module. A step is a
/// batch of 32.
/// </summary>
internal sealed class RecurrentContest : IContest
{
    private const int Units = 128;
    private const int Features = 64;

    private readonly Layer _layer;
    private readonly nn.Module _module;
    private readonly Func<Tensor, Tensor> _call;
    private readonly Tensor _x = randn(32, 64, Features).DetachFromDisposeScope();
    private readonly Tensor _cotangent = randn(32, 64, Units).DetachFromDisposeScope();
    private readonly Tensor[] _own;
    private readonly Tensor[] _theirs;

    private RecurrentContest(string name, Layer layer, nn.Module module, Func<Tensor, Tensor> call)
    {
        (Name, _layer, _module, _call) = (name, layer, module, call);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        _layer.Call(_x);
        _own = [.. _layer.Weights.Select(w => w.Value)];
        _theirs = [.. _module.parameters()];
        Tensor kernel = InOrder(_own[0], 1);
        Tensor recurrent = InOrder(_own[1], 1);
        Tensor bias = InOrder(randn(_own[2].shape).copy_(_own[2]), -1).reshape(-1, kernel.size(1));
        _theirs[0].copy_(kernel.t());
        _theirs[1].copy_(recurrent.t());
        _theirs[2].copy_(bias[0]);
        _theirs[3].copy_(bias.size(0) == 2 ? bias[1] : zeros_like(bias[0]));
    }

    public string Name { get; }

    public bool Trains => false;

    public static RecurrentContest Lstm(string name)
    {
        TorchSharp.Modules.LSTM module = nn.LSTM(Features, Units, batchFirst: true);
        return new(name, new LSTM(Units, return_sequences: true), module, x => module.call(x).Item1);
    }

    public static RecurrentContest Gru(string name)
    {
        TorchSharp.Modules.GRU module = nn.GRU(Features, Units, batchFirst: true);
        return new(name, new GRU(Units, return_sequences: true), module, x => module.call(x).Item1);
    }

    public double Ours(int steps) => Seconds(steps, Own, _own);

    public double Theirs(int steps) => Seconds(steps, Bare, _theirs);

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        return Agreement.Of(
            "outputs, gradients of the kernel",
            [Own(), InOrder(Gradients(Own, _own)[0], 1)],
            [Bare(), Gradients(Bare, _theirs)[0].t()],
            null,
            1e-5
        );
    }

    public void Dispose()
    {
        Array.ForEach(_own, w => w.Dispose());
        _module.Dispose();
        _x.Dispose();
        _cotangent.Dispose();
    }

    private Tensor Own() => _layer.Call(_x);

    private Tensor Bare() => _call(_x);

    private double Seconds(int steps, Func<Tensor> forward, Tensor[] weights) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                Gradients(forward, weights);
            }
        });

    private IList<Tensor> Gradients(Func<Tensor> forward, Tensor[] weights) => autograd.grad([forward()], weights, [_cotangent]);

    // Of a GRU Keras has the gates z, r, h, torch r, z, h.
    private Tensor InOrder(Tensor weight, int axis)
    {
        if (_layer is LSTM)
        {
            return weight;
        }

        Tensor[] gates = weight.chunk(3, axis);
        return cat([gates[1], gates[0], gates[2]], axis);
    }
}
