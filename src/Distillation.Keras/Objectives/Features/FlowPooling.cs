namespace Distillation.Keras.Objectives;

/// <summary>How the larger of two maps of a flow comes to the smaller one's height and width.</summary>
public enum FlowPooling
{
    /// <summary>The largest value of each window: the paper's.</summary>
    Max,

    /// <summary>The mean of each window.</summary>
    Average,
}
