using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>What an objective gives, and what is said where it gives none.</summary>
internal static class ObjectiveAnswer
{
    /// <summary>Refuses what no loss can be made of.</summary>
    /// <param name="value">What was computed.</param>
    /// <param name="objective">Whose it is.</param>
    /// <exception cref="InvalidOperationException">It is no tensor of floating-point numbers.</exception>
    public static Tensor Checked(Tensor? value, DistillationObjective objective)
    {
        string? found =
            value is null ? "null"
            : value.IsInvalid ? "a tensor that is disposed"
            : value.is_floating_point() ? null
            : $"a tensor of type {value.dtype}";
        return found is null
            ? value!
            : throw new InvalidOperationException(
                $"An objective gives floating-point numbers, with a gradient, but {objective.GetType().Name} gave {found}."
            );
    }

    /// <summary>The answer to signals made by hand.</summary>
    /// <param name="objective">Who is asked.</param>
    /// <param name="signals">What it is to compute with.</param>
    /// <param name="compute">How it computes.</param>
    /// <exception cref="ArgumentException">The signals do not fit each other, or not the objective.</exception>
    /// <exception cref="InvalidOperationException">A signal is missing, or the answer is none.</exception>
    public static Tensor Of(DistillationObjective objective, ObjectiveSignals signals, Func<ObjectiveSignals, Tensor> compute)
    {
        signals.Check(objective);
        try
        {
            return Checked(compute(signals), objective);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"The objective '{objective.Name}' ({objective.GetType().Name})",
                $"Look at the shapes and types of the signals that it computes with: {signals}.",
                RunningCall.Name is null
            );
        }
    }
}
