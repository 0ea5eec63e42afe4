using System.Text.Json.Serialization;
using Distillation.Keras.Measures;

namespace Methods;

/// <summary>What one fit of one method gave.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Seed">The seed of initial weights, shuffling and adapters.</param>
/// <param name="Accuracy">The share of the test images that the student gets right.</param>
/// <param name="Agreement">The share on which it agrees with the teacher.</param>
/// <param name="StepMilliseconds">The median time of a step.</param>
/// <param name="PlainMilliseconds">That of plain training, measured in turn with it.</param>
public sealed record Trial(
    [property: JsonRequired] string Method,
    [property: JsonRequired] int Seed,
    [property: JsonRequired] double Accuracy,
    [property: JsonRequired] double Agreement,
    [property: JsonRequired] double StepMilliseconds,
    [property: JsonRequired] double PlainMilliseconds
)
{
    /// <summary>Whether it is what a fit gives: a file may hold anything.</summary>
    [JsonIgnore]
    public bool IsComplete =>
        !string.IsNullOrEmpty(Method)
        && Seed > 0
        && Accuracy is >= 0 and <= 1
        && Agreement is >= 0 and <= 1
        && StepMilliseconds > 0
        && double.IsFinite(StepMilliseconds)
        && PlainMilliseconds > 0
        && double.IsFinite(PlainMilliseconds);

    /// <summary>A step's time as a multiple of plain training's.</summary>
    [JsonIgnore]
    public double StepRatio => StepMilliseconds / PlainMilliseconds;
}
