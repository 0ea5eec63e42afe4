using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Which layers are being computed on this thread, each within the one before: a layer that calls others takes part in the same call.
/// </summary>
internal static class LayerCalls
{
    [ThreadStatic]
    private static List<(Layer Layer, CallContext Context)>? _running;

    /// <summary>The call that is under way on this thread, or <see langword="null"/> outside of any.</summary>
    public static CallContext? Current => _running is [.., var innermost] ? innermost.Context : null;

    /// <summary>Notes that a layer begins to compute; <see cref="Leave"/> follows in a <c>finally</c>.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is being computed already: by a call from within itself, which would never end.
    /// </exception>
    public static void Enter(Layer layer, CallContext context)
    {
        List<(Layer Layer, CallContext Context)> running = _running ??= [];
        foreach ((Layer other, _) in running)
        {
            if (ReferenceEquals(other, layer))
            {
                Layer caller = running[^1].Layer;
                throw new InvalidOperationException(
                    $"'{layer.Name}' is called from within itself, by the {caller.ClassName} '{caller.Name}': that would never end. Take "
                        + "it out of there, or call a clone of it."
                );
            }
        }

        running.Add((layer, context));
    }

    /// <summary>Notes that the last layer that began has ended.</summary>
    public static void Leave() => _running!.RemoveAt(_running.Count - 1);

    /// <summary>What to throw where libtorch has refused what a layer computes: it names the layer, once, and those around it.</summary>
    /// <param name="layer">The innermost layer, still noted.</param>
    /// <param name="inputs">What it was called with.</param>
    /// <param name="e">What libtorch threw.</param>
    public static Exception Failed(Layer layer, IReadOnlyList<Tensor> inputs, Exception e)
    {
        string[] around = [.. _running!.SkipLast(1).Select(r => r.Layer.Name).Distinct().Where(n => n != layer.Name)];
        string path = around.Length == 0 ? string.Empty : $", in {string.Join(" > ", around.Select(n => $"'{n}'"))},";
        string remedy = layer.IsForeign
            ? "Look at what its Forward computes for tensors of that shape and type."
            : "Compare them with what the layer takes, and with the functions of one's own among its arguments.";
        return NativeFailure.Of(
            e,
            $"Forward of the layer '{layer.Name}' ({layer.ClassName}){path}",
            remedy,
            areArguments: !layer.IsForeign && around.Length == 0 && RunningCall.Name is null,
            [.. inputs.Select((t, i) => (inputs.Count == 1 ? "an input" : Invariant($"input {i}"), (Tensor?)t))]
        );
    }

    /// <summary>Likewise where a function failed that a layer, if any is under way, has called.</summary>
    public static Exception FailedWithin(Exception e, string what, string remedy, params ReadOnlySpan<(string Name, Tensor? Tensor)> given)
    {
        string place = _running is [.., var innermost]
            ? $" of the layer '{innermost.Layer.Name}' ({innermost.Layer.ClassName})"
            : string.Empty;
        return NativeFailure.Of(e, what + place, remedy, areArguments: place.Length == 0 && RunningCall.Name is null, given);
    }

    /// <summary>
    /// Refuses a call of a layer that comes from within another one which does not know of it, where it would silently not be trained. (One
    /// from within itself is for <see cref="Enter"/> to refuse.)
    /// </summary>
    /// <param name="called">The layer, built.</param>
    /// <exception cref="NotSupportedException">It has weights to train, of which the layers around it do not know.</exception>
    public static void RefuseFromWithin(Layer called)
    {
        if (
            _running is not [.., var innermost]
            || innermost.Layer.IsKnownToHold(called)
            || called.TrainableWeights.Count == 0
            || _running.Exists(r => ReferenceEquals(r.Layer, called) || SublayerSearch.Holds(r.Layer, called))
        )
        {
            return;
        }

        Layer caller = innermost.Layer;
        throw new NotSupportedException(
            $"The layer '{caller.Name}' ({caller.ClassName}) calls the layer '{called.Name}' ({called.ClassName}), which is none of its "
                + "own, so that its weights would be neither trained nor saved with it. "
                + "Keep it in a field or a list of the class, or give it to AddLayer; to use it as it is, without training it, set its "
                + "Trainable to false."
        );
    }
}
