namespace Distillation.Keras.Callbacks;

/// <summary>What a fit or an evaluation was asked for; Keras' <c>params</c>.</summary>
/// <param name="Epochs">The number of the last epoch.</param>
/// <param name="Steps">The number of steps in an epoch, or <see langword="null"/> where it is not known.</param>
/// <param name="Verbose">0: silent, 1: a progress line, 2: a line an epoch.</param>
/// <param name="ValidationFreq">After how many epochs there is a validation, if there are data for it.</param>
public sealed record FitParameters(int Epochs, int? Steps, int Verbose, int ValidationFreq = 1)
{
    /// <summary>Whether there are data for a validation.</summary>
    public bool HasValidation { get; init; }

    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant(
            $"{nameof(FitParameters)} {{ Epochs = {Epochs}, Steps = {Steps}, Verbose = {Verbose}, ValidationFreq = {ValidationFreq}, "
                + $"HasValidation = {HasValidation} }}"
        );
}
