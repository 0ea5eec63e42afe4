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
    /// <summary>What teacher and labels say of an output.</summary>
    /// <param name="head">The output.</param>
    /// <param name="teacher">The teacher's logits, if any.</param>
    /// <param name="labels">The labels, if any.</param>
    public static HeadSignals Of(Head head, Tensor? teacher, Labels? labels) => new(
        teacher,
        teacher is null || head.IsNumeric ? null : DecisionOf(teacher, head.IsMultiLabel),
        labels?.Given,
        head.IsNumeric ? null : labels?.Classes,
        labels?.Known);

    /// <summary>Whether logits decide anything: those of a row (of labels: of each label) are finite numbers. What is not decided is never right.</summary>
    public static Tensor IsDecided(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.isfinite() : logits.isfinite().all(-1);

    /// <summary>What logits decide: the most probable class or, for labels, whether each is more probable than not.</summary>
    public static Tensor DecisionOf(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.IsAbove(0) : logits.argmax(-1);

    /// <summary>The same with each tensor changed in the same way: to some of its rows, or to another device.</summary>
    public HeadSignals Each(Func<Tensor, Tensor> change)
    {
        return new HeadSignals(Any(Logits), Any(Decision), Any(Labels), Any(Classes), Any(Known));

        Tensor? Any(Tensor? tensor) => tensor is null ? null : change(tensor);
    }
}
