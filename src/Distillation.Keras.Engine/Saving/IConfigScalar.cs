using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>A value that Keras writes in a form of its own (an activation as its name, a learning rate as a number or a schedule).</summary>
internal interface IConfigScalar
{
    /// <summary>The value as Keras writes it.</summary>
    JsonNode? ToJson();
}
