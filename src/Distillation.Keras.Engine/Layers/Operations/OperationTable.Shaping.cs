using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>What moves values.</content>
internal static partial class OperationTable
{
    private static IEnumerable<OperationKind> Shaping() =>
        [
            Of(Numpy, "Reshape", [("newshape", null)], ["x"], Reshape),
            Of(Numpy, "Ravel", [], ["x"], static v => v.X.reshape(-1)),
            Of(Numpy, "Transpose", [("axes", None)], ["x"], Transpose),
            Of(
                Numpy,
                "Swapaxes",
                [("axis1", null), ("axis2", null)],
                ["x"],
                static v => v.X.transpose(v.Axis("axis1", v.X.dim()), v.Axis("axis2", v.X.dim()))
            ),
            Of(
                Numpy,
                "Moveaxis",
                [("source", null), ("destination", null)],
                ["x"],
                static v => v.X.movedim(v.AxesOf("source", v.X.dim()), v.AxesOf("destination", v.X.dim()))
            ),
            Of(Numpy, "ExpandDims", [("axis", null)], ["x"], ExpandDims),
            Of(Numpy, "Squeeze", [("axis", None)], ["x"], Squeeze),
            Of(Numpy, "BroadcastTo", [("shape", null)], ["x"], static v => v.X.expand(v.Wholes("shape")!)),
            Of(Numpy, "Concatenate", [("axis", "0")], ["xs"], static v => Joined(v, "xs", static (t, a) => cat(t, a))),
            Of(Numpy, "Stack", [("axis", "0")], ["x"], static v => Joined(v, "x", static (t, a) => stack(t, a))),
            new(Numpy, "Split", [("indices_or_sections", null), ("axis", "0")], ["x"], Split),
            new(Core, "Unstack", [("num", None), ("axis", "0")], ["x"], static v => v.X.unbind((int)v.Axis("axis", v.X.dim()))),
            Of(Numpy, "GetItem", [], ["x", "key"], static v => IndexExpression.Apply(v)),
            Of(Numpy, "Take", [("axis", None)], ["x", "indices"], Take),
            Of(Numpy, "TakeAlongAxis", [("axis", None)], ["x", "indices"], TakeAlongAxis),
            Of(Numpy, "Flip", [("axis", None)], ["x"], static v => v.X.flip(v.AxesOf("axis", v.X.dim()))),
            Of(Numpy, "Roll", [("shift", null), ("axis", None)], ["x"], Roll),
            Of(Numpy, "Repeat", [("repeats", null), ("axis", None)], ["x"], Repeat),
            Of(Numpy, "Tile", [("repeats", null)], ["x"], static v => v.X.tile(v.Wholes("repeats")!)),
            Of(Numpy, "Tril", [("k", "0")], ["x"], static v => v.X.tril(v.Whole("k"))),
            Of(Numpy, "Triu", [("k", "0")], ["x"], static v => v.X.triu(v.Whole("k"))),
            Of(Numpy, "Sort", [("axis", "-1")], ["x"], static v => v.X.sort(v.Axis("axis", v.X.dim())).Values),
            Of(
                Numpy,
                "Argsort",
                [("axis", "-1")],
                ["x"],
                static v => v.X.sort(v.Axis("axis", v.X.dim()), stable: true).Indices.to(ScalarType.Int32)
            ),
            Of(Numpy, "Pad", [("pad_width", null), ("mode", "\"constant\"")], ["x", "constant_values"], Pad),
        ];

    private static Tensor Reshape(OperationValues v)
    {
        long[] sizes = v["newshape"] is object?[] list
            ? Array.ConvertAll(list, s => s is null ? -1L : s as long? ?? throw v.Refused("newshape", "whole numbers"))
            : [v.Whole("newshape")];
        return sizes.Count(s => s == -1) > 1
            ? throw v.Refused("newshape", "sizes, of which one at most is unknown (-1)")
            : v.X.reshape(sizes);
    }

    private static Tensor Transpose(OperationValues v)
    {
        Tensor x = v.X;
        long[] axes = v["axes"] is null ? [.. Enumerable.Range(0, (int)x.dim()).Reverse().Select(a => (long)a)] : v.AxesOf("axes", x.dim());
        return axes.Length == x.dim() ? x.permute(axes) : throw v.Refused("axes", Invariant($"an order of the {x.dim()} axes"));
    }

    private static Tensor ExpandDims(OperationValues v)
    {
        Tensor x = v.X;
        long[] given = v.Wholes("axis") ?? throw v.Refused("axis", "an axis");
        long rank = x.dim() + given.Length;
        foreach (long axis in given.Select(a => a < 0 ? a + rank : a).Order())
        {
            x =
                axis >= 0 && axis <= x.dim()
                    ? x.unsqueeze(axis)
                    : throw v.Refused("axis", Invariant($"an axis of at least {-rank} and below {rank}"));
        }

        return x;
    }

    private static Tensor Squeeze(OperationValues v)
    {
        Tensor x = v.X;
        long[] sizes = x.shape;
        long[] axes = v["axis"] is null
            ? [.. Enumerable.Range(0, sizes.Length).Where(a => sizes[a] == 1).Select(a => (long)a)]
            : v.AxesOf("axis", x.dim());
        return Array.Exists(axes, a => sizes[a] != 1)
            ? throw v.Refused("axis", $"an axis of size 1, which the shape {Shape.FromSizes(sizes)} does not have there")
            : x.reshape([.. sizes.Where((_, a) => !axes.Contains(a))]);
    }

    private static Tensor Joined(OperationValues v, string name, Func<Tensor[], long, Tensor> f)
    {
        Tensor[] tensors = v.Tensors(name);
        ScalarType type = tensors.Select(t => Promotion.KindOf(t.dtype)).Aggregate(Promotion.Of).Type;
        return f(Array.ConvertAll(tensors, t => t.to(type)), v.Whole("axis"));
    }

    private static Tensor[] Split(OperationValues v)
    {
        Tensor x = v.X;
        long axis = v.Axis("axis", x.dim());
        long size = x.size((int)axis);
        if (v["indices_or_sections"] is long sections)
        {
            return sections > 0 && size % sections == 0
                ? [.. Enumerable.Range(0, (int)sections).Select(i => x.narrow(axis, i * (size / sections), size / sections))]
                : throw v.Refused("indices_or_sections", Invariant($"a divisor of the axis' size {size}, or places to cut at"));
        }

        long[] cuts = [0, .. v.Wholes("indices_or_sections")!.Select(c => Math.Clamp(c < 0 ? c + size : c, 0, size)), size];
        return [.. cuts.Zip(cuts.Skip(1), (a, b) => x.narrow(axis, a, Math.Max(0, b - a)))];
    }

    private static Tensor Take(OperationValues v)
    {
        Tensor x = v["axis"] is null ? v.X.reshape(-1) : v.X;
        long axis = v["axis"] is null ? 0 : v.Axis("axis", x.dim());
        Tensor indices = v.Tensor("indices").to(ScalarType.Int64).to(x.device);
        long size = x.size((int)axis);
        Tensor wrapped = where(indices.IsBelow(0), indices.Plus(size), indices);
        long[] sizes = x.shape;
        return x.index_select(axis, wrapped.reshape(-1)).reshape([.. sizes[..(int)axis], .. indices.shape, .. sizes[(int)(axis + 1)..]]);
    }

    private static Tensor TakeAlongAxis(OperationValues v)
    {
        Tensor x = v["axis"] is null ? v.X.reshape(-1) : v.X;
        long axis = v["axis"] is null ? 0 : v.Axis("axis", x.dim());
        Tensor given = v.Tensor("indices");
        Tensor indices = (v["axis"] is null ? given.reshape(-1) : given).to(ScalarType.Int64).to(x.device);
        return x.take_along_dim(where(indices.IsBelow(0), indices.Plus(x.size((int)axis)), indices), axis);
    }

    private static Tensor Roll(OperationValues v)
    {
        Tensor x = v.X;
        long[] shifts = v.Wholes("shift") ?? throw v.Refused("shift", "whole numbers");
        return v["axis"] is null
            ? x.reshape(-1).roll(shifts, dims: new long[] { 0 }).reshape(x.shape)
            : x.roll(shifts, dims: v.AxesOf("axis", x.dim()));
    }

    private static Tensor Repeat(OperationValues v)
    {
        Tensor x = v["axis"] is null ? v.X.reshape(-1) : v.X;
        long axis = v["axis"] is null ? 0 : v.Axis("axis", x.dim());
        return v["repeats"] is long count
            ? x.repeat_interleave(count, axis)
            : x.repeat_interleave(v.Tensor("repeats").to(ScalarType.Int64).to(x.device), axis);
    }

    private static Tensor Pad(OperationValues v)
    {
        Tensor x = v.X;
        long[][] widths = v["pad_width"] switch
        {
            long all => [.. Enumerable.Repeat(new[] { all, all }, (int)x.dim())],
            object?[] list when list.All(i => i is long) => [.. Enumerable.Repeat(Pair(list), (int)x.dim())],
            object?[] { Length: 1 } one when one[0] is object?[] pair => [.. Enumerable.Repeat(Pair(pair), (int)x.dim())],
            object?[] list => [.. list.Select(i => Pair(i as object?[] ?? throw Refusal()))],
            _ => throw Refusal(),
        };
        if (widths.Length != x.dim())
        {
            throw Refusal();
        }

        PaddingModes mode = v["mode"] switch
        {
            "constant" => PaddingModes.Constant,
            _ => throw v.Refused("mode", "\"constant\"; other ways to pad are not supported"),
        };
        double value = v["constant_values"] is null ? 0 : v.Number("constant_values");
        return nn.functional.pad(x, [.. widths.AsEnumerable().Reverse().SelectMany(w => w)], mode, value);

        ArgumentException Refusal() => v.Refused("pad_width", "how much goes before and behind, for each axis");

        long[] Pair(object?[] pair) =>
            pair is [long before, long behind] ? [before, behind]
            : pair is [long both] ? [both, both]
            : throw Refusal();
    }
}
