namespace Distillation.Keras.Objectives;

/// <summary>What a sum of squares is divided by.</summary>
public enum StandardDeviation
{
    /// <summary>The number of values less 1, as in the usual code.</summary>
    Sample,

    /// <summary>The number of values.</summary>
    Population,
}
