namespace Distillation.Keras.Losses;

/// <summary>How targets say which class is right.</summary>
internal enum TargetForm
{
    /// <summary>0 or 1 for one output.</summary>
    Binary,

    /// <summary>The number of the class.</summary>
    Sparse,

    /// <summary>A probability of each class, such as one-hot rows.</summary>
    Categorical,
}
