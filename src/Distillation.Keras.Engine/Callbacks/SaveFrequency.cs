namespace Distillation.Keras.Callbacks;

/// <summary>When something is saved: at the end of each epoch, or after so many batches.</summary>
/// <remarks>Immutable. <c>"epoch"</c> and a whole number convert: <c>save_freq: 100</c>.</remarks>
public sealed class SaveFrequency
{
    private SaveFrequency(int? batches) => Batches = batches;

    /// <summary>At the end of each epoch.</summary>
    public static SaveFrequency Epoch { get; } = new(null);

    /// <summary>After how many batches, or <see langword="null"/> for each epoch.</summary>
    public int? Batches { get; }

    /// <summary>After so many batches, which may be more than an epoch has; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public static implicit operator SaveFrequency(int save_freq) => new(Arguments.AtLeast(1, save_freq));

    /// <summary>Keras' word for the end of each epoch, <c>"epoch"</c>.</summary>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator SaveFrequency(string save_freq) =>
        save_freq == "epoch"
            ? Epoch
            : throw new ArgumentException($"save_freq is \"epoch\" or a number of batches, but found \"{save_freq}\".", nameof(save_freq));

    /// <inheritdoc/>
    public override string ToString() => Batches is int batches ? Invariant($"{batches}") : "epoch";
}
