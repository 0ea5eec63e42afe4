using TorchSharp;

namespace Distillation.Keras.Testing;

/// <summary>Leaks on purpose, so that a test of leaks can be seen to notice them.</summary>
/// <param name="isPlanted">Whether it leaks at all: the same test with and without a leak.</param>
public sealed class ForgottenTensors(bool isPlanted)
{
    /// <summary>How many tensors it has left behind.</summary>
    public long Count { get; private set; }

    /// <summary>Leaves a tensor to the garbage collector, out of reach of all dispose scopes.</summary>
    public void ForgetOne()
    {
        if (isPlanted)
        {
            torch.ones(1000).DetachFromDisposeScope();
            Count++;
        }
    }

    /// <summary>As a function of a tensor, for lambda layers and the like: leaves a tensor behind and gives the argument back.</summary>
    public torch.Tensor ForgetOne(torch.Tensor input)
    {
        ForgetOne();
        return input;
    }
}
