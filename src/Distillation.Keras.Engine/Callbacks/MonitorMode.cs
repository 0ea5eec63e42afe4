namespace Distillation.Keras.Callbacks;

/// <summary>What a monitored value should become.</summary>
internal enum MonitorMode
{
    /// <summary>The value's name decides.</summary>
    Auto,

    /// <summary>Small.</summary>
    Min,

    /// <summary>Big.</summary>
    Max,
}
