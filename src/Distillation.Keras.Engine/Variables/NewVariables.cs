namespace Distillation.Keras;

/// <summary>
/// Knows which variables a thread makes, so that those of something that is not finished are not left to the garbage collector.
/// </summary>
internal static class NewVariables
{
    [ThreadStatic]
    private static Scope? _current;

    /// <summary>Makes something with variables. Where that fails, those that were made are released.</summary>
    public static T OrNone<T>(Func<T> make)
    {
        using var scope = new Scope(_current);
        _current = scope;
        try
        {
            return make();
        }
        catch
        {
            scope.Made.ForEach(v => v.Release());
            throw;
        }
    }

    /// <summary>Notes that a variable was made.</summary>
    public static void Note(Variable variable)
    {
        for (Scope? scope = _current; scope is not null; scope = scope.Outer)
        {
            scope.Made.Add(variable);
        }
    }

    private sealed class Scope(Scope? outer) : IDisposable
    {
        public Scope? Outer => outer;

        public List<Variable> Made { get; } = [];

        public void Dispose() => _current = outer;
    }
}
