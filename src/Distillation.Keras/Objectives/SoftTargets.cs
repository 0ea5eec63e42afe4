using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Hinton's soft targets on logits.</summary>
/// <remarks>
/// Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, arXiv 1503.02531, section 2. Computed in log space: finite, value
/// and gradient, for logits of any size that float32 holds. Thread-safe.
/// </remarks>
public static class SoftTargets
{
    /// <summary>T² · CE(softmax(v / T), softmax(z / T)), one value a row.</summary>
    /// <param name="studentLogits">z, (batch, classes).</param>
    /// <param name="teacherLogits">v, (batch, classes); no gradient flows into it.</param>
    /// <param name="temperature">T, positive. The factor T² keeps the gradient's size independent of T.</param>
    /// <returns>(batch,), with a gradient for <paramref name="studentLogits"/>. The caller owns it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor CrossEntropy(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        Temperatures.Check(temperature, nameof(temperature));
        ArgumentNullException.ThrowIfNull(studentLogits);
        ArgumentNullException.ThrowIfNull(teacherLogits);
        if (studentLogits.dim() == 0 || !studentLogits.shape.AsSpan().SequenceEqual(teacherLogits.shape))
        {
            throw new ArgumentException(
                $"Student and teacher give logits of the same samples and classes, but the student's shape is {Shape.FromSizes(studentLogits.shape)} and the teacher's {Shape.FromSizes(teacherLogits.shape)}.", nameof(teacherLogits));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor p = nn.functional.softmax(teacherLogits.detach() / temperature, -1);
        Tensor logQ = nn.functional.log_softmax(studentLogits / temperature, -1);
        return ((p * logQ).sum(-1) * (-temperature * temperature)).MoveToOuterDisposeScope();
    }
}
