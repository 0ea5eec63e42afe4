namespace Distillation.Keras.Saving;

/// <summary>
/// An object that is known by its name: a configuration and a copy keep it, also where the constructor of a class of one's own does not
/// take one.
/// </summary>
internal interface INamed
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Gives it another name.</summary>
    void Rename(string name);
}
