using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>
/// Operators, each a step of the model as in Keras: a number takes the type of the tensor where it is of its kind. Equality is
/// <see cref="Ops.Equal"/>, matrix products are <see cref="Ops.Matmul"/>, powers <see cref="Ops.Power"/>.
/// </content>
public sealed partial class KerasTensor
{
    /// <summary>A part: <c>x[.., ^1]</c> is Python's <c>x[:, -1]</c>.</summary>
    /// <param name="index">What is taken of each axis, from the first one on; of further axes all.</param>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    public KerasTensor this[params AxisIndex[] index] => Ops.GetItem(this, index);

    /// <summary>The sum, element by element.</summary>
    public static KerasTensor operator +(KerasTensor left, KerasTensor right) => Use("Add", NotNull(left), NotNull(right));

    /// <summary>The sum, element by element.</summary>
    public static KerasTensor operator +(KerasTensor left, double right) => Use("Add", NotNull(left), right);

    /// <summary>The sum, element by element.</summary>
    public static KerasTensor operator +(double left, KerasTensor right) => Use("Add", left, NotNull(right));

    /// <summary>The sum, element by element.</summary>
    public static KerasTensor operator +(KerasTensor left, int right) => Use("Add", NotNull(left), right);

    /// <summary>The sum, element by element.</summary>
    public static KerasTensor operator +(int left, KerasTensor right) => Use("Add", left, NotNull(right));

    /// <summary>The difference, element by element.</summary>
    public static KerasTensor operator -(KerasTensor left, KerasTensor right) => Use("Subtract", NotNull(left), NotNull(right));

    /// <summary>The difference, element by element.</summary>
    public static KerasTensor operator -(KerasTensor left, double right) => Use("Subtract", NotNull(left), right);

    /// <summary>The difference, element by element.</summary>
    public static KerasTensor operator -(double left, KerasTensor right) => Use("Subtract", left, NotNull(right));

    /// <summary>The difference, element by element.</summary>
    public static KerasTensor operator -(KerasTensor left, int right) => Use("Subtract", NotNull(left), right);

    /// <summary>The difference, element by element.</summary>
    public static KerasTensor operator -(int left, KerasTensor right) => Use("Subtract", left, NotNull(right));

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor left, KerasTensor right) => Use("Multiply", NotNull(left), NotNull(right));

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor left, double right) => Use("Multiply", NotNull(left), right);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(double left, KerasTensor right) => Use("Multiply", left, NotNull(right));

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(KerasTensor left, int right) => Use("Multiply", NotNull(left), right);

    /// <summary>The product, element by element.</summary>
    public static KerasTensor operator *(int left, KerasTensor right) => Use("Multiply", left, NotNull(right));

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor left, KerasTensor right) => Use("TrueDivide", NotNull(left), NotNull(right));

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor left, double right) => Use("TrueDivide", NotNull(left), right);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(double left, KerasTensor right) => Use("TrueDivide", left, NotNull(right));

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(KerasTensor left, int right) => Use("TrueDivide", NotNull(left), right);

    /// <summary>The quotient, element by element.</summary>
    public static KerasTensor operator /(int left, KerasTensor right) => Use("TrueDivide", left, NotNull(right));

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    public static KerasTensor operator %(KerasTensor left, KerasTensor right) => Use("Mod", NotNull(left), NotNull(right));

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    public static KerasTensor operator %(KerasTensor left, double right) => Use("Mod", NotNull(left), right);

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    public static KerasTensor operator %(double left, KerasTensor right) => Use("Mod", left, NotNull(right));

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    public static KerasTensor operator %(KerasTensor left, int right) => Use("Mod", NotNull(left), right);

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    public static KerasTensor operator %(int left, KerasTensor right) => Use("Mod", left, NotNull(right));

    /// <summary>Whether the first is greater, element by element.</summary>
    public static KerasTensor operator >(KerasTensor left, KerasTensor right) => Use("Greater", NotNull(left), NotNull(right));

    /// <summary>Whether the first is greater, element by element.</summary>
    public static KerasTensor operator >(KerasTensor left, double right) => Use("Greater", NotNull(left), right);

    /// <summary>Whether the first is greater, element by element.</summary>
    public static KerasTensor operator >(double left, KerasTensor right) => Use("Greater", left, NotNull(right));

    /// <summary>Whether the first is greater, element by element.</summary>
    public static KerasTensor operator >(KerasTensor left, int right) => Use("Greater", NotNull(left), right);

    /// <summary>Whether the first is greater, element by element.</summary>
    public static KerasTensor operator >(int left, KerasTensor right) => Use("Greater", left, NotNull(right));

    /// <summary>Whether the first is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(KerasTensor left, KerasTensor right) => Use("GreaterEqual", NotNull(left), NotNull(right));

    /// <summary>Whether the first is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(KerasTensor left, double right) => Use("GreaterEqual", NotNull(left), right);

    /// <summary>Whether the first is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(double left, KerasTensor right) => Use("GreaterEqual", left, NotNull(right));

    /// <summary>Whether the first is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(KerasTensor left, int right) => Use("GreaterEqual", NotNull(left), right);

    /// <summary>Whether the first is greater or equal, element by element.</summary>
    public static KerasTensor operator >=(int left, KerasTensor right) => Use("GreaterEqual", left, NotNull(right));

    /// <summary>Whether the first is less, element by element.</summary>
    public static KerasTensor operator <(KerasTensor left, KerasTensor right) => Use("Less", NotNull(left), NotNull(right));

    /// <summary>Whether the first is less, element by element.</summary>
    public static KerasTensor operator <(KerasTensor left, double right) => Use("Less", NotNull(left), right);

    /// <summary>Whether the first is less, element by element.</summary>
    public static KerasTensor operator <(double left, KerasTensor right) => Use("Less", left, NotNull(right));

    /// <summary>Whether the first is less, element by element.</summary>
    public static KerasTensor operator <(KerasTensor left, int right) => Use("Less", NotNull(left), right);

    /// <summary>Whether the first is less, element by element.</summary>
    public static KerasTensor operator <(int left, KerasTensor right) => Use("Less", left, NotNull(right));

    /// <summary>Whether the first is less or equal, element by element.</summary>
    public static KerasTensor operator <=(KerasTensor left, KerasTensor right) => Use("LessEqual", NotNull(left), NotNull(right));

    /// <summary>Whether the first is less or equal, element by element.</summary>
    public static KerasTensor operator <=(KerasTensor left, double right) => Use("LessEqual", NotNull(left), right);

    /// <summary>Whether the first is less or equal, element by element.</summary>
    public static KerasTensor operator <=(double left, KerasTensor right) => Use("LessEqual", left, NotNull(right));

    /// <summary>Whether the first is less or equal, element by element.</summary>
    public static KerasTensor operator <=(KerasTensor left, int right) => Use("LessEqual", NotNull(left), right);

    /// <summary>Whether the first is less or equal, element by element.</summary>
    public static KerasTensor operator <=(int left, KerasTensor right) => Use("LessEqual", left, NotNull(right));

    /// <summary>Whether both hold, element by element.</summary>
    public static KerasTensor operator &(KerasTensor left, KerasTensor right) => Use("LogicalAnd", NotNull(left), NotNull(right));

    /// <summary>Whether one holds, element by element.</summary>
    public static KerasTensor operator |(KerasTensor left, KerasTensor right) => Use("LogicalOr", NotNull(left), NotNull(right));

    /// <summary>The negative, element by element.</summary>
    public static KerasTensor operator -(KerasTensor x) => Use("Negative", NotNull(x));

    /// <summary>Whether it does not hold, element by element.</summary>
    public static KerasTensor operator !(KerasTensor x) => Use("LogicalNot", NotNull(x));

    /// <summary>The sum with numbers that do not change, element by element.</summary>
    public static KerasTensor operator +(KerasTensor left, Tensor right) => Use("Add", NotNull(left), Constant(right));

    /// <summary>The sum with numbers that do not change, element by element.</summary>
    public static KerasTensor operator +(Tensor left, KerasTensor right) => Use("Add", Constant(left), NotNull(right));

    /// <summary>The difference of numbers that do not change, element by element.</summary>
    public static KerasTensor operator -(KerasTensor left, Tensor right) => Use("Subtract", NotNull(left), Constant(right));

    /// <summary>The difference of numbers that do not change, element by element.</summary>
    public static KerasTensor operator -(Tensor left, KerasTensor right) => Use("Subtract", Constant(left), NotNull(right));

    /// <summary>The product with numbers that do not change, element by element.</summary>
    public static KerasTensor operator *(KerasTensor left, Tensor right) => Use("Multiply", NotNull(left), Constant(right));

    /// <summary>The product with numbers that do not change, element by element.</summary>
    public static KerasTensor operator *(Tensor left, KerasTensor right) => Use("Multiply", Constant(left), NotNull(right));

    /// <summary>The quotient of numbers that do not change, element by element.</summary>
    public static KerasTensor operator /(KerasTensor left, Tensor right) => Use("TrueDivide", NotNull(left), Constant(right));

    /// <summary>The quotient of numbers that do not change, element by element.</summary>
    public static KerasTensor operator /(Tensor left, KerasTensor right) => Use("TrueDivide", Constant(left), NotNull(right));

    private static Tensor Constant(
        Tensor tensor,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(tensor))] string name = ""
    ) => tensor ?? throw new ArgumentNullException(name);

    private static KerasTensor Use(string className, params object?[] args) => Operation.Apply("numpy", className, [], args)[0];

    private static KerasTensor NotNull(
        KerasTensor tensor,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(tensor))] string name = ""
    ) => tensor ?? throw new ArgumentNullException(name);
}
