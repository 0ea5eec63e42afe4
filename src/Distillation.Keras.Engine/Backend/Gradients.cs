using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Gradients of a scalar.</summary>
internal static class Gradients
{
    /// <summary>
    /// The gradient of each tensor, in the open dispose scope; <see langword="null"/> where the scalar does not depend on it.
    /// </summary>
    /// <param name="scalar">What to differentiate.</param>
    /// <param name="values">Leaves that record gradients.</param>
    /// <remarks>
    /// Through <c>backward</c>: an error inside <c>autograd.grad</c> of TorchSharp 0.107 ends the process instead of becoming an exception.
    /// As <c>backward</c> adds to what stands in <c>grad</c> (of a user's own backward pass, or of one that threw), that is cleared before.
    /// </remarks>
    /// <exception cref="InvalidOperationException">libtorch cannot differentiate it.</exception>
    public static Tensor?[] Of(Tensor scalar, IReadOnlyList<Tensor> values)
    {
        Clear(values);
        try
        {
            scalar.backward();
        }
        catch (Exception e)
        {
            Clear(values);
            if (NativeFailure.Is(e))
            {
                throw NativeFailure.Of(
                    e,
                    "The gradient of the loss",
                    "The usual cause is a layer, loss or step of one's own that changes a tensor in place which the gradient needs, or "
                        + "disposes it.",
                    areArguments: false,
                    ("a loss", scalar)
                );
            }

            throw;
        }

        var gradients = new Tensor?[values.Count];
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = values[i].grad;
            values[i].grad = null;
        }

        return gradients;
    }

    /// <summary>
    /// Refuses to train where the user has switched the recording of gradients off, which libtorch itself tells with a stack of its own.
    /// </summary>
    /// <param name="what">Who wants to train, for the message: <c>Fit of 'mnist'</c>.</param>
    /// <exception cref="InvalidOperationException">Gradients are not recorded on this thread.</exception>
    public static void RequireRecording(string what)
    {
        NativeLibraries.EnsureLoaded();
        if (is_inference_mode_enabled() || !is_grad_enabled())
        {
            string where = is_inference_mode_enabled() ? "torch.inference_mode()" : "torch.no_grad() (or torch.set_grad_enabled(false))";
            throw new InvalidOperationException(
                $"Training takes gradients, but {what} was called inside {where}, which switches their recording off. Call it outside; "
                    + "Evaluate and Predict switch it off by themselves."
            );
        }
    }

    private static void Clear(IReadOnlyList<Tensor> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            values[i].grad = null;
        }
    }
}
