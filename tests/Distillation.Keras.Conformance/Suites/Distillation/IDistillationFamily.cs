namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>How the cases of some objectives are run.</summary>
internal interface IDistillationFamily
{
    /// <summary>By the fixture's name of the objective.</summary>
    IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; }
}
