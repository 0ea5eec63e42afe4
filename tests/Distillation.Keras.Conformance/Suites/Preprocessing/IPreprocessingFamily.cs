using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>How the cases of some layers and functions are run. Every class that implements it is found and made.</summary>
internal interface IPreprocessingFamily
{
    /// <summary>
    /// By the name of a layer's class, such as <c>Rescaling</c>, for its cases (also of <c>random_layers</c>); or of a function, such as
    /// <c>utils.normalize</c> and <c>ops.image.resize</c>.
    /// </summary>
    IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; }

    /// <summary>Calls of <c>errors</c> by their text in the file.</summary>
    IReadOnlyDictionary<string, Func<JsonNode?>> Errors => new Dictionary<string, Func<JsonNode?>>();
}
