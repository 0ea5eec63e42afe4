namespace Distillation.Keras.Objectives;

/// <summary>Over which pairs and triples of samples relational distillation averages.</summary>
public enum RelationalTuples
{
    /// <summary>Those of different samples, as in the paper's formula: b (b - 1) pairs and b (b - 1) (b - 2) triples.</summary>
    Distinct,

    /// <summary>
    /// All b² pairs and b³ triples, as in the authors' and most other code: those with a sample twice count as 0 and make the mean smaller.
    /// </summary>
    All,
}
