namespace Distillation.Keras.Saving;

/// <summary>
/// An object with a flag that says whether training changes it: a configuration and a copy keep it, also where the constructor of a class
/// of one's own does not take one.
/// </summary>
internal interface ITrainable
{
    /// <summary>The flag.</summary>
    bool Trainable { get; }

    /// <summary>Gives an object that was just made the flag that it had.</summary>
    void RestoreTrainable(bool trainable);
}
