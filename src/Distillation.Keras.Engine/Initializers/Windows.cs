namespace Distillation.Keras.Initializers;

/// <summary>Windows of signals by SciPy's names.</summary>
/// <remarks>Source: <c>scipy/signal/windows/_windows.py</c>; Harris, Proc. IEEE 66 (1978).</remarks>
internal static class Windows
{
    // Sums of cosines.
    private static readonly Dictionary<string, double[]> Cosines = new(StringComparer.Ordinal)
    {
        ["boxcar"] = [1],
        ["hann"] = [0.5, 0.5],
        ["hamming"] = [0.54, 0.46],
        ["blackman"] = [0.42, 0.5, 0.08],
        ["nuttall"] = [0.3635819, 0.4891775, 0.1365995, 0.0106411],
        ["blackmanharris"] = [0.35875, 0.48829, 0.14128, 0.01168],
        ["flattop"] = [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
    };

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Cosines.Keys, "bartlett", "barthann", "bohman", "cosine"];

    /// <summary>A window.</summary>
    /// <param name="name">One of the names.</param>
    /// <param name="length">Its length; positive.</param>
    /// <param name="periodic">Whether it goes on after its end; otherwise it is symmetric.</param>
    public static double[] Of(string name, long length, bool periodic)
    {
        if (length == 1)
        {
            return [1];
        }

        double steps = periodic ? length : length - 1;
        double[] window = new double[length];
        for (int i = 0; i < window.Length; i++)
        {
            window[i] = At(name, i / steps, steps + 1);
        }

        return window;
    }

    // The place goes from 0 to 1.
    private static double At(string name, double place, double count)
    {
        double fromMiddle = Math.Abs((2 * place) - 1);
        return name switch
        {
            "bartlett" => 1 - fromMiddle,
            "barthann" => 0.62 - (0.48 * fromMiddle / 2) + (0.38 * Math.Cos(Math.PI * fromMiddle)),
            "bohman" => fromMiddle >= 1
                ? 0
                : ((1 - fromMiddle) * Math.Cos(Math.PI * fromMiddle)) + (Math.Sin(Math.PI * fromMiddle) / Math.PI),
            "cosine" => Math.Sin(Math.PI / count * ((place * (count - 1)) + 0.5)),
            _ => Cosines[name].Select((factor, k) => factor * Math.Cos(k * Math.PI * ((2 * place) - 1))).Sum(),
        };
    }
}
