namespace Distillation.Keras.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseState
{
    /// <summary>Everything agrees.</summary>
    Passed,

    /// <summary>Something differs, or went wrong.</summary>
    Failed,

    /// <summary>The library does not have the class, function or file.</summary>
    Unsupported,

    /// <summary>It differs on purpose, and the list of known differences says why.</summary>
    Known,
}
