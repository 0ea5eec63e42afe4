using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>What a function of <see cref="Ops"/> takes: a tensor of a model, a number, or numbers with a shape.</summary>
/// <remarks>
/// A tensor, an <see cref="Input"/>, a number, a truth value and a TorchSharp tensor convert. The latter is a constant: the model keeps a
/// copy of its numbers. A number takes the type of a tensor of its kind, as in Keras. Immutable.
/// </remarks>
public readonly struct Operand : IEquatable<Operand>
{
    private Operand(object value) => Value = value;

    internal object? Value { get; }

    /// <inheritdoc/>
    public bool Equals(Operand other) => Equals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Operand other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value?.GetHashCode() ?? 0;

    /// <summary>Whether two are the same tensor or number.</summary>
    public static bool operator ==(Operand left, Operand right) => left.Equals(right);

    /// <summary>Whether two are not the same tensor or number.</summary>
    public static bool operator !=(Operand left, Operand right) => !left.Equals(right);

    /// <summary>A tensor of a model.</summary>
    public static implicit operator Operand(KerasTensor tensor) => new(tensor ?? throw new ArgumentNullException(nameof(tensor)));

    /// <summary>An input of a model.</summary>
    public static implicit operator Operand(Input input) => new(input ?? throw new ArgumentNullException(nameof(input)));

    /// <summary>A number.</summary>
    public static implicit operator Operand(double number) => new(number);

    /// <summary>A whole number.</summary>
    public static implicit operator Operand(int number) => new(number);

    /// <summary>A truth value.</summary>
    public static implicit operator Operand(bool flag) => new(flag);

    /// <summary>Numbers that do not change, of which the model keeps a copy.</summary>
    public static implicit operator Operand(Tensor constant) =>
        new(ConstantArray.Write(constant ?? throw new ArgumentNullException(nameof(constant))));
}
