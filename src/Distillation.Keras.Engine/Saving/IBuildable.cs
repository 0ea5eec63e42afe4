using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>An object that is made complete by data's shapes, which Keras writes beside its configuration.</summary>
internal interface IBuildable
{
    /// <summary>What Keras writes as <c>build_config</c>; <see langword="null"/> for nothing.</summary>
    JsonObject? BuildConfig { get; }
}
