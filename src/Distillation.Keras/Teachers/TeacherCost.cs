namespace Distillation.Keras.Teachers;

/// <summary>What a teacher takes; each number is <see langword="null"/> where it is not known.</summary>
/// <param name="Parameters">How many scalars its weights have.</param>
/// <param name="MultiplyAdds">How many multiplications with an addition one sample takes.</param>
/// <param name="Bytes">How much memory its weights, or what was stored of it, take.</param>
public sealed record TeacherCost(long? Parameters = null, long? MultiplyAdds = null, long? Bytes = null)
{
    /// <summary>Nothing is known.</summary>
    public static TeacherCost Unknown { get; } = new();

    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() => Invariant($"{nameof(TeacherCost)} {{ Parameters = {Parameters}, MultiplyAdds = {MultiplyAdds}, Bytes = {Bytes} }}");
}
