using Distillation.Keras.Models;

namespace Distillation.Keras.Layers;

/// <summary>Which layers are being computed on this thread, each within the one before: so that a layer that calls others by itself is noticed.</summary>
internal static class LayerCalls
{
    [ThreadStatic]
    private static List<Layer>? _running;

    /// <summary>Notes that a layer begins to compute; <see cref="Leave"/> follows in a <c>finally</c>.</summary>
    /// <exception cref="InvalidOperationException">It is being computed already: by a call from within itself, which would never end.</exception>
    public static void Enter(Layer layer)
    {
        List<Layer> running = _running ??= [];
        foreach (Layer other in running)
        {
            if (ReferenceEquals(other, layer))
            {
                Layer caller = running[^1];
                throw new InvalidOperationException($"'{layer.Name}' is called from within itself, by the {caller.ClassName} '{caller.Name}': that would never end. Take it out of there, or call a clone of it.");
            }
        }

        running.Add(layer);
    }

    /// <summary>Notes that the last layer that began has ended.</summary>
    public static void Leave() => _running!.RemoveAt(_running.Count - 1);

    /// <summary>Refuses a call of a layer that comes from within another one, where it would silently not be trained. (One from within itself is for <see cref="Enter"/> to refuse.)</summary>
    /// <param name="called">The layer, built.</param>
    /// <exception cref="NotSupportedException">It has weights to train, of which the layer around it does not know.</exception>
    public static void RefuseFromWithin(Layer called)
    {
        if (_running is not [.., Layer caller] || _running.Exists(l => ReferenceEquals(l, called)))
        {
            return;
        }

        if (called.TrainableWeights.Count > 0 && !(caller is Model model && Nesting.HoldsLayer(model, called)))
        {
            throw HeldLayers.Untrained(caller, called, "calls");
        }
    }
}
