namespace Distillation.Keras.Backend;

/// <summary>Where the corrected copy that was loaded came from.</summary>
internal enum CorrectedCopyOrigin
{
    /// <summary>It lay in the cache, whole and with the expected content.</summary>
    Reused,

    /// <summary>It was not there and has been written into the cache.</summary>
    Written,

    /// <summary>A file with other content lay in its place and has been replaced.</summary>
    Replaced,

    /// <summary>The cache cannot be written: it was written into a temporary folder of its own.</summary>
    Temporary,
}
