using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>What is taken along axes.</content>
internal static partial class OperationTable
{
    private static IEnumerable<OperationKind> Reducing() =>
        [
            Reduced("Sum", Total),
            Reduced("Mean", static (x, axes, keep) => AsReal(x).mean(axes, keep)),
            Reduced("Var", static (x, axes, keep) => Variance(AsReal(x), axes, keep)),
            Reduced("Std", static (x, axes, keep) => Variance(AsReal(x), axes, keep).sqrt()),
            Reduced("Amax", static (x, axes, keep) => x.amax(axes, keep)),
            Reduced("Amin", static (x, axes, keep) => x.amin(axes, keep)),
            Reduced("Any", static (x, axes, keep) => Each(AsBool(x), axes, keep, static (t, a, k) => t.any(a, k))),
            Reduced("All", static (x, axes, keep) => Each(AsBool(x), axes, keep, static (t, a, k) => t.all(a, k))),
            Reduced("Logsumexp", static (x, axes, keep) => Each(AsReal(x), axes, keep, static (t, a, k) => t.logsumexp(a, k)), Mathematics),
            Extreme("Max", static (x, axes, keep) => x.amax(axes, keep), static (a, b) => a.maximum(b)),
            Extreme("Min", static (x, axes, keep) => x.amin(axes, keep), static (a, b) => a.minimum(b)),
            Of(Numpy, "Prod", [("axis", None), ("keepdims", No), ("dtype", None)], ["x"], Product),
            Of(Numpy, "Argmax", [("axis", None), ("keepdims", No)], ["x"], static v => Place(v, static (x, a, k) => x.argmax(a, k))),
            Of(Numpy, "Argmin", [("axis", None), ("keepdims", No)], ["x"], static v => Place(v, static (x, a, k) => x.argmin(a, k))),
            Of(Numpy, "Cumsum", [("axis", None), ("dtype", None)], ["x"], static v => Running(v, static (x, a) => x.cumsum(a))),
            Of(Numpy, "Cumprod", [("axis", None), ("dtype", None)], ["x"], static v => Running(v, static (x, a) => x.cumprod(a))),
            Of(Linalg, "Norm", [("ord", None), ("axis", None), ("keepdims", No)], ["x"], Norm),
        ];

    private static OperationKind Reduced(string className, Func<Tensor, long[], bool, Tensor> f, string part = Numpy) =>
        Of(
            part,
            className,
            [("axis", None), ("keepdims", No)],
            ["x"],
            v =>
            {
                Tensor x = v.X;
                return x.dim() == 0 ? f(x.reshape(1), [0], false) : f(x, v.AxesOf("axis", x.dim()), v.KeepDims);
            }
        );

    private static OperationKind Extreme(string className, Func<Tensor, long[], bool, Tensor> f, Func<Tensor, Tensor, Tensor> with) =>
        Of(
            Numpy,
            className,
            [("axis", None), ("keepdims", No), ("initial", None)],
            ["x"],
            v =>
            {
                Tensor x = v.X;
                Tensor result = x.dim() == 0 ? x : f(x, v.AxesOf("axis", x.dim()), v.KeepDims);
                return v["initial"] is null
                    ? result
                    : with(result, v.AsTensor(v["initial"], x.dtype) ?? throw v.Refused("initial", "a number"));
            }
        );

    // libtorch adds whole numbers up in 64 bits.
    private static Tensor Total(Tensor x, long[] axes, bool keep)
    {
        Tensor summable = Summable(x);
        return summable.sum(axes, keep).to(summable.dtype);
    }

    // Small whole numbers are added up in 32 bits.
    private static Tensor Summable(Tensor x) =>
        x.dtype switch
        {
            ScalarType.Bool or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Byte => x.to(ScalarType.Int32),
            _ => x,
        };

    private static Tensor Variance(Tensor x, long[] axes, bool keep)
    {
        Tensor centred = x.sub(x.mean(axes, true));
        return centred.mul(centred).mean(axes, keep);
    }

    private static Tensor Each(Tensor x, long[] axes, bool keep, Func<Tensor, long, bool, Tensor> f)
    {
        Tensor result = x;
        foreach (long axis in axes.OrderDescending())
        {
            result = f(result, axis, keep);
        }

        return result;
    }

    private static Tensor Product(OperationValues v)
    {
        Tensor x = v.Type("dtype") is ScalarType type ? v.X.to(type) : Summable(v.X);
        ScalarType own = x.dtype;
        return Each(x, v.AxesOf("axis", x.dim()), v.KeepDims, static (t, a, k) => t.prod(a, k)).to(own);
    }

    private static Tensor Place(OperationValues v, Func<Tensor, long, bool, Tensor> f)
    {
        Tensor x = NotBool(v.X);
        long rank = x.dim();
        Tensor place = v["axis"] is null ? f(x.reshape(-1), 0, false) : f(x, v.Axis("axis", rank), v.KeepDims);
        place = v["axis"] is null && v.KeepDims ? place.reshape([.. Enumerable.Repeat(1L, (int)rank)]) : place;
        return place.to(ScalarType.Int32);
    }

    private static Tensor Running(OperationValues v, Func<Tensor, long, Tensor> f)
    {
        Tensor x = v.Type("dtype") is ScalarType type ? v.X.to(type) : NotBool(v.X);
        ScalarType own = x.dtype;
        return (v["axis"] is null ? f(x.reshape(-1), 0) : f(x, v.Axis("axis", x.dim()))).to(own);
    }

    private static Tensor Norm(OperationValues v)
    {
        Tensor x = AsReal(v.X);
        if (v["ord"] is not (null or 2L or 1L or "euclidean") || (v["ord"] is not null && v.Wholes("axis") is not { Length: 1 }))
        {
            throw v.Refused("ord", "none or, along one axis, 1 or 2; other norms are not supported");
        }

        long[] axes = v.AxesOf("axis", x.dim());
        return v["ord"] is 1L ? x.abs().sum(axes, v.KeepDims) : x.mul(x).sum(axes, v.KeepDims).sqrt();
    }
}
