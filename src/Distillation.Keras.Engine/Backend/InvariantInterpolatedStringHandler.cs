using System.Globalization;
using System.Runtime.CompilerServices;

namespace Distillation.Keras.Backend;

/// <summary>What the compiler writes <see cref="InvariantText.Invariant"/>'s interpolated strings into.</summary>
[InterpolatedStringHandler]
internal ref struct InvariantInterpolatedStringHandler
{
    private DefaultInterpolatedStringHandler _text;

    public InvariantInterpolatedStringHandler(int literalLength, int formattedCount) =>
        _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public void AppendFormatted<T>(T value, int alignment) => _text.AppendFormatted(value, alignment);

    public void AppendFormatted<T>(T value, int alignment, string? format) => _text.AppendFormatted(value, alignment, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
