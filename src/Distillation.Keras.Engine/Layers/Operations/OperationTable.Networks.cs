using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <content>The functions of networks.</content>
internal static partial class OperationTable
{
    private static IEnumerable<OperationKind> OfNetworks() =>
        [
            Unary(Nn, "Relu", static x => x.device_type == DeviceType.META ? NotBool(x) : NotBool(x).relu()),
            Unary(Nn, "Relu6", static x => Functions.Relu6(NotBool(x))),
            Real(Nn, "Sigmoid", Functions.Sigmoid),
            Real(Nn, "Softplus", Functions.Softplus),
            Real(Nn, "Softsign", Functions.Softsign),
            Real(Nn, "Silu", Functions.Silu),
            Real(Nn, "LogSigmoid", Functions.LogSigmoid),
            Real(Nn, "HardSigmoid", Functions.HardSigmoid),
            Real(Nn, "HardSilu", Functions.HardSilu),
            Real(Nn, "HardTanh", Functions.HardTanh),
            Real(Nn, "TanhShrink", Functions.TanhShrink),
            Real(Nn, "Selu", Functions.Selu),
            Real(Nn, "SparsePlus", Functions.SparsePlus),
            Real(Nn, "SparseSigmoid", Functions.SparseSigmoid),
            Of(
                Nn,
                "LeakyRelu",
                [("negative_slope", "0.2")],
                ["x"],
                static v => Functions.LeakyRelu(AsReal(v.X), v.Number("negative_slope"))
            ),
            Of(Nn, "Elu", [("alpha", "1.0")], ["x"], static v => Functions.Elu(AsReal(v.X), v.Number("alpha"))),
            Of(Nn, "Celu", [("alpha", "1.0")], ["x"], static v => Functions.Celu(AsReal(v.X), v.Number("alpha"))),
            Of(Nn, "Gelu", [("approximate", "true")], ["x"], static v => Functions.Gelu(AsReal(v.X), v.Flag("approximate"))),
            Of(Nn, "Glu", [("axis", "-1")], ["x"], static v => Functions.Glu(AsReal(v.X), (int)v.Whole("axis"))),
            Of(Nn, "HardShrink", [("threshold", "0.5")], ["x"], static v => Functions.HardShrink(AsReal(v.X), v.Number("threshold"))),
            Of(Nn, "SoftShrink", [("threshold", "0.5")], ["x"], static v => Functions.SoftShrink(AsReal(v.X), v.Number("threshold"))),
            Of(Nn, "Softmax", [("axis", "-1")], ["x"], Softmax),
            Of(Nn, "LogSoftmax", [("axis", "-1")], ["x"], static v => Functions.LogSoftmax(AsReal(v.X), (int)v.Whole("axis"))),
            Of(Nn, "OneHot", [("num_classes", null), ("axis", "-1"), ("dtype", None), ("sparse", No)], ["x"], OneHot),
            Of(Nn, "Normalize", [("axis", "-1"), ("order", "2"), ("epsilon", None)], ["x"], Normalize),
        ];

    // Without an axis, as one tensor.
    private static Tensor Softmax(OperationValues v)
    {
        Tensor x = AsReal(v.X);
        return v["axis"] is null ? Functions.Softmax(x.reshape(-1)).reshape(x.shape)
            : v.Wholes("axis") is { Length: > 1 } axes ? Functions.Softmax(x, Array.ConvertAll(axes, a => (int)a))
            : Functions.Softmax(x, (int)v.Wholes("axis")![0]);
    }

    // By comparison, so that a number that is no class gives zeros.
    private static Tensor OneHot(OperationValues v)
    {
        if (v.Flag("sparse"))
        {
            throw v.Refused("sparse", "false; sparse tensors are not supported");
        }

        Tensor x = v.X;
        long classes = v.Whole("num_classes");
        long axis = v.Axis("axis", x.dim() + 1);
        Tensor numbers =
            v.Device.type == DeviceType.META
                ? empty([classes], ScalarType.Int64, v.Device)
                : Arithmetic.Range(0, classes, ScalarType.Int64, v.Device);
        Tensor hot = x.to(ScalarType.Int64).unsqueeze(-1).eq(numbers).to(v.Type("dtype") ?? ScalarType.Float32);
        return axis == x.dim() ? hot : hot.movedim([-1L], [axis]);
    }

    private static Tensor Normalize(OperationValues v)
    {
        Tensor x = AsReal(v.X);
        long order = v.Whole("order");
        double epsilon = v["epsilon"] is null ? 1e-7 : v.Number("epsilon");
        long[] axes = v.AxesOf("axis", x.dim());
        Tensor norm =
            order == 2
                ? x.mul(x).sum(axes, true).AtLeast(epsilon * epsilon).rsqrt()
                : x.abs().ToThePower(order).sum(axes, true).ToThePower(1.0 / order).AtLeast(epsilon).reciprocal();
        return x.mul(norm);
    }
}
