using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <content>Of two tensors, and along axes.</content>
public static partial class Ops
{
    /// <summary>The sum, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Add(Operand x1, Operand x2) => Numpy("Add", x1, x2);

    /// <summary>The difference, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Subtract(Operand x1, Operand x2) => Numpy("Subtract", x1, x2);

    /// <summary>The product, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Multiply(Operand x1, Operand x2) => Numpy("Multiply", x1, x2);

    /// <summary>The quotient; of whole numbers float32, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Divide(Operand x1, Operand x2) => Numpy("Divide", x1, x2);

    /// <summary>The quotient; of whole numbers float32, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor TrueDivide(Operand x1, Operand x2) => Numpy("TrueDivide", x1, x2);

    /// <summary>The quotient, rounded down, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor FloorDivide(Operand x1, Operand x2) => Numpy("FloorDivide", x1, x2);

    /// <summary>The remainder, of the sign of the divisor, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Mod(Operand x1, Operand x2) => Numpy("Mod", x1, x2);

    /// <summary>x1 to the power of x2, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Power(Operand x1, Operand x2) => Numpy("Power", x1, x2);

    /// <summary>The greater one, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Maximum(Operand x1, Operand x2) => Numpy("Maximum", x1, x2);

    /// <summary>The lesser one, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Minimum(Operand x1, Operand x2) => Numpy("Minimum", x1, x2);

    /// <summary>Whether both are equal, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Equal(Operand x1, Operand x2) => Numpy("Equal", x1, x2);

    /// <summary>Whether both differ, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor NotEqual(Operand x1, Operand x2) => Numpy("NotEqual", x1, x2);

    /// <summary>Whether x1 is greater, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Greater(Operand x1, Operand x2) => Numpy("Greater", x1, x2);

    /// <summary>Whether x1 is greater or equal, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor GreaterEqual(Operand x1, Operand x2) => Numpy("GreaterEqual", x1, x2);

    /// <summary>Whether x1 is less, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Less(Operand x1, Operand x2) => Numpy("Less", x1, x2);

    /// <summary>Whether x1 is less or equal, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor LessEqual(Operand x1, Operand x2) => Numpy("LessEqual", x1, x2);

    /// <summary>Whether both hold, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor LogicalAnd(Operand x1, Operand x2) => Numpy("LogicalAnd", x1, x2);

    /// <summary>Whether one of them holds, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor LogicalOr(Operand x1, Operand x2) => Numpy("LogicalOr", x1, x2);

    /// <summary>Whether exactly one of them holds, element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor LogicalXor(Operand x1, Operand x2) => Numpy("LogicalXor", x1, x2);

    /// <summary>The angle of the point (x2, x1), element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Arctan2(Operand x1, Operand x2) => Numpy("Arctan2", x1, x2);

    /// <summary>log(exp(x1) + exp(x2)), element by element.</summary>
    /// <param name="x1">A tensor of the model or a number; one of both is a tensor.</param>
    /// <param name="x2">A tensor of the model or a number, whose shape broadcasts against that of <paramref name="x1"/>.</param>
    public static KerasTensor Logaddexp(Operand x1, Operand x2) => Numpy("Logaddexp", x1, x2);

    /// <summary>The sum along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Sum(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Sum", Along(axis, keepdims), NotNull(x));

    /// <summary>The mean along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Mean(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Mean", Along(axis, keepdims), NotNull(x));

    /// <summary>The variance (divided by the number of values) along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Var(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Var", Along(axis, keepdims), NotNull(x));

    /// <summary>The standard deviation along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Std(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Std", Along(axis, keepdims), NotNull(x));

    /// <summary>The greatest value along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Amax(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Amax", Along(axis, keepdims), NotNull(x));

    /// <summary>The least value along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Amin(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Amin", Along(axis, keepdims), NotNull(x));

    /// <summary>Whether one value holds along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Any(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "Any", Along(axis, keepdims), NotNull(x));

    /// <summary>Whether all values hold along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor All(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("numpy", "All", Along(axis, keepdims), NotNull(x));

    /// <summary>The logarithm of the sum of exp(x) along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    public static KerasTensor Logsumexp(KerasTensor x, Axes? axis = null, bool keepdims = false) =>
        Use("math", "Logsumexp", Along(axis, keepdims), NotNull(x));

    /// <summary>The greatest value along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    /// <param name="initial">A value that takes part in each comparison.</param>
    public static KerasTensor Max(KerasTensor x, Axes? axis = null, bool keepdims = false, double? initial = null)
    {
        JsonObject options = Along(axis, keepdims);
        options["initial"] = initial is double value ? ConfigWriter.Real(value) : null;
        return Use("numpy", "Max", options, NotNull(x));
    }

    /// <summary>The least value along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several, negative ones from the end; all by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1.</param>
    /// <param name="initial">A value that takes part in each comparison.</param>
    public static KerasTensor Min(KerasTensor x, Axes? axis = null, bool keepdims = false, double? initial = null)
    {
        JsonObject options = Along(axis, keepdims);
        options["initial"] = initial is double value ? ConfigWriter.Real(value) : null;
        return Use("numpy", "Min", options, NotNull(x));
    }

    /// <summary>The place of the greatest value, int32.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axis, negative ones from the end; by default the place among all values.</param>
    /// <param name="keepdims">Whether the axis stays, with size 1.</param>
    public static KerasTensor Argmax(KerasTensor x, int? axis = null, bool keepdims = false) =>
        Use("numpy", "Argmax", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, NotNull(x));

    /// <summary>The place of the least value, int32.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axis, negative ones from the end; by default the place among all values.</param>
    /// <param name="keepdims">Whether the axis stays, with size 1.</param>
    public static KerasTensor Argmin(KerasTensor x, int? axis = null, bool keepdims = false) =>
        Use("numpy", "Argmin", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, NotNull(x));

    private static JsonObject Along(Axes? axis, bool keepdims) => new() { ["axis"] = Axes.OrNull(axis), ["keepdims"] = keepdims };
}
