using Distillation.Keras.Benchmarks.Measuring;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.Contests;

/// <summary>
/// A convolution on channels-last data against one call of libtorch on the same data, whose layout it is told by a view; the gradient is
/// that of the output with respect to the input and the weights. A step is a call.
/// </summary>
internal sealed class ConvolutionContest : IContest
{
    private readonly Layer _layer;
    private readonly Func<Tensor, Tensor, Tensor, Tensor> _call;
    private readonly bool _isGradient;
    private readonly Tensor _x;
    private readonly Tensor _kernel;
    private readonly Tensor _bias;
    private readonly Tensor _cotangent;

    private ConvolutionContest(
        string name,
        bool isGradient,
        Layer layer,
        long[] input,
        Func<Tensor, Tensor> kernelOf,
        Func<Tensor, Tensor, Tensor, Tensor> call
    )
    {
        Name = name;
        (_layer, _call, _isGradient) = (layer, call, isGradient);
        using DisposeScope scope = NewDisposeScope();
        using (no_grad())
        {
            _x = Kept(randn(input));
            _cotangent = Kept(randn_like(layer.Call(_x)));
            _kernel = Kept(kernelOf(layer.Weights[0].Value).clone());
            _bias = Kept(layer.Weights[1].Value.clone());
        }

        foreach (Tensor tensor in (Tensor[])[_x, _kernel, _bias])
        {
            tensor.requires_grad_(isGradient);
        }
    }

    public string Name { get; }

    public bool Trains => false;

    /// <summary>Sequences of 128 steps with 64 channels, a window of 5.</summary>
    public static ConvolutionContest Sequences(string name, bool isGradient) =>
        new(
            name,
            isGradient,
            new Conv1D(64, 5, padding: "same"),
            [32, 128, 64],
            kernel => kernel.permute(2, 1, 0).contiguous(),
            (x, kernel, bias) => nn.functional.conv1d(x.permute(0, 2, 1), kernel, bias, 1, 2).permute(0, 2, 1)
        );

    /// <summary>Images of 28 times 28 with 64 channels, each with a window of 3 times 3 of its own.</summary>
    public static ConvolutionContest Depthwise(string name, bool isGradient) =>
        new(
            name,
            isGradient,
            new DepthwiseConv2D(3, padding: "same"),
            [16, 28, 28, 64],
            kernel => kernel.permute(2, 3, 0, 1).contiguous(),
            (x, kernel, bias) => nn.functional.conv2d(x.permute(0, 3, 1, 2), kernel, bias, [1, 1], [1, 1], [1, 1], 64).permute(0, 2, 3, 1)
        );

    public double Ours(int steps) => Timed(steps, OursOnce);

    public double Theirs(int steps) => Timed(steps, TheirsOnce);

    public Agreement Compare()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> ours = OursOnce();
        IReadOnlyList<Tensor> theirs = TheirsOnce();

        // The gradient of the kernel has the other layout: its sum stands for it.
        Tensor[] Comparable(IReadOnlyList<Tensor> results) => [.. results.Select((r, i) => i == 1 ? r.sum() : r)];
        return Agreement.Of(_isGradient ? "gradients" : "outputs", Comparable(ours), Comparable(theirs), null, 1e-4);
    }

    public void Dispose()
    {
        foreach (Variable weight in _layer.Weights)
        {
            weight.Release();
        }

        _x.Dispose();
        _kernel.Dispose();
        _bias.Dispose();
        _cotangent.Dispose();
    }

    private static Tensor Kept(Tensor tensor) => tensor.DetachFromDisposeScope();

    private static double Timed(int steps, Func<IReadOnlyList<Tensor>> once) =>
        Interleaved.Seconds(() =>
        {
            for (int i = 0; i < steps; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                once();
            }
        });

    private IReadOnlyList<Tensor> OursOnce() => Once(() => _layer.Call(_x), [_x, .. _layer.Weights.Select(w => w.Value)]);

    private IReadOnlyList<Tensor> TheirsOnce() => Once(() => _call(_x, _kernel, _bias), [_x, _kernel, _bias]);

    private IReadOnlyList<Tensor> Once(Func<Tensor> forward, Tensor[] inputs)
    {
        if (_isGradient)
        {
            return [.. autograd.grad([forward()], inputs, [_cotangent])];
        }

        using IDisposable noGrad = no_grad();
        return [forward()];
    }
}
