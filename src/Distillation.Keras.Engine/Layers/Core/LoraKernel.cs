using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// A kernel that is kept as it is, and two small matrices that are trained in its place: kernel + alpha / rank * a · b (LoRA).
/// </summary>
/// <param name="Kernel">The kernel, frozen.</param>
/// <param name="A">(..., rank), with the kernel's axes but for the last one.</param>
/// <param name="B">(rank, the kernel's last axis).</param>
/// <param name="Scale">alpha / rank.</param>
internal sealed record LoraKernel(Variable Kernel, Variable A, Variable B, double Scale)
{
    /// <summary>What a layer computes with, and a file holds: in float32 at least, in the dispose scope that is open.</summary>
    public Tensor Merged()
    {
        using DisposeScope scope = NewDisposeScope();
        return A.Value.matmul(B.Value).Times(Scale).Plus(Kernel.Value).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The merged kernel in the kernel's own type, as files hold it: without gradients, in the dispose scope that is open.
    /// </summary>
    public Tensor Stored()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Merged().to(Kernel.DType).MoveToOuterDisposeScope();
    }

    /// <summary>Begins anew at the kernel, which a file has given its values.</summary>
    public void Restart()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        B.Value.zero_();
    }
}
