namespace Distillation.Keras.Objectives;

/// <summary>How a map's channels become one map of attention.</summary>
public enum AttentionMap
{
    /// <summary>sum over channels of |A|^p.</summary>
    Sum,

    /// <summary>The greatest |A|^p of the channels.</summary>
    Max,
}
