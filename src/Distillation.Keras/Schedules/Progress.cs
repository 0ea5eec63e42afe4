using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>How far a change between two values has come.</summary>
/// <param name="Begin">After how many epochs it begins.</param>
/// <param name="Epochs">How many epochs it takes; <see langword="null"/>: to the end of the fit.</param>
internal sealed record Progress(double Begin, double? Epochs)
{
    /// <summary>Checks the numbers.</summary>
    public static Progress Of(double? epochs, double begin)
    {
        if (epochs is double given)
        {
            Arguments.Positive(given, nameof(epochs));
        }

        return new Progress(Arguments.NotNegative(begin), epochs);
    }

    /// <summary>From 0 before it begins to 1 when it has ended.</summary>
    public double At(double epoch, double epochs)
    {
        double length = Epochs ?? (epochs - Begin);
        return epoch < Begin ? 0
            : length <= 0 || epoch - Begin >= length ? 1
            : (epoch - Begin) / length;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Epochs, Begin) switch
        {
            (null, 0) => "over the whole fit",
            (null, _) => string.Create(CultureInfo.InvariantCulture, $"from epoch {Begin} to the end"),
            _ => string.Create(CultureInfo.InvariantCulture, $"from epoch {Begin} to {Begin + Epochs}"),
        };
}
