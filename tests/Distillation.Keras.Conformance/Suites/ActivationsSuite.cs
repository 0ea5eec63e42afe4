using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Activation functions: values, gradients, names and refusals.</summary>
public sealed class ActivationsSuite : ISuite
{
    // Keras in float32 differs from itself in float64 by up to 6.6e-7 of the largest entry, its backends from each other by up to 8e-7.
    private const double Tolerance = 2e-6;

    // Of float32: what a number near 1 may be off by.
    private const double Unit = 1.0 / (1 << 24);

    /// <inheritdoc/>
    public string File => "activations";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture
            .Entries("cases")
            .Select(e => new FixtureCase(e.Name, check => Value(fixture, e, check)))
            .Concat(fixture.Entries("errors").Select(e => new FixtureCase(e.Name, check => Error(fixture, e, check))));

    private static void Value(Fixture fixture, FixtureEntry entry, Check check)
    {
        string function = entry.Object["function"].Text();
        JsonObject arguments =
            entry.Object["kwargs"] as JsonObject ?? throw new FixtureException($"The case '{entry.Name}' has no kwargs.");
        Func<Tensor, Tensor> call = Function(function, arguments);
        Tensor x = fixture.Array($"{entry.Name}/input").requires_grad_();
        Tensor y = call(x);
        Tensor cotangent = fixture.Array($"{entry.Name}/cotangent");
        check.Close("output", y, fixture.Array($"{entry.Name}/output"), Tolerance);
        (y * cotangent).sum().backward();
        Tensor gradient = x.grad ?? throw new InvalidOperationException("There is no gradient for the input.");
        Tensor expected = fixture.Array($"{entry.Name}/grad_input");
        if (function == "celu" && x.eq(0).any().ToBoolean())
        {
            // Everywhere but at 0 Keras' gradient is right; at 0 both of its halves count, and the right one is 1.
            expected = cotangent.where(x.detach().eq(0), expected);
            check.Known("Keras' gradient of celu at 0 is 2, for both of its halves count; the right one is 1.");
        }

        check.Close("grad_input", gradient, expected, Tolerance, rounding: Rounding(function, arguments, x.detach(), cotangent));

        // The name in a configuration: an activation is written as its name wherever a layer holds one.
        var named = ActivationFunction.Get(function);
        check.Equal("serialized", named.Name, entry.Object["serialized"].Text());
        if (arguments.Count == 0)
        {
            check.Close("by name", named.Apply(x.detach()), fixture.Array($"{entry.Name}/output"), Tolerance);
        }
    }

    /// <summary>
    /// What a gradient may be off by in each entry because of float32's rounding within the function, where that can be more than the
    /// tolerance: another CPU, with other vector instructions for exp and another order of sums, rounds otherwise than Keras' did.
    /// <see langword="null"/> where it is less.
    /// </summary>
    private static Tensor? Rounding(string function, JsonObject arguments, Tensor x, Tensor cotangent)
    {
        switch (function)
        {
            // x times a gate that is 1 far out: c x g'(x), where g' is 1 - g or the like. A gate that is off by one unit turns 0 into x
            // units.
            case "silu" or "swish" or "mish" or "gelu":
                return (cotangent * x).abs() * Unit;

            // The same, with the first half of the axis times the gate of the second.
            case "glu":
                int axis = (int)(arguments.ContainsKey("axis") ? arguments["axis"].Number() : -1);
                Tensor gates = (cotangent * x.chunk(2, axis)[0]).abs() * Unit;
                return cat([zeros_like(gates), gates], axis);

            // y (c - sum of c y): the difference is rounded in units of c, however near to each other its two sides are; four for the sum.
            case "softmax"
            or "log_softmax":
                return full_like(x, 4 * Unit * cotangent.abs().max().ToDouble());

            default:
                return null;
        }
    }

    private static Func<Tensor, Tensor> Function(string function, JsonObject arguments)
    {
        var left = new HashSet<string>(arguments.Select(p => p.Key));
        double? Optional(string name) => left.Remove(name) ? arguments[name].Number() : null;
        double Number(string name, double otherwise) => Optional(name) ?? otherwise;
        int Axis() => (int)Number("axis", -1);
        double slope,
            threshold,
            value;
        double? max;
        int axis;
        Func<Tensor, Tensor> call;
        switch (function)
        {
            case "relu":
                (slope, max, threshold) = (Number("negative_slope", 0), Optional("max_value"), Number("threshold", 0));
                call = x => Activations.Relu(x, negative_slope: slope, max_value: max, threshold: threshold);
                break;
            case "leaky_relu":
                slope = Number("negative_slope", 0.2);
                call = x => Activations.LeakyRelu(x, negative_slope: slope);
                break;
            case "elu":
                value = Number("alpha", 1);
                call = x => Activations.Elu(x, alpha: value);
                break;
            case "celu":
                value = Number("alpha", 1);
                call = x => Activations.Celu(x, alpha: value);
                break;
            case "gelu":
                bool approximate = left.Remove("approximate") && arguments["approximate"]!.GetValue<bool>();
                call = x => Activations.Gelu(x, approximate: approximate);
                break;
            case "threshold":
                (threshold, value) = (Number("threshold", double.NaN), Number("default_value", double.NaN));
                call = x => Activations.Threshold(x, threshold, value);
                break;
            case "hard_shrink":
                threshold = Number("threshold", 0.5);
                call = x => Activations.HardShrink(x, threshold: threshold);
                break;
            case "soft_shrink":
                threshold = Number("threshold", 0.5);
                call = x => Activations.SoftShrink(x, threshold: threshold);
                break;
            case "squareplus":
                value = Number("b", 4);
                call = x => Activations.Squareplus(x, b: value);
                break;
            case "softmax":
                axis = Axis();
                call = x => Activations.Softmax(x, axis: axis);
                break;
            case "log_softmax":
                axis = Axis();
                call = x => Activations.LogSoftmax(x, axis: axis);
                break;
            case "sparsemax":
                axis = Axis();
                call = x => Activations.Sparsemax(x, axis: axis);
                break;
            case "glu":
                axis = Axis();
                call = x => Activations.Glu(x, axis: axis);
                break;
            default:
                call = Plain(function);
                break;
        }

        return left.Count == 0 ? call : throw new ArgumentException($"{function} has no argument {string.Join(", ", left)}.");
    }

    private static Func<Tensor, Tensor> Plain(string function) =>
        function switch
        {
            "exponential" => Activations.Exponential,
            "hard_sigmoid" => Activations.HardSigmoid,
            "hard_silu" => Activations.HardSilu,
            "hard_swish" => Activations.HardSwish,
            "hard_tanh" => Activations.HardTanh,
            "linear" => Activations.Linear,
            "log_sigmoid" => Activations.LogSigmoid,
            "mish" => Activations.Mish,
            "relu6" => Activations.Relu6,
            "selu" => Activations.Selu,
            "sigmoid" => Activations.Sigmoid,
            "silu" => Activations.Silu,
            "softplus" => Activations.Softplus,
            "softsign" => Activations.Softsign,
            "sparse_plus" => Activations.SparsePlus,
            "sparse_sigmoid" => Activations.SparseSigmoid,
            "swish" => Activations.Swish,
            "tanh" => Activations.Tanh,
            "tanh_shrink" => Activations.TanhShrink,
            _ => throw new UnsupportedException($"there is no activation '{function}'"),
        };

    private static void Error(Fixture fixture, FixtureEntry entry, Check check)
    {
        JsonObject o = entry.Object;
        string what = o["identifier"]!.ToString();
        Func<Tensor> call = what switch
        {
            "softmax of a rank-1 tensor" => () => Activations.Softmax(randn(4)),
            "log_softmax of a rank-1 tensor" => () => Activations.LogSoftmax(randn(4)),
            "softmax, axis=(1, 2)" => () => Activations.Softmax(fixture.Array("relu_rank3/input"), [1, 2]),
            "softmax, axis=5" => () => Activations.Softmax(randn(2, 3, 6), 5),
            "glu over an odd axis" => () => Activations.Glu(randn(2, 3)),
            "relu, negative max_value" => () => Activations.Relu(randn(4), max_value: -1),
            "relu, negative negative_slope" => () => Activations.Relu(randn(4), negative_slope: -0.5),
            "relu of integers" => () => Activations.Relu(arange(-2, 3, ScalarType.Int64)),
            _ when o.ContainsKey("error") => () => ActivationFunction.Get(what).Apply(zeros(1)),
            _ => throw new UnsupportedException($"the suite does not know the call '{what}'"),
        };
        if (!o.ContainsKey("error"))
        {
            check.Equal("result", "accepted", o["result"].Text());
        }

        if (Refusal.Check(check, o.ContainsKey("error"), call) is Tensor y)
        {
            check.EqualList("shape", y.shape, o["shape"].Numbers().Select(n => (long)n));
            check.Equal("dtype", y.dtype.ToString().ToLowerInvariant(), o["dtype"].Text());
            if (what.StartsWith("softmax, axis=(", StringComparison.Ordinal))
            {
                check.Close("sum", y.sum(1).sum(-1), ones(y.shape[0]), Tolerance);
            }
        }
    }
}
