using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// Remembers of which logits a probability tensor was made, so that a crossentropy can use their stable form: TensorFlow-backed Keras does
/// so for a prediction that comes directly from a softmax or sigmoid (no clipping at 1e-7, and a gradient that does not vanish).
/// </summary>
/// <remarks>Source: <c>keras/src/backend/tensorflow/nn.py</c>, <c>_get_logits</c>. Weak on both sides: nothing is kept alive.</remarks>
internal static class Logits
{
    private static readonly ConditionalWeakTable<Tensor, Entry> Table = new();

    /// <summary>Says that <paramref name="probabilities"/> is softmax or sigmoid of <paramref name="logits"/>.</summary>
    public static void Remember(Tensor probabilities, Tensor logits, LogitsKind kind, int axis = -1) =>
        Table.AddOrUpdate(probabilities, new Entry(new WeakReference<Tensor>(logits), kind, axis));

    /// <summary>The logits of probabilities that came directly out of that function along that axis, if they are still there.</summary>
    /// <param name="probabilities">A prediction.</param>
    /// <param name="kind">softmax or sigmoid.</param>
    /// <param name="axis">The axis of the classes (not used for sigmoid).</param>
    public static Tensor? Of(Tensor probabilities, LogitsKind kind, int axis = -1)
    {
        if (
            !Table.TryGetValue(probabilities, out Entry? entry)
            || entry.Kind != kind
            || !entry.Logits.TryGetTarget(out Tensor? logits)
            || logits.IsInvalid
        )
        {
            return null;
        }

        long rank = logits.dim();
        return kind == LogitsKind.Sigmoid || Wrap(axis, rank) == Wrap(entry.Axis, rank) ? logits : null;
    }

    /// <summary>Whether <paramref name="logits"/> are the remembered logits of <paramref name="probabilities"/>.</summary>
    public static bool IsOf(Tensor probabilities, Tensor logits) =>
        Table.TryGetValue(probabilities, out Entry? entry)
        && entry.Logits.TryGetTarget(out Tensor? known)
        && ReferenceEquals(known, logits);

    private static long Wrap(int axis, long rank) => axis < 0 ? axis + rank : axis;

    private sealed record Entry(WeakReference<Tensor> Logits, LogitsKind Kind, int Axis);
}
