namespace Distillation.Keras.Teachers;

/// <summary>Says by name what of a teacher is gone.</summary>
internal static class ReleasedTeacher
{
    /// <summary>Refuses a teacher of which something was released.</summary>
    /// <exception cref="ObjectDisposedException">Something was.</exception>
    public static void Refuse(Teacher? teacher)
    {
        if (teacher is { IsReleased: true })
        {
            string what = teacher.Weights.FirstOrDefault(w => w.IsReleased) is Variable gone
                ? $"its weight {gone.Path} is gone"
                : "what it knows is gone";
            throw new ObjectDisposedException(
                teacher.Name,
                $"The teacher '{teacher.Name}' was released: {what}. Make or load it again, and call Release when nothing uses it any more."
            );
        }
    }
}
