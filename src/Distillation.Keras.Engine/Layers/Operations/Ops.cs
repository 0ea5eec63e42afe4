using System.Text.Json.Nodes;
using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>Keras' <c>keras.ops</c> on tensors of a model: each call is a step of the model, saved and read as Keras does it.</summary>
/// <remarks>
/// Types follow Keras: a number of C# takes the type of a tensor of its kind, and whole numbers become float32 where a fraction comes out.
/// Shapes have the batch axis first. What is computed on tensors of TorchSharp has its functions there and in <see cref="Activations"/>.
/// Every function throws an <see cref="ArgumentException"/> where shapes or arguments do not fit; the message gives the rule. Source:
/// <c>keras/src/ops</c>.
/// </remarks>
public static partial class Ops
{
    /// <summary>The negative, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Negative(KerasTensor x) => Numpy("Negative", NotNull(x));

    /// <summary>The absolute value, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Absolute(KerasTensor x) => Numpy("Absolute", NotNull(x));

    /// <summary>The square, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Square(KerasTensor x) => Numpy("Square", NotNull(x));

    /// <summary>-1, 0 or 1, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Sign(KerasTensor x) => Numpy("Sign", NotNull(x));

    /// <summary>The next whole number below, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Floor(KerasTensor x) => Numpy("Floor", NotNull(x));

    /// <summary>The next whole number above, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Ceil(KerasTensor x) => Numpy("Ceil", NotNull(x));

    /// <summary>e to the power of x, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Exp(KerasTensor x) => Numpy("Exp", NotNull(x));

    /// <summary>e to the power of x, less 1, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Expm1(KerasTensor x) => Numpy("Expm1", NotNull(x));

    /// <summary>The natural logarithm, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Log(KerasTensor x) => Numpy("Log", NotNull(x));

    /// <summary>The natural logarithm of 1 + x, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Log1p(KerasTensor x) => Numpy("Log1p", NotNull(x));

    /// <summary>The logarithm to the base 2, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Log2(KerasTensor x) => Numpy("Log2", NotNull(x));

    /// <summary>The logarithm to the base 10, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Log10(KerasTensor x) => Numpy("Log10", NotNull(x));

    /// <summary>The square root, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Sqrt(KerasTensor x) => Numpy("Sqrt", NotNull(x));

    /// <summary>1 divided by x, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Reciprocal(KerasTensor x) => Numpy("Reciprocal", NotNull(x));

    /// <summary>The sine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Sin(KerasTensor x) => Numpy("Sin", NotNull(x));

    /// <summary>The cosine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Cos(KerasTensor x) => Numpy("Cos", NotNull(x));

    /// <summary>The tangent, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Tan(KerasTensor x) => Numpy("Tan", NotNull(x));

    /// <summary>The hyperbolic sine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Sinh(KerasTensor x) => Numpy("Sinh", NotNull(x));

    /// <summary>The hyperbolic cosine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Cosh(KerasTensor x) => Numpy("Cosh", NotNull(x));

    /// <summary>The hyperbolic tangent, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Tanh(KerasTensor x) => Numpy("Tanh", NotNull(x));

    /// <summary>The inverse of the sine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Arcsin(KerasTensor x) => Numpy("Arcsin", NotNull(x));

    /// <summary>The inverse of the cosine, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Arccos(KerasTensor x) => Numpy("Arccos", NotNull(x));

    /// <summary>The inverse of the tangent, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Arctan(KerasTensor x) => Numpy("Arctan", NotNull(x));

    /// <summary>Whether it does not hold, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor LogicalNot(KerasTensor x) => Numpy("LogicalNot", NotNull(x));

    /// <summary>Whether it is no number (NaN), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Isnan(KerasTensor x) => Numpy("Isnan", NotNull(x));

    /// <summary>Whether it is infinite, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Isinf(KerasTensor x) => Numpy("Isinf", NotNull(x));

    /// <summary>Whether it is finite, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Isfinite(KerasTensor x) => Numpy("Isfinite", NotNull(x));

    /// <summary>All values on one axis.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Ravel(KerasTensor x) => Numpy("Ravel", NotNull(x));

    /// <summary>1 divided by the square root, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Rsqrt(KerasTensor x) => Use("math", "Rsqrt", [], NotNull(x));

    /// <summary>The error function, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Erf(KerasTensor x) => Use("math", "Erf", [], NotNull(x));

    /// <summary>max(x, 0), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Relu(KerasTensor x) => Use("nn", "Relu", [], NotNull(x));

    /// <summary>x between 0 and 6, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Relu6(KerasTensor x) => Use("nn", "Relu6", [], NotNull(x));

    /// <summary>1 / (1 + exp(-x)), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Sigmoid(KerasTensor x) => Use("nn", "Sigmoid", [], NotNull(x));

    /// <summary>log(1 + exp(x)), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Softplus(KerasTensor x) => Use("nn", "Softplus", [], NotNull(x));

    /// <summary>x / (1 + |x|), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Softsign(KerasTensor x) => Use("nn", "Softsign", [], NotNull(x));

    /// <summary>x * sigmoid(x), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Silu(KerasTensor x) => Use("nn", "Silu", [], NotNull(x));

    /// <summary>The logarithm of the sigmoid, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor LogSigmoid(KerasTensor x) => Use("nn", "LogSigmoid", [], NotNull(x));

    /// <summary>x / 6 + 0.5 between 0 and 1, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor HardSigmoid(KerasTensor x) => Use("nn", "HardSigmoid", [], NotNull(x));

    /// <summary>x * hard_sigmoid(x), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor HardSilu(KerasTensor x) => Use("nn", "HardSilu", [], NotNull(x));

    /// <summary>x between -1 and 1, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor HardTanh(KerasTensor x) => Use("nn", "HardTanh", [], NotNull(x));

    /// <summary>x - tanh(x), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor TanhShrink(KerasTensor x) => Use("nn", "TanhShrink", [], NotNull(x));

    /// <summary>The scaled exponential linear unit, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    public static KerasTensor Selu(KerasTensor x) => Use("nn", "Selu", [], NotNull(x));

    private static KerasTensor Numpy(string className, params object?[] args) => Operation.Apply("numpy", className, [], args)[0];

    private static KerasTensor Use(string part, string className, JsonObject options, params object?[] args) =>
        Operation.Apply(part, className, options, args)[0];

    private static T NotNull<T>(T value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
        where T : class => value ?? throw new ArgumentNullException(name);
}
