namespace Distillation.Keras.Backend;

/// <summary>How the native TorchSharp library came into this process.</summary>
internal enum NativeLoadKind
{
    /// <summary>The resolver was not asked: the runtime's own load works, or nothing has been loaded yet.</summary>
    NotAsked,

    /// <summary>The library loads as it is, once the libraries that it needs are loaded.</summary>
    AsItIs,

    /// <summary>A corrected copy is loaded.</summary>
    Corrected,

    /// <summary>No load works.</summary>
    Failed,
}
