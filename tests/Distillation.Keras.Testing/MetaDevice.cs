namespace Distillation.Keras.Testing;

/// <summary>libtorch's "meta" device, whose tensors have shapes and no values.</summary>
public static class MetaDevice
{
    /// <summary>The operation at which something stopped that "meta" does not have.</summary>
    /// <param name="e">What was thrown.</param>
    /// <returns>Its name in libtorch, or <see langword="null"/> where that is not the reason.</returns>
    public static string? StoppedAt(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            int end = e.Message.IndexOf(": attempted to run this operator with Meta tensors", StringComparison.Ordinal);
            string? found =
                end >= 0 ? e.Message[..end].Split("aten::")[^1]
                : e.Message.Contains("convolution_overrideable", StringComparison.Ordinal) ? "convolution"
                : e.Message.Contains("Cannot copy out of meta tensor", StringComparison.Ordinal) ? "a look at a value"
                : null;
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }
}
