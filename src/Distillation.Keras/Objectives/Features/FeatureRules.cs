namespace Distillation.Keras.Objectives;

/// <summary>What an objective asks of the shapes of a pair of features, behind the adapter.</summary>
[Flags]
internal enum FeatureRules
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Both are maps, (batch, height, width, channels).</summary>
    Maps = 1,

    /// <summary>All axes but the batch and the channels agree: height and width.</summary>
    Sizes = 2,

    /// <summary>The channels, the last axis, agree.</summary>
    Channels = 4,

    /// <summary>Both have the same shape.</summary>
    Equal = Sizes | Channels,
}
