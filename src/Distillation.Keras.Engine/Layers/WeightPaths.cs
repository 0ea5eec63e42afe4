namespace Distillation.Keras.Layers;

/// <summary>
/// The paths of weights while they are made: a layer that is built within another one's building is below it, <c>outer/inner/kernel</c>.
/// </summary>
internal static class WeightPaths
{
    [ThreadStatic]
    private static Scope? _innermost;

    /// <summary>Says, until it is disposed, that a layer is being built on this thread.</summary>
    public static IDisposable Building(Layer layer) => _innermost = new Scope(layer, _innermost);

    /// <summary>The path of a weight of a layer.</summary>
    public static string Of(Layer layer, string weight) =>
        _innermost is { } scope && ReferenceEquals(scope.Layer, layer) ? $"{scope.Path}/{weight}" : $"{layer.Name}/{weight}";

    private sealed class Scope(Layer layer, Scope? outer) : IDisposable
    {
        public Layer Layer => layer;

        public string Path => outer is null ? layer.Name : $"{outer.Path}/{layer.Name}";

        public void Dispose() => _innermost = outer;
    }
}
