using System.Globalization;

namespace Distillation.Keras.Callbacks;

/// <summary>Numbers as Python writes them, whatever the culture.</summary>
internal static class PythonNumber
{
    /// <summary>The shortest text that reads back as the same number: <c>0.1</c>, <c>1.0</c>, <c>1e-05</c>, <c>nan</c>.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
        {
            return NotFinite(value);
        }

        // The digits are .NET's; Python takes the scientific form from 1e16 on, whatever the runtime's version does, and marks whole
        // numbers.
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (Math.Abs(value) is >= 1e15 and < 1e17)
        {
            text =
                Math.Abs(value) < 1e16
                    ? value.ToString("F1", CultureInfo.InvariantCulture)
                    : value.ToString("0.################e+00", CultureInfo.InvariantCulture);
        }

        return text.AsSpan().ContainsAny(".eE") ? text.Replace('E', 'e') : text + ".0";
    }

    /// <summary>As Keras' progress line: four places, or the scientific form where those would say little.</summary>
    public static string Short(double value) =>
        !double.IsFinite(value)
            ? NotFinite(value)
            : value.ToString(Math.Abs(value) > 1e-3 ? "0.0000" : "0.0000e+00", CultureInfo.InvariantCulture);

    private static string NotFinite(double value) =>
        double.IsNaN(value) ? "nan"
        : value > 0 ? "inf"
        : "-inf";
}
