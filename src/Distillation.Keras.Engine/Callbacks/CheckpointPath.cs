using System.Globalization;
using System.Text.RegularExpressions;

namespace Distillation.Keras.Callbacks;

/// <summary>
/// The names of files with numbers of a fit in them, as Python's <c>str.format</c> writes them: <c>{epoch:02d}-{val_loss:.2f}</c>.
/// </summary>
internal static partial class CheckpointPath
{
    /// <summary>The name for these values.</summary>
    /// <exception cref="ArgumentException">A name is not among the values, or a format is none that is known.</exception>
    public static string Format(string filepath, int epoch, int? batch, Logs logs)
    {
        return Field()
            .Replace(
                filepath,
                field =>
                {
                    if (field.Value is "{{" or "}}")
                    {
                        return field.Value[..1];
                    }

                    string name = field.Groups["name"].Value;
                    string format = field.Groups["format"].Value;
                    return name switch
                    {
                        "epoch" => Whole(epoch, format, filepath),
                        "batch" when batch is int number => Whole(number, format, filepath),
                        _ when logs.TryGetValue(name, out double value) => Real(value, format, filepath),
                        _ => throw new ArgumentException(
                            $"The filepath '{filepath}' has '{{{name}}}' in it, which is not among the values there are: epoch, "
                                + $"{(batch is null ? string.Empty : "batch, ")}{string.Join(", ", logs.Keys)}.",
                            nameof(filepath)
                        ),
                    };
                }
            );
    }

    private static string Whole(int value, string format, string filepath)
    {
        Match parts = WholeFormat().Match(format);
        if (!parts.Success)
        {
            throw Unknown(format, filepath);
        }

        string text = value.ToString(CultureInfo.InvariantCulture);
        int width = parts.Groups["width"] is { Length: > 0 } w ? int.Parse(w.Value, CultureInfo.InvariantCulture) : 0;
        return text.PadLeft(width, parts.Groups["zero"].Length > 0 ? '0' : ' ');
    }

    private static string Real(double value, string format, string filepath)
    {
        if (format.Length == 0)
        {
            return PythonNumber.Repr(value);
        }

        Match parts = RealFormat().Match(format);
        if (!parts.Success)
        {
            throw Unknown(format, filepath);
        }

        string digits = parts.Groups["digits"].Value;
        string text =
            parts.Groups["kind"].Value == "e"
                ? value.ToString(
                    "0." + new string('0', int.Parse(digits, CultureInfo.InvariantCulture)) + "e+00",
                    CultureInfo.InvariantCulture
                )
                : value.ToString("F" + digits, CultureInfo.InvariantCulture);
        int width = parts.Groups["width"] is { Length: > 0 } w ? int.Parse(w.Value, CultureInfo.InvariantCulture) : 0;
        return text.PadLeft(width, parts.Groups["zero"].Length > 0 ? '0' : ' ');
    }

    private static ArgumentException Unknown(string format, string filepath) =>
        new(
            $"The filepath '{filepath}' has the format '{format}' in it. What is known: '02d' for whole numbers, '.4f' and "
                + "'.2e' for others.",
            nameof(filepath)
        );

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>\w+)(:(?<format>[^{}]*))?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?<zero>0)?(?<width>\d{1,2})?d?$")]
    private static partial Regex WholeFormat();

    [GeneratedRegex(@"^(?<zero>0)?(?<width>\d{1,2})?\.(?<digits>\d{1,2})(?<kind>[fe])$")]
    private static partial Regex RealFormat();
}
