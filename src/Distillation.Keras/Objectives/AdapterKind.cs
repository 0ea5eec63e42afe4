namespace Distillation.Keras.Objectives;

/// <summary>What an adapter does.</summary>
internal enum AdapterKind
{
    /// <summary>Takes the feature as it is: the shapes must be equal.</summary>
    None,

    /// <summary>Averages the larger map to the smaller one's height and width.</summary>
    Pooling,

    /// <summary>Brings the student's feature to the teacher's shape.</summary>
    Projection,
}
