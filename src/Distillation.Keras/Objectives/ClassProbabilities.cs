using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>What rows of class probabilities are, also one-hot ones.</summary>
internal static class ClassProbabilities
{
    /// <summary>By how much a row may miss 1, as its numbers may have been rounded.</summary>
    public const double Tolerance = 1e-3;

    /// <summary>Whether each row is not negative and sums to 1: booleans of the rows' shape without its last axis.</summary>
    public static Tensor AreRows(Tensor rows) => rows.sum(-1).Minus(1).abs().IsAtMost(Tolerance).logical_and(rows.IsAtLeast(0).all(-1));
}
