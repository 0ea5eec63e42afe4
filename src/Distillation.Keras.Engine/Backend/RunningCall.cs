namespace Distillation.Keras.Backend;

/// <summary>
/// The call of the user's that is under way on this thread, in words: <c>Fit of 'student'</c>. What fails within says so.
/// </summary>
internal readonly struct RunningCall : IDisposable
{
    [ThreadStatic]
    private static string? _name;

    private readonly string? _before;

    /// <summary>Begins the call; disposing it goes back to the one around it.</summary>
    public RunningCall(string name)
    {
        _before = _name;
        _name = name;
    }

    /// <summary>Its name; <see langword="null"/> outside of any.</summary>
    public static string? Name => _name;

    /// <inheritdoc/>
    public void Dispose() => _name = _before;
}
