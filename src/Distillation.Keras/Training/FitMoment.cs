namespace Distillation.Keras.Training;

/// <summary>Where in a fit a step is, and what holds for the whole fit.</summary>
/// <param name="Epoch">How many epochs have passed; within an epoch a fraction.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="ClassWeightsOnLabelsOnly">Whether class weights weigh the loss on the labels alone.</param>
internal sealed record FitMoment(double Epoch, double Epochs, bool ClassWeightsOnLabelsOnly);
