using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distillation.Keras.Benchmarks.HandWritten;

/// <summary>Two hidden layers of the same width for images (batch, 1, 28, 28).</summary>
internal sealed class HandMlp : HandClassifier
{
    private readonly Linear _dense1;
    private readonly Linear _dense2;
    private readonly Linear _dense3;

    /// <param name="width">The hidden layers' width.</param>
    public HandMlp(int width)
        : base(nameof(HandMlp))
    {
        _dense1 = Linear(784, width);
        _dense2 = Linear(width, width);
        _dense3 = Linear(width, 10);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(_dense1.forward(x.flatten(1)));
        x = functional.relu(_dense2.forward(x));
        return _dense3.forward(x);
    }

    public override IReadOnlyList<Tensor> Converted(IReadOnlyList<Tensor> weights) => [.. weights.Select(w => w.dim() == 2 ? w.t() : w)];
}
