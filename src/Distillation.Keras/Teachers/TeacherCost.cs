namespace Distillation.Keras.Teachers;

/// <summary>What a teacher takes; each number is <see langword="null"/> where it is not known.</summary>
/// <param name="Parameters">How many scalars its weights have.</param>
/// <param name="MultiplyAdds">How many multiplications with an addition one sample takes.</param>
/// <param name="Bytes">How many bytes its weights, or what was stored of it, take.</param>
/// <remarks>Immutable.</remarks>
/// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
public sealed record TeacherCost(long? Parameters = null, long? MultiplyAdds = null, long? Bytes = null)
{
    /// <summary>How many scalars its weights have, or <see langword="null"/>.</summary>
    public long? Parameters { get; } = NotNegative(Parameters, nameof(Parameters));

    /// <summary>How many multiplications with an addition one sample takes, or <see langword="null"/>.</summary>
    public long? MultiplyAdds { get; } = NotNegative(MultiplyAdds, nameof(MultiplyAdds));

    /// <summary>How many bytes its weights, or what was stored of it, take, or <see langword="null"/>.</summary>
    public long? Bytes { get; } = NotNegative(Bytes, nameof(Bytes));

    /// <summary>Nothing is known.</summary>
    public static TeacherCost Unknown { get; } = new();

    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant($"{nameof(TeacherCost)} {{ Parameters = {Parameters}, MultiplyAdds = {MultiplyAdds}, Bytes = {Bytes} }}");

    private static long? NotNegative(long? value, string name) =>
        value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} is a number that is not negative, or null where it is not known."
            );
}
