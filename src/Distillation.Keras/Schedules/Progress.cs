using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>How far a change between two values has come.</summary>
/// <param name="Start">After how many epochs it begins.</param>
/// <param name="Epochs">How many epochs it takes; <see langword="null"/>: to the end of the fit.</param>
internal sealed record Progress(double Start, double? Epochs)
{
    /// <summary>Checks the numbers.</summary>
    public static Progress Of(double? epochs, double start)
    {
        if (epochs is double given)
        {
            Arguments.Positive(given, nameof(epochs));
        }

        return new Progress(Arguments.NotNegative(start), epochs);
    }

    /// <summary>From 0 before it begins to 1 when it has ended.</summary>
    public double At(double epoch, double epochs)
    {
        double length = Epochs ?? (epochs - Start);
        return epoch < Start ? 0
            : length <= 0 || epoch - Start >= length ? 1
            : (epoch - Start) / length;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Epochs, Start) switch
        {
            (null, 0) => "over the whole fit",
            (null, _) => string.Create(CultureInfo.InvariantCulture, $"from epoch {Start} to the end"),
            _ => string.Create(CultureInfo.InvariantCulture, $"from epoch {Start} to {Start + Epochs}"),
        };
}
