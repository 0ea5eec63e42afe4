using Distillation.Keras.Backend;

namespace Distillation.Keras;

/// <content>Random numbers.</content>
public static partial class Utils
{
    /// <summary>
    /// Fixes all random numbers that follow: initial weights of models made afterwards, shuffling and dropout of fits. The same program
    /// with the same seed on the same machine gives the same weights, bit for bit.
    /// </summary>
    /// <param name="seed">Any integer.</param>
    /// <remarks>Source: <c>keras/src/utils/rng_utils.py</c>.</remarks>
    public static void SetRandomSeed(int seed) => RandomState.Seed(seed);
}
