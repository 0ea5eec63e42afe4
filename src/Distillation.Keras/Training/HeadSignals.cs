using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What is known of an output, one row a sample: of all samples, or of those of a batch.</summary>
/// <param name="Logits">The teacher's logits, or its numbers; <see langword="null"/> where it gives none.</param>
/// <param name="Decision">The teacher's classes; of numbers there are none.</param>
/// <param name="Labels">The labels as given, or the targets of numbers; <see langword="null"/>: there are none.</param>
/// <param name="Classes">The classes of the labels; of numbers there are none.</param>
/// <param name="Known">1 where there is a label; <see langword="null"/>: everywhere.</param>
internal sealed record HeadSignals(Tensor? Logits, Tensor? Decision, Tensor? Labels, Tensor? Classes, Tensor? Known)
{
    /// <summary>What the labels say of an output.</summary>
    /// <param name="head">The output.</param>
    /// <param name="labels">The labels, if any.</param>
    public static HeadSignals Of(Head head, Labels? labels) =>
        new(null, null, labels?.Given, head.IsNumeric ? null : labels?.Classes, labels?.Known);

    /// <summary>The same with what the teacher says.</summary>
    /// <param name="head">The output.</param>
    /// <param name="teacher">The teacher's logits or numbers.</param>
    public HeadSignals WithTeacher(Head head, Tensor teacher) =>
        this with
        {
            Logits = teacher,
            Decision = head.IsNumeric ? null : DecisionOf(teacher, head.IsMultiLabel),
        };

    /// <summary>
    /// Whether logits decide anything: those of a row (of labels: of each label) are finite numbers. What is not decided is never right.
    /// </summary>
    public static Tensor IsDecided(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.isfinite() : logits.isfinite().all(-1);

    /// <summary>What logits decide: the most probable class or, for labels, whether each is more probable than not.</summary>
    public static Tensor DecisionOf(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.IsAbove(0) : logits.argmax(-1);

    /// <summary>What a function makes of each tensor that is there.</summary>
    public HeadSignals Map(Func<Tensor, Tensor> change) =>
        new(
            Logits is null ? null : change(Logits),
            Decision is null ? null : change(Decision),
            Labels is null ? null : change(Labels),
            Classes is null ? null : change(Classes),
            Known is null ? null : change(Known)
        );
}
