using Distillation.Keras.Benchmarks.Measuring;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>
/// Self-attention of 8 heads over 128 steps of 256 features, forward and gradient, against the calls of libtorch that it stands on: the
/// projections as <c>addmm</c>, and <c>scaled_dot_product_attention</c>. A step is a batch of 16.
/// </summary>
internal sealed class AttentionContest : IContest
{
    private const long Batch = 16;
    private const long Steps = 128;
    private const long Width = 256;
    private const long Heads = 8;

    private readonly MultiHeadAttention _layer = new((int)Heads, (int)(Width / Heads));
    private readonly Tensor _x = randn(Batch, Steps, Width).DetachFromDisposeScope();
    private readonly Tensor[] _weights;
    private readonly Tensor[] _own;

    public AttentionContest(string name)
    {
        Name = name;
        using DisposeScope scope = NewDisposeScope();
        _layer.CallAll([_x, _x]);
        _own = [.. _layer.Weights.Select(w => w.Value)];
        _weights =
        [
            .. _own.Select(w => (w.numel() == Width ? w.detach().reshape(-1) : w.detach().reshape(Width, Width)).clone())
                .Select(w => w.requires_grad_(true).DetachFromDisposeScope()),
        ];
    }

    public string Name { get; }

    public bool Trains => false;

    public double Ours(int steps) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                autograd.grad([_layer.CallAll([_x, _x])[0].sum()], _own);
            }
        });

    public double Theirs(int steps) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                autograd.grad([ByHand().sum()], _weights);
            }
        });

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        return Agreement.Of("outputs", [_layer.CallAll([_x, _x])[0]], [ByHand()], null, 1e-5);
    }

    public void Dispose()
    {
        Array.ForEach(_weights, w => w.Dispose());
        Array.ForEach(_own, w => w.Dispose());
        _x.Dispose();
    }

    private Tensor ByHand()
    {
        Tensor rows = _x.reshape(-1, Width);
        Tensor q = Projected(rows, 0);
        Tensor k = Projected(rows, 2);
        Tensor v = Projected(rows, 4);
        Tensor heads = nn.functional.scaled_dot_product_attention(q, k, v);
        return addmm(_weights[7], heads.transpose(1, 2).reshape(-1, Width), _weights[6], 1, 1).reshape(Batch, Steps, Width);
    }

    private Tensor Projected(Tensor rows, int weight) =>
        addmm(_weights[weight + 1], rows, _weights[weight], 1, 1).reshape(Batch, Steps, Heads, Width / Heads).transpose(1, 2);
}
