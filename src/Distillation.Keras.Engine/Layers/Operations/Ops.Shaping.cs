using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <content>What has arguments of its own.</content>
public static partial class Ops
{
    /// <summary>The product of matrices, on the last two axes.</summary>
    /// <param name="x1">(..., n, k), or a vector (k).</param>
    /// <param name="x2">(..., k, m), or a vector (k).</param>
    public static KerasTensor Matmul(Operand x1, Operand x2) => Numpy("Matmul", x1, x2);

    /// <summary>x1 where the condition holds, x2 elsewhere.</summary>
    /// <param name="condition">A tensor of the model.</param>
    /// <param name="x1">A tensor of the model or a number.</param>
    /// <param name="x2">A tensor of the model or a number.</param>
    public static KerasTensor Where(KerasTensor condition, Operand x1, Operand x2) => Numpy("Where", NotNull(condition), x1, x2);

    /// <summary>x between two numbers.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="x_min">The least value.</param>
    /// <param name="x_max">The greatest value.</param>
    public static KerasTensor Clip(KerasTensor x, double x_min, double x_max) =>
        Use("numpy", "Clip", new JsonObject { ["x_min"] = Number(x_min), ["x_max"] = Number(x_max) }, NotNull(x));

    /// <summary>x in another type.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="dtype">The type: <c>"float32"</c>, <c>"int32"</c>, <c>"bool"</c>, ...</param>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public static KerasTensor Cast(KerasTensor x, string dtype)
    {
        ArgumentNullException.ThrowIfNull(dtype);
        return Use("core", "Cast", new JsonObject { ["dtype"] = dtype }, NotNull(x));
    }

    /// <summary>x, through which no gradient goes.</summary>
    /// <param name="variable">A tensor of the model.</param>
    public static KerasTensor StopGradient(KerasTensor variable) => Use("core", "StopGradient", [], NotNull(variable));

    /// <summary>The nearest number with so many decimals; halves go to the even one.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="decimals">How many decimals.</param>
    public static KerasTensor Round(KerasTensor x, int decimals = 0) =>
        Use("numpy", "Round", new JsonObject { ["decimals"] = decimals }, NotNull(x));

    /// <summary>The same values with another shape.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="newshape">The whole shape, the batch among it, in which one size may be -1: what is left.</param>
    public static KerasTensor Reshape(KerasTensor x, params int[] newshape)
    {
        ArgumentNullException.ThrowIfNull(newshape);
        return Use("numpy", "Reshape", new JsonObject { ["newshape"] = List(newshape) }, NotNull(x));
    }

    /// <summary>The axes in another order.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axes">The order, the batch among it; by default the reverse.</param>
    public static KerasTensor Transpose(KerasTensor x, params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        return Use("numpy", "Transpose", new JsonObject { ["axes"] = axes.Length == 0 ? null : List(axes) }, NotNull(x));
    }

    /// <summary>Two axes in each other's place.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis1">One.</param>
    /// <param name="axis2">The other.</param>
    public static KerasTensor Swapaxes(KerasTensor x, int axis1, int axis2) =>
        Use("numpy", "Swapaxes", new JsonObject { ["axis1"] = axis1, ["axis2"] = axis2 }, NotNull(x));

    /// <summary>New axes of size 1.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">Where they are in the result.</param>
    public static KerasTensor ExpandDims(KerasTensor x, Axes axis) =>
        Use(
            "numpy",
            "ExpandDims",
            new JsonObject { ["axis"] = NotNull(axis).Named(nameof(ExpandDims), nameof(axis)).ToJson() },
            NotNull(x)
        );

    /// <summary>Without axes of size 1.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">Which; all of size 1 by default.</param>
    public static KerasTensor Squeeze(KerasTensor x, Axes? axis = null) =>
        Use("numpy", "Squeeze", new JsonObject { ["axis"] = Axes.OrNull(axis) }, NotNull(x));

    /// <summary>Tensors one behind the other along an axis.</summary>
    /// <param name="xs">Tensors of the model, of equal shapes but for that axis.</param>
    /// <param name="axis">The axis, 0 (the batch) by default as in Keras.</param>
    public static KerasTensor Concatenate(IEnumerable<KerasTensor> xs, int axis = 0) =>
        Use("numpy", "Concatenate", new JsonObject { ["axis"] = axis }, (object)Several(xs));

    /// <summary>Tensors side by side on a new axis.</summary>
    /// <param name="x">Tensors of the model, of equal shapes.</param>
    /// <param name="axis">Where the new axis is, 0 by default as in Keras.</param>
    public static KerasTensor Stack(IEnumerable<KerasTensor> x, int axis = 0) =>
        Use("numpy", "Stack", new JsonObject { ["axis"] = axis }, (object)Several(x));

    /// <summary>Equal parts along an axis.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="indices_or_sections">How many parts; a divisor of the axis' size.</param>
    /// <param name="axis">The axis.</param>
    public static IReadOnlyList<KerasTensor> Split(KerasTensor x, int indices_or_sections, int axis = 0) =>
        Operation.Apply("numpy", "Split", new JsonObject { ["indices_or_sections"] = indices_or_sections, ["axis"] = axis }, NotNull(x));

    /// <summary>A part of a tensor: Python's <c>x[...]</c>.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="key">What is taken of each axis, from the first one on; of further axes all.</param>
    public static KerasTensor GetItem(KerasTensor x, params AxisIndex[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        JsonNode?[] items = Array.ConvertAll(key, k => k.Write());
        return Numpy("GetItem", NotNull(x), items.Length == 1 ? items[0] : new JsonArray(items));
    }

    /// <summary>What stands at places of an axis.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="indices">The places: a tensor of the model, a number, or whole numbers with a shape.</param>
    /// <param name="axis">The axis; by default all values are on one.</param>
    public static KerasTensor Take(KerasTensor x, Operand indices, int? axis = null) =>
        Use("numpy", "Take", new JsonObject { ["axis"] = axis }, NotNull(x), indices);

    /// <summary>In reverse along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">One axis or several; all by default.</param>
    public static KerasTensor Flip(KerasTensor x, Axes? axis = null) =>
        Use("numpy", "Flip", new JsonObject { ["axis"] = Axes.OrNull(axis) }, NotNull(x));

    /// <summary>Each value several times.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="axis">The axis; by default all values are on one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repeats"/> is negative.</exception>
    public static KerasTensor Repeat(KerasTensor x, int repeats, int? axis = null) =>
        Use("numpy", "Repeat", new JsonObject { ["repeats"] = Arguments.AtLeast(0, repeats), ["axis"] = axis }, NotNull(x));

    /// <summary>The running sum along an axis.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axis; by default all values are on one.</param>
    public static KerasTensor Cumsum(KerasTensor x, int? axis = null) =>
        Use("numpy", "Cumsum", new JsonObject { ["axis"] = axis, ["dtype"] = null }, NotNull(x));

    /// <summary>A sum of products over letters that are axes: <c>"bij,bjk->bik"</c>.</summary>
    /// <param name="subscripts">The letters of each tensor, and those of the result.</param>
    /// <param name="operands">Tensors of the model.</param>
    public static KerasTensor Einsum(string subscripts, params KerasTensor[] operands)
    {
        ArgumentNullException.ThrowIfNull(subscripts);
        return Use("numpy", "Einsum", new JsonObject { ["subscripts"] = subscripts }, Array.ConvertAll(Several(operands), o => (object?)o));
    }

    /// <summary>max(x, negative_slope * x), element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="negative_slope">The slope below 0.</param>
    public static KerasTensor LeakyRelu(KerasTensor x, double negative_slope = 0.2) =>
        Use("nn", "LeakyRelu", new JsonObject { ["negative_slope"] = Number(negative_slope) }, NotNull(x));

    /// <summary>x above 0, alpha * (exp(x) - 1) below, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="alpha">The factor below 0.</param>
    public static KerasTensor Elu(KerasTensor x, double alpha = 1.0) =>
        Use("nn", "Elu", new JsonObject { ["alpha"] = Number(alpha) }, NotNull(x));

    /// <summary>x times the share of a normal distribution below x, element by element.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="approximate">Whether by tanh.</param>
    public static KerasTensor Gelu(KerasTensor x, bool approximate = true) =>
        Use("nn", "Gelu", new JsonObject { ["approximate"] = approximate }, NotNull(x));

    /// <summary>exp(x) divided by its sum along an axis.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axis.</param>
    public static KerasTensor Softmax(KerasTensor x, int axis = -1) => Use("nn", "Softmax", new JsonObject { ["axis"] = axis }, NotNull(x));

    /// <summary>The logarithm of softmax.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axis.</param>
    public static KerasTensor LogSoftmax(KerasTensor x, int axis = -1) =>
        Use("nn", "LogSoftmax", new JsonObject { ["axis"] = axis }, NotNull(x));

    /// <summary>1 at the place of each whole number, 0 elsewhere; all 0 where it is no class.</summary>
    /// <param name="x">Whole numbers.</param>
    /// <param name="num_classes">How many classes there are; positive.</param>
    /// <param name="axis">Where the axis of the classes is.</param>
    /// <param name="dtype">The type of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="num_classes"/> is not positive.</exception>
    public static KerasTensor OneHot(KerasTensor x, int num_classes, int axis = -1, string dtype = "float32")
    {
        ArgumentNullException.ThrowIfNull(dtype);
        return Use(
            "nn",
            "OneHot",
            new JsonObject
            {
                ["num_classes"] = Arguments.AtLeast(1, num_classes),
                ["axis"] = axis,
                ["dtype"] = dtype,
                ["sparse"] = false,
            },
            NotNull(x)
        );
    }

    /// <summary>x divided by its Euclidean norm along axes.</summary>
    /// <param name="x">A tensor of the model.</param>
    /// <param name="axis">The axes.</param>
    public static KerasTensor Normalize(KerasTensor x, int axis = -1) =>
        Use(
            "nn",
            "Normalize",
            new JsonObject
            {
                ["axis"] = axis,
                ["order"] = 2,
                ["epsilon"] = null,
            },
            NotNull(x)
        );

    private static JsonArray List(int[] numbers) => new([.. numbers.Select(n => (JsonNode?)JsonValue.Create(n))]);

    private static JsonValue Number(double value) => ConfigWriter.Real(Arguments.Finite(value));

    private static KerasTensor[] Several(
        IEnumerable<KerasTensor> tensors,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(tensors))] string name = ""
    )
    {
        KerasTensor[] all = [.. tensors ?? throw new ArgumentNullException(name)];
        return all.Length > 0 && !all.Contains(null!)
            ? all
            : throw new ArgumentException("Tensors of a model are needed, but there is none, or one is null.", name);
    }
}
