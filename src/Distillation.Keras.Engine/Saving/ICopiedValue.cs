namespace Distillation.Keras.Saving;

/// <summary>A value of a configuration that an object and its copy do not share.</summary>
internal interface ICopiedValue
{
    /// <summary>The value for a copy of the object that has it.</summary>
    object Copy();
}
