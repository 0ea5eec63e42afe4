using TorchSharp;

namespace Distillation.Keras.Testing;

/// <summary>libtorch's default device, where a tensor is made that nobody says a device for.</summary>
public static class DefaultDevice
{
    /// <summary>
    /// Runs something while the default device is "meta", where tensors have no values: one that is made without a device either meets
    /// tensors that are elsewhere, which is an error, or makes a result that cannot be read.
    /// </summary>
    /// <remarks>The default is that of all threads: a test that uses it does not run beside others.</remarks>
    /// <param name="run">Runs on this thread.</param>
    /// <returns>What it gives.</returns>
    public static T Without<T>(Func<T> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        torch.set_default_device(torch.META);
        try
        {
            return run();
        }
        finally
        {
            torch.set_default_device(torch.CPU);
        }
    }
}
