namespace Methods;

/// <summary>What one fit of one method gave.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Seed">The seed of initial weights, shuffling and adapters.</param>
/// <param name="Accuracy">The share of the test images that the student gets right.</param>
/// <param name="Agreement">The share on which it agrees with the teacher.</param>
/// <param name="StepRatio">Seconds a step, divided by those of plain training in turn with it.</param>
public sealed record Trial(string Method, int Seed, double Accuracy, double Agreement, double StepRatio);
