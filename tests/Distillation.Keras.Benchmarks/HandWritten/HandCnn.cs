using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distillation.Keras.Benchmarks.HandWritten;

/// <summary>The notebook's network for images (batch, 1, 28, 28).</summary>
internal sealed class HandCnn : HandClassifier
{
    private readonly Conv2d _conv1 = Conv2d(1, 32, 3);
    private readonly Conv2d _conv2 = Conv2d(32, 64, 3);
    private readonly Linear _dense1 = Linear(9216, 128);
    private readonly Linear _dense2 = Linear(128, 10);
    private readonly bool _drops;

    /// <param name="drops">Whether dropout drops in training.</param>
    public HandCnn(bool drops)
        : base(nameof(HandCnn))
    {
        _drops = drops;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        bool drop = _drops && training;
        x = functional.relu(_conv1.forward(x));
        x = functional.relu(_conv2.forward(x));
        x = functional.max_pool2d(x, 2);
        x = functional.dropout(x, 0.25, drop);
        x = functional.relu(_dense1.forward(x.flatten(1)));
        x = functional.dropout(x, 0.5, drop);
        return _dense2.forward(x);
    }

    public override IReadOnlyList<Tensor> Converted(IReadOnlyList<Tensor> weights) =>
        [
            weights[0].permute(3, 2, 0, 1),
            weights[1],
            weights[2].permute(3, 2, 0, 1),
            weights[3],
            // Keras flattens (height, width, channels), torch (channels, height, width).
            weights[4].view(12, 12, 64, 128).permute(3, 2, 0, 1).reshape(128, 9216),
            weights[5],
            weights[6].t(),
            weights[7],
        ];

    /// <summary>The largest norm of the weights into a unit of the hidden layer is 3.</summary>
    public override void Constrain()
    {
        using IDisposable still = no_grad();
        Tensor weight = _dense1.weight!;
        Tensor norms = linalg.vector_norm(weight, 2, [1L], keepdim: true);
        weight.mul_(norms.clamp_max(3) / (norms + 1e-7));
    }
}
