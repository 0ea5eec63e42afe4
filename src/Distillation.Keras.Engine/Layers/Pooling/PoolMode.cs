namespace Distillation.Keras.Layers;

/// <summary>What is made of the values in a window.</summary>
internal enum PoolMode
{
    /// <summary>The largest.</summary>
    Max,

    /// <summary>Their mean.</summary>
    Average,
}
