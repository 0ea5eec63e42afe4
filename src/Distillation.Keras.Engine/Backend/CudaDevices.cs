using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>The CUDA devices that libtorch finds on this machine.</summary>
internal static class CudaDevices
{
    /// <summary>Why a CUDA device cannot be used, and what to do; <see langword="null"/> where it can.</summary>
    /// <param name="index">Its number, from 0.</param>
    public static string? Refusal(int index)
    {
        NativeLibraries.EnsureLoaded();
        return Refusal(index, cuda.is_available() ? cuda.device_count() : 0, NativePackages.CudaRemedy(NativePackages.Platform));
    }

    /// <summary>The same for a number of devices.</summary>
    /// <param name="index">The number of the one that is wanted, from 0.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="remedy">What to do where there are none, as sentences.</param>
    public static string? Refusal(int index, int count, string remedy) =>
        index < count ? null
        : count == 0
            ? Invariant(
                $"The device \"cuda:{index}\" needs a GPU that libtorch finds, but it finds none here. {remedy} Or leave device out, or "
                    + $"give \"cpu\"."
            )
        : Invariant(
            $"The device \"cuda:{index}\" is not there: libtorch finds {count} here, numbered from 0. Give one of \"cuda:0\" to "
                + $"\"cuda:{count - 1}\", or \"cpu\"."
        );
}
