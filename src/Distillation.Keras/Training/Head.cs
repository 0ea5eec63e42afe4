using Distillation.Keras.Losses;

namespace Distillation.Keras.Training;

/// <summary>An output of teacher and student that is distilled.</summary>
/// <param name="Name">The student's name of it.</param>
/// <param name="Prefix">What its terms' names begin with: nothing where it is the only one.</param>
/// <param name="IsMultiLabel">Whether it is one sigmoid for each label instead of a softmax over classes.</param>
/// <param name="Classes">How many classes, labels or numbers there are.</param>
/// <param name="IsSequence">Whether it has one row for each token, (batch, time, classes).</param>
internal sealed record Head(string Name, string Prefix, bool IsMultiLabel, int Classes, bool IsSequence)
{
    /// <summary>Whether it is numbers, of a regression, instead of classes or labels.</summary>
    public bool IsNumeric { get; init; }

    /// <summary>The loss that was asked for, if any.</summary>
    public Loss? Loss { get; init; }

    /// <summary>The only output of a classifier.</summary>
    public static Head Of(Shape logits, bool isMultiLabel = false) =>
        new("output", string.Empty, isMultiLabel, logits.Known(-1, "Distillation"), logits.Rank == 3);
}
