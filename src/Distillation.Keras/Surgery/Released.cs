namespace Distillation.Keras;

/// <summary>Says by name which model's tensors are gone.</summary>
internal static class Released
{
    /// <summary>Refuses a model whose weights were released.</summary>
    /// <param name="model">The model, or <see langword="null"/>.</param>
    /// <param name="who">What it is here: "teacher", "student".</param>
    /// <exception cref="ObjectDisposedException">A weight was released.</exception>
    public static void Refuse(Model? model, string who)
    {
        if (model is { Built: true } && model.Weights.FirstOrDefault(w => w.IsReleased) is Variable gone)
        {
            throw new ObjectDisposedException(
                model.Name,
                $"The {who} '{model.Name}' was released: its weight {gone.Path} is gone. Make or load it again, and call Release when "
                    + "nothing uses it any more."
            );
        }
    }
}
