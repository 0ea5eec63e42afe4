using Distillation.Keras.Losses;

namespace Distillation.Keras.Training;

/// <summary>What the total loss is made of.</summary>
/// <param name="Temperature">T.</param>
/// <param name="HardWeight">The weight of the loss on the labels.</param>
/// <param name="SoftWeight">The weight of the loss on the teacher's softened probabilities.</param>
/// <param name="HardLoss">The loss on the labels; <see langword="null"/>: categorical crossentropy from logits.</param>
internal sealed record DistillationTerms(double Temperature, double HardWeight, double SoftWeight, Loss? HardLoss);
