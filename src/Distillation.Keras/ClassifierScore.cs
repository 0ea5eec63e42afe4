namespace Distillation.Keras;

/// <summary>How good a classifier is on labelled data, and how big.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Parameters">The number of scalars in its weights.</param>
/// <param name="Accuracy">The share of samples whose most probable class is the label's: 0 to 1.</param>
/// <param name="Errors">The number of samples where it is not.</param>
/// <param name="Loss">The mean crossentropy of the labels, in nats.</param>
public sealed record ClassifierScore(string Name, long Parameters, double Accuracy, int Errors, double Loss);
