using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// The shapes and types of what an operation gives: it is computed on libtorch's tensors without values, unknown sizes twice; what differs
/// then is unknown in the output, too.
/// </summary>
internal static class OperationShapes
{
    // Of many divisors, so that what is cut or folded with a known size goes.
    private static readonly long[] Tried = [5040, 10080];

    // For functions that libtorch cannot compute without values.
    private static readonly long[] TriedOnHost = [12, 24];

    private static readonly torch.Device Meta = new("meta");

    /// <summary>Shapes and types of the outputs.</summary>
    /// <param name="kind">The function.</param>
    /// <param name="what">Who is called, for messages.</param>
    /// <param name="call">The call.</param>
    /// <param name="shapes">The shapes of its tensors.</param>
    /// <param name="compute">Computes the outputs.</param>
    /// <exception cref="ArgumentException">The operation cannot be used on such tensors.</exception>
    public static (IReadOnlyList<Shape> Shapes, IReadOnlyList<string> DTypes) Of(
        OperationKind kind,
        string what,
        LayerInputs<KerasTensor> call,
        IReadOnlyList<Shape> shapes,
        Func<LayerInputs<Tensor>, Tensor[]> compute
    )
    {
        try
        {
            return On(Meta, Tried, kind, what, call, shapes, compute);
        }
        catch (ArgumentException e) when (e.InnerException?.Message.Contains("Meta", StringComparison.Ordinal) is true)
        {
            return On(CPU, TriedOnHost, kind, what, call, shapes, compute);
        }
    }

    private static (IReadOnlyList<Shape> Shapes, IReadOnlyList<string> DTypes) On(
        torch.Device device,
        long[] tried,
        OperationKind kind,
        string what,
        LayerInputs<KerasTensor> call,
        IReadOnlyList<Shape> shapes,
        Func<LayerInputs<Tensor>, Tensor[]> compute
    )
    {
        NativeLibraries.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        if (kind.Broadcasts && shapes.Count > 1)
        {
            // Sizes that are unknown broadcast by a rule of their own, so that types alone are left to be found.
            Shape shape = shapes.Aggregate((a, b) => Broadcast(a, b, what, shapes));
            Tensor[] ones = Compute([
                .. shapes.Select(s =>
                    new long[s.Rank]
                        .Select(_ => 1L)
                        .ToArray()
                ),
            ]);
            long[] own = ones[0].shape;
            return own.Length == shape.Rank
                ? ([shape], [DTypes.NameOf(ones[0].dtype)])
                : (
                    [new Shape(own.Select((s, i) => i < own.Length - shape.Rank ? (int?)s : shape[i - own.Length]))],
                    [DTypes.NameOf(ones[0].dtype)]
                );
        }

        Tensor[] first = Compute([.. shapes.Select(s => Sizes(s, tried[0]))]);
        string[] types = [.. first.Select(t => DTypes.NameOf(t.dtype))];
        if (shapes.All(s => s.IsFullyKnown))
        {
            return ([.. first.Select(t => Shape.FromSizes(t.shape))], types);
        }

        Tensor[] second = Compute([.. shapes.Select(s => Sizes(s, tried[1]))]);
        return (
            [.. first.Select((t, i) => new Shape(t.shape.Zip(second[i].shape, (a, b) => a == b && a <= int.MaxValue ? (int?)a : null)))],
            types
        );

        Tensor[] Compute(long[][] sizes)
        {
            Tensor[] tensors =
            [
                .. sizes.Select(
                    (s, i) =>
                        device.type == DeviceType.META
                            ? empty(s, TypeOf(call.Tensors[i]), device)
                            : zeros(s, TypeOf(call.Tensors[i]), device)
                ),
            ];
            try
            {
                return compute(call.On(tensors, null).WithForm(call.Form));
            }
            catch (Exception e) when (NativeFailure.Is(e) || e is ArgumentOutOfRangeException or IndexOutOfRangeException)
            {
                throw new ArgumentException(
                    $"{what} cannot be used on tensors of shape {string.Join(", ", shapes)} and type "
                        + $"{string.Join(", ", call.Tensors.Select(t => t.DType))}: {e.Message.Split('\n')[0]}",
                    e
                );
            }
        }
    }

    private static ScalarType TypeOf(KerasTensor tensor) =>
        DTypes.TryGet(tensor.DType, out ScalarType type)
            ? type
            : throw new NotSupportedException($"There are no tensors of type {tensor.DType}.");

    private static long[] Sizes(Shape shape, long unknown) => [.. shape.Select(s => s ?? unknown)];

    private static Shape Broadcast(Shape a, Shape b, string what, IReadOnlyList<Shape> all)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int?[] sizes = new int?[rank];
        for (int i = 1; i <= rank; i++)
        {
            int? left = i <= a.Rank ? a[-i] : 1;
            int? right = i <= b.Rank ? b[-i] : 1;
            sizes[^i] =
                left == 1 ? right
                : right == 1 || left == right ? left
                : left is null ? right
                : right is null ? left
                : throw new ArgumentException(
                    $"{what} takes tensors of shapes that broadcast (from the last axis on equal sizes, or 1), but got "
                        + $"{string.Join(", ", all)}."
                );
        }

        return new Shape(sizes);
    }
}
