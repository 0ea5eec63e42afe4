namespace Distillation.Keras;

/// <summary>A class that converts to <see cref="ArrayLike"/> although the engine does not know it.</summary>
internal interface IArrayLike
{
    /// <summary>The object as data.</summary>
    ArrayLike ToArrayLike();
}
