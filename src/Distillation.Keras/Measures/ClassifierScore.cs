namespace Distillation.Keras.Measures;

/// <summary>How good a classifier is on labelled data, and how big.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Parameters">The number of scalars in its weights; <see langword="null"/> where a teacher does not tell.</param>
/// <param name="Accuracy">
/// The share of samples (tokens) whose most probable class is the label's, or of labels that are right: 0 to 1.
/// </param>
/// <param name="Errors">The number of those where it is not so.</param>
/// <param name="Loss">The mean crossentropy of the labels, in nats.</param>
public sealed record ClassifierScore(string Name, long? Parameters, double Accuracy, int Errors, double Loss)
{
    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant(
            $"{nameof(ClassifierScore)} {{ Name = {Name}, Parameters = {Parameters}, Accuracy = {Accuracy}, Errors = {Errors}, "
                + $"Loss = {Loss} }}"
        );
}
