using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Python's <c>x[1, :, ::2, ..., None]</c>.</summary>
internal static class IndexExpression
{
    /// <summary>What an index takes of a tensor.</summary>
    /// <exception cref="ArgumentException">It does not fit the tensor.</exception>
    public static Tensor Apply(OperationValues v)
    {
        Tensor x = v.X;
        object?[] items = v["key"] as object?[] ?? [v["key"]];
        int axes = items.Count(i => i is not (null or CallForm.Ellipsis));
        long rank = x.dim();
        if (axes > rank || items.Count(i => i is CallForm.Ellipsis) > 1)
        {
            throw v.Refused("key", Invariant($"an index of at most {rank} axes, with \"...\" once at most"));
        }

        int axis = 0;
        foreach (object? item in items)
        {
            switch (item)
            {
                case null:
                    x = x.unsqueeze(axis++);
                    break;
                case CallForm.Ellipsis:
                    axis += (int)rank - axes;
                    break;
                case CallForm.Slice slice:
                    x = Cut(v, x, axis++, slice);
                    break;
                case long place:
                    long size = x.size(axis);
                    x =
                        place >= -size && place < size
                            ? x.select(axis, place < 0 ? place + size : place)
                            : throw v.Refused("key", Invariant($"a place of at least {-size} and below {size} on an axis of size {size}"));
                    break;
                case Tensor or object?[] or ConstantArray:
                    Tensor chosen = v.AsTensor(item)!;
                    if (chosen.dtype == ScalarType.Bool || items.Count(i => i is Tensor or object?[] or ConstantArray) > 1)
                    {
                        throw v.Refused("key", "whole numbers, slices, new axes, and one list of places at most");
                    }

                    Tensor places = chosen.to(ScalarType.Int64).to(x.device);
                    long[] sizes = x.shape;
                    Tensor wrapped = where(places.IsBelow(0), places.Plus(x.size(axis)), places);
                    x = x.index_select(axis, wrapped.reshape(-1)).reshape([.. sizes[..axis], .. places.shape, .. sizes[(axis + 1)..]]);
                    axis += (int)places.dim();
                    break;
                default:
                    throw v.Refused("key", "whole numbers, slices, new axes, and one list of places at most");
            }
        }

        return x;
    }

    private static Tensor Cut(OperationValues v, Tensor x, int axis, CallForm.Slice slice)
    {
        long size = x.size(axis);
        long step = Whole(slice.Step) ?? 1;
        if (step == 0)
        {
            throw v.Refused("key", "slices whose step is not 0");
        }

        if (step > 0)
        {
            long start = Bounded(Whole(slice.Start) ?? 0);
            long stop = Bounded(Whole(slice.Stop) ?? size);
            return start == 0 && stop == size && step == 1 ? x : x.slice(axis, start, Math.Max(start, stop), step);
        }

        // libtorch has no steps backwards.
        long first = Whole(slice.Start) is long from ? Math.Min(from < 0 ? from + size : from, size - 1) : size - 1;
        long last = Whole(slice.Stop) is long to ? Math.Max(to < 0 ? to + size : to, -1) : -1;
        long count = Math.Max(0, (first - last - step - 1) / -step);
        if (count == 0)
        {
            return x.narrow(axis, 0, 0);
        }

        long lowest = first + ((count - 1) * step);
        return x.slice(axis, lowest, first + 1, -step).flip(axis);

        long Bounded(long place) => Math.Clamp(place < 0 ? place + size : place, 0, size);

        long? Whole(object? value) =>
            value switch
            {
                null => null,
                long whole => whole,
                _ => throw v.Refused("key", "slices of whole numbers"),
            };
    }
}
