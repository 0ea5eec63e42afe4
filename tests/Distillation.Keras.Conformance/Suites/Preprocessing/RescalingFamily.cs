namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>Rescaling.</summary>
internal sealed class RescalingFamily : IPreprocessingFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>> { ["Rescaling"] = one => one.RunLayer() };
}
