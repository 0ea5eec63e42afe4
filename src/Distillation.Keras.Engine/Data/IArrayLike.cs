namespace Distillation.Keras;

/// <summary>
/// What converts to <see cref="ArrayLike"/> where its type is known only when the program runs, as in a tuple that F# gives.
/// </summary>
public interface IArrayLike
{
    /// <summary>The object as data.</summary>
    ArrayLike ToArrayLike();
}
