using System.Globalization;

namespace Distillation.Keras;

/// <summary>Sizes as NumSharp and libtorch have them.</summary>
internal static class LongSizes
{
    /// <summary>The sizes as integers of 32 bits, which they are here.</summary>
    /// <exception cref="ArgumentException">One is too big.</exception>
    public static int[] ToInt(long[] sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        return Array.ConvertAll(
            sizes,
            s =>
                s is >= int.MinValue and <= int.MaxValue
                    ? (int)s
                    : throw new ArgumentException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"A size is at most {int.MaxValue}, but one of ({string.Join(", ", sizes)}) is {s}."
                        ),
                        nameof(sizes)
                    )
        );
    }
}
