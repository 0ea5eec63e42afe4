using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.HandWritten;

/// <summary>A network as one writes it on TorchSharp: modules, and logits as its output.</summary>
internal abstract class HandClassifier : nn.Module<Tensor, Tensor>
{
    protected HandClassifier(string name)
        : base(name) { }

    /// <summary>Takes over a Keras model's weights, in its order.</summary>
    public void Load(IReadOnlyList<Tensor> weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Parameter[] own = [.. parameters()];
        IReadOnlyList<Tensor> converted = Converted(weights);
        for (int i = 0; i < own.Length; i++)
        {
            own[i].copy_(converted[i]);
        }
    }

    /// <summary>A Keras model's weights in this network's layout and order, in the dispose scope that is open.</summary>
    public abstract IReadOnlyList<Tensor> Converted(IReadOnlyList<Tensor> weights);

    /// <summary>What happens after each step of the optimizer.</summary>
    public virtual void Constrain() { }
}
