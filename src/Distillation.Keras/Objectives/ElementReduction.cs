namespace Distillation.Keras.Objectives;

/// <summary>How the values of a sample's elements become one. Samples are averaged in any case.</summary>
public enum ElementReduction
{
    /// <summary>Their mean: independent of the size of the feature.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Half of their sum.</summary>
    HalfSum,
}
