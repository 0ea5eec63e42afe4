namespace Distillation.Keras.Conformance.Suites;

/// <summary>One attempted call, which Keras accepts or refuses.</summary>
internal static class Refusal
{
    /// <summary>Makes the call. A refused one must be refused here too, by an exception that is not an accident.</summary>
    /// <returns>The call's value if Keras accepts it too, else null.</returns>
    public static T? Check<T>(Check check, bool refused, Func<T> call)
        where T : class
    {
        T value;
        try
        {
            value = call();
        }
        catch (Exception e) when (e is not (UnsupportedException or FixtureException or OutOfMemoryException))
        {
            bool accident =
                e is NullReferenceException or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException
                || string.IsNullOrWhiteSpace(e.Message);
            check.Equal("call", accident ? $"broke with {e.GetType().Name}: {e.Message}" : "refused", refused ? "refused" : "accepted");
            return null;
        }

        check.Equal("call", "accepted", refused ? "refused" : "accepted");
        return refused ? null : value;
    }
}
