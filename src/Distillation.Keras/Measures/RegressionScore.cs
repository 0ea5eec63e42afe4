namespace Distillation.Keras.Measures;

/// <summary>How good a regression is on data with targets, and how big.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Parameters">The number of scalars in its weights; <see langword="null"/> where a teacher does not tell.</param>
/// <param name="Loss">The mean of the loss over the samples (tokens).</param>
/// <param name="MeanAbsoluteError">The mean of |y - z| over all numbers.</param>
/// <param name="RootMeanSquaredError">The root of the mean of (y - z)² over all numbers.</param>
public sealed record RegressionScore(string Name, long? Parameters, double Loss, double MeanAbsoluteError, double RootMeanSquaredError)
{
    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant(
            $"{nameof(RegressionScore)} {{ Name = {Name}, Parameters = {Parameters}, Loss = {Loss}, MeanAbsoluteError = "
                + $"{MeanAbsoluteError}, RootMeanSquaredError = {RootMeanSquaredError} }}"
        );
}
