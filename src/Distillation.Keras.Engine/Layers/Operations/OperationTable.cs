using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The functions of <c>keras.ops</c> that a graph may hold, with Keras' rules for types.</summary>
/// <remarks>Source: <c>keras/src/ops/numpy.py</c>, <c>nn.py</c>, <c>core.py</c>, <c>math.py</c>, <c>linalg.py</c>.</remarks>
internal static partial class OperationTable
{
    private const string Numpy = "numpy";
    private const string Nn = "nn";
    private const string Core = "core";
    private const string Mathematics = "math";
    private const string Linalg = "linalg";
    private const string None = "null";
    private const string No = "false";

    private static readonly Dictionary<(string Part, string ClassName), OperationKind> Known = All()
        .ToDictionary(k => (k.Part, k.ClassName));

    /// <summary>
    /// A function by Keras' module, <c>numpy</c> or <c>keras.src.ops.numpy</c>, and class; <see langword="null"/> where there is none.
    /// </summary>
    public static OperationKind? Find(string module, string className) =>
        Known.GetValueOrDefault((module[(module.LastIndexOf('.') + 1)..], className));

    /// <summary>A function by its class alone, as an <c>.h5</c> has it; <see langword="null"/> where there is none.</summary>
    public static OperationKind? Find(string className) => Known.Values.FirstOrDefault(k => k.ClassName == className);

    /// <summary>Whether a module is one of Keras' operations.</summary>
    public static bool IsModule(string? module) => module?.StartsWith("keras.src.ops.", StringComparison.Ordinal) is true;

    /// <summary>The classes of all functions.</summary>
    public static IEnumerable<string> Names => Known.Keys.Select(k => k.ClassName);

    private static IEnumerable<OperationKind> All() =>
        [.. Arithmetics(), .. Comparing(), .. Elementwise(), .. Reducing(), .. Shaping(), .. OfNetworks()];

    private static OperationKind Unary(string part, string className, Func<Tensor, Tensor> f, params (string, string?)[] options) =>
        new(part, className, options, ["x"], v => [f(v.X)]);

    /// <summary>Of whole numbers and booleans float32 is made.</summary>
    private static OperationKind Real(string part, string className, Func<Tensor, Tensor> f) => Unary(part, className, x => f(AsReal(x)));

    private static OperationKind Binary(string className, Func<Tensor, Tensor, Tensor> f) =>
        new(
            Numpy,
            className,
            [],
            ["x1", "x2"],
            v =>
            {
                (Tensor a, Tensor b) = v.Pair("x1", "x2");
                return [f(a, b)];
            }
        )
        {
            Broadcasts = true,
        };

    private static OperationKind Of(
        string part,
        string className,
        (string, string?)[] options,
        string[] parameters,
        Func<OperationValues, Tensor> f
    ) => new(part, className, options, parameters, v => [f(v)]);

    private static Tensor AsReal(Tensor x) => x.is_floating_point() ? x : x.to(Promotion.WithReal(x.dtype));

    private static Tensor AsBool(Tensor x) => x.dtype == ScalarType.Bool ? x : x.to_type(ScalarType.Bool);

    private static Tensor NotBool(Tensor x) => x.dtype == ScalarType.Bool ? x.to(ScalarType.Int32) : x;

    private static IEnumerable<OperationKind> Arithmetics() =>
        [
            Binary("Add", static (a, b) => a.dtype == ScalarType.Bool ? a.logical_or(b) : a.Plus(b)),
            Binary("Subtract", static (a, b) => a.sub(b)),
            Binary("Multiply", static (a, b) => a.mul(b)),
            Binary("Divide", Quotient),
            Binary("TrueDivide", Quotient),
            Binary("FloorDivide", static (a, b) => NotBool(a).div(NotBool(b), RoundingMode.floor)),
            Binary("Mod", static (a, b) => NotBool(a).remainder(NotBool(b))),
            Binary("Power", static (a, b) => NotBool(a).pow(NotBool(b))),
            Binary("Maximum", static (a, b) => a.maximum(b)),
            Binary("Minimum", static (a, b) => a.minimum(b)),
            Binary("Arctan2", static (a, b) => AsReal(a).atan2(AsReal(b))),
            Binary("Logaddexp", static (a, b) => AsReal(a).logaddexp(AsReal(b))),
            Of(Numpy, "Matmul", [], ["x1", "x2"], Matmul),
            new(
                Numpy,
                "Where",
                [],
                ["condition", "x1", "x2"],
                v =>
                {
                    (Tensor a, Tensor b) = v.Pair("x1", "x2");
                    return [where(AsBool(v.Tensor("condition")), a, b)];
                }
            )
            {
                Broadcasts = true,
            },
            Of(Numpy, "Clip", [("x_min", null), ("x_max", null)], ["x"], Clip),
            Of(Numpy, "Einsum", [("subscripts", null)], ["*operands"], Einsum),
        ];

    private static IEnumerable<OperationKind> Comparing() =>
        [
            Binary("Equal", static (a, b) => a.eq(b)),
            Binary("NotEqual", static (a, b) => a.ne(b)),
            Binary("Greater", static (a, b) => a.gt(b)),
            Binary("GreaterEqual", static (a, b) => a.ge(b)),
            Binary("Less", static (a, b) => a.lt(b)),
            Binary("LessEqual", static (a, b) => a.le(b)),
            Binary("LogicalAnd", static (a, b) => AsBool(a).logical_and(AsBool(b))),
            Binary("LogicalOr", static (a, b) => AsBool(a).logical_or(AsBool(b))),
            Binary("LogicalXor", static (a, b) => AsBool(a).logical_xor(AsBool(b))),
            Unary(Numpy, "LogicalNot", static x => AsBool(x).logical_not()),
            Unary(Numpy, "Isnan", static x => x.isnan()),
            Unary(Numpy, "Isinf", static x => x.isinf()),
            Unary(Numpy, "Isfinite", static x => x.isfinite()),
        ];

    private static IEnumerable<OperationKind> Elementwise() =>
        [
            Unary(Numpy, "Negative", static x => x.neg()),
            Unary(Numpy, "Absolute", static x => x.dtype == ScalarType.Bool ? x : x.abs()),
            Unary(Numpy, "Abs", static x => x.dtype == ScalarType.Bool ? x : x.abs()),
            Unary(Numpy, "Square", static x => NotBool(x).mul(NotBool(x))),
            Unary(Numpy, "Sign", static x => x.sign()),
            Of(Numpy, "Round", [("decimals", "0")], ["x"], static v => Rounded(v.X, v.Whole("decimals"))),
            Real(Numpy, "Floor", static x => x.floor()),
            Real(Numpy, "Ceil", static x => x.ceil()),
            Unary(Numpy, "Trunc", static x => x.is_floating_point() ? x.trunc() : x),
            Real(Numpy, "Exp", static x => x.exp()),
            Real(Numpy, "Exp2", static x => x.exp2()),
            Real(Numpy, "Expm1", static x => x.expm1()),
            Real(Numpy, "Log", static x => x.log()),
            Real(Numpy, "Log1p", static x => x.log1p()),
            Real(Numpy, "Log2", static x => x.log2()),
            Real(Numpy, "Log10", static x => x.log10()),
            Real(Numpy, "Sqrt", static x => x.sqrt()),
            Real(Mathematics, "Rsqrt", static x => x.rsqrt()),
            Real(Numpy, "Reciprocal", static x => x.reciprocal()),
            Real(Numpy, "Sin", static x => x.sin()),
            Real(Numpy, "Cos", static x => x.cos()),
            Real(Numpy, "Tan", static x => x.tan()),
            Real(Numpy, "Sinh", static x => x.sinh()),
            Real(Numpy, "Cosh", static x => x.cosh()),
            Real(Numpy, "Tanh", static x => x.tanh()),
            Real(Numpy, "Arcsin", static x => x.arcsin()),
            Real(Numpy, "Arccos", static x => x.arccos()),
            Real(Numpy, "Arctan", static x => x.arctan()),
            Real(Numpy, "Arcsinh", static x => x.arcsinh()),
            Real(Numpy, "Arccosh", static x => x.arccosh()),
            Real(Numpy, "Arctanh", static x => x.arctanh()),
            Real(Mathematics, "Erf", static x => x.erf()),
            Of(Core, "Cast", [("dtype", null)], ["x"], static v => v.X.to(v.Type("dtype") ?? v.X.dtype)),
            Of(Core, "ConvertToTensor", [("dtype", None), ("sparse", None), ("ragged", None)], ["x"], Converted),
            Of(Core, "StopGradient", [], ["variable"], static v => v.Tensor("variable").detach()),
            Of(Numpy, "ZerosLike", [("dtype", None)], ["x"], static v => zeros_like(v.X, v.Type("dtype") ?? v.X.dtype)),
            Of(Numpy, "OnesLike", [("dtype", None)], ["x"], static v => ones_like(v.X, v.Type("dtype") ?? v.X.dtype)),
        ];

    private static Tensor Converted(OperationValues values) =>
        values["sparse"] is true ? throw values.Refused("sparse", "false or null, as there are no sparse tensors")
        : values["ragged"] is true ? throw values.Refused("ragged", "false or null, as there are no ragged tensors")
        : values.Type("dtype") is ScalarType type ? values.X.to(type)
        : values.X.alias();

    private static Tensor Quotient(Tensor a, Tensor b) => AsReal(a).div(AsReal(b));

    private static Tensor Rounded(Tensor x, long decimals)
    {
        if (!x.is_floating_point() || decimals == 0)
        {
            return x.is_floating_point() ? x.round() : x;
        }

        double factor = Math.Pow(10, decimals);
        return x.Times(factor).round().Over(factor);
    }

    private static Tensor Clip(OperationValues v)
    {
        Tensor x = NotBool(v.X);
        Promotion.Kind kind = new object?[] { v["x_min"], v["x_max"] }
            .Where(b => b is not null)
            .Select(Promotion.KindOf)
            .Aggregate(Promotion.KindOf(x), Promotion.Of);
        Tensor result = x.to(kind.Type);
        result = v["x_min"] is null ? result : result.maximum(Bound("x_min"));
        return v["x_max"] is null ? result : result.minimum(Bound("x_max"));

        Tensor Bound(string name) => v.AsTensor(v[name], kind.Type) ?? throw v.Refused(name, "a number");
    }

    // An error within these ends the process in TorchSharp 0.107, so that shapes are checked before.
    private static Tensor Matmul(OperationValues v)
    {
        (Tensor a, Tensor b) = v.Pair("x1", "x2");
        long[] left = a.shape;
        long[] right = b.shape;
        bool fits = left.Length > 0 && right.Length > 0 && left[^1] == (right.Length == 1 ? right[0] : right[^2]);
        for (int i = 3; fits && i <= Math.Min(left.Length, right.Length); i++)
        {
            fits = left[^i] == right[^i] || left[^i] == 1 || right[^i] == 1;
        }

        return fits
            ? a.matmul(b)
            : throw new ArgumentException(
                $"{v.What} takes tensors (..., n, k) and (..., k, m) whose first axes broadcast, but got {Shape.FromSizes(left)} and "
                    + $"{Shape.FromSizes(right)}."
            );
    }

    private static Tensor Einsum(OperationValues v)
    {
        string subscripts = v["subscripts"] as string ?? throw v.Refused("subscripts", "a text such as \"ab,bc->ac\"");
        Tensor[] operands = v.Tensors("operands");
        string[] inputs = subscripts.Split("->")[0].Replace(" ", string.Empty, StringComparison.Ordinal).Split(',');
        var sizes = new Dictionary<char, long>();
        bool fits = inputs.Length == operands.Length;
        for (int i = 0; fits && i < inputs.Length; i++)
        {
            bool open = inputs[i].Contains("...", StringComparison.Ordinal);
            string letters = inputs[i].Replace(".", string.Empty, StringComparison.Ordinal);
            long[] shape = operands[i].shape;
            fits = open ? letters.Length <= shape.Length : letters.Length == shape.Length;
            for (int j = 0; fits && !open && j < letters.Length; j++)
            {
                long known = sizes.GetValueOrDefault(letters[j], shape[j]);
                fits = known == shape[j] || known == 1 || shape[j] == 1;
                sizes[letters[j]] = Math.Max(known, shape[j]);
            }
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"{v.What}: each letter of \"{subscripts}\" is an axis, of one size in all tensors, but their shapes are "
                    + $"{string.Join(", ", operands.Select(o => Shape.FromSizes(o.shape)))}."
            );
        }

        ScalarType type = operands.Select(o => Promotion.KindOf(o.dtype)).Aggregate(Promotion.Of).Type;
        return einsum(subscripts, [.. operands.Select(o => o.to(type))]);
    }
}
