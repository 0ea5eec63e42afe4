using System.Collections.Concurrent;
using System.Reflection;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Which parts of the contract of a layer its class has written.</summary>
/// <param name="SaysShape">Whether it says its output's shape.</param>
/// <param name="SaysShapes">Whether it says the shapes of several inputs' outputs.</param>
/// <param name="TakesSeveral">Whether it computes from several inputs.</param>
/// <param name="MakesMasks">Whether it says which masks its outputs have.</param>
/// <param name="MakesWeights">Whether it makes weights.</param>
/// <param name="ComputesItself">Whether a class of a user's own says what it computes.</param>
internal sealed record LayerTraits(
    bool SaysShape,
    bool SaysShapes,
    bool TakesSeveral,
    bool MakesMasks,
    bool MakesWeights,
    bool ComputesItself
)
{
    private static readonly ConcurrentDictionary<Type, LayerTraits> Known = new();

    /// <summary>Those of a class.</summary>
    public static LayerTraits Of(Type layer) =>
        Known.GetOrAdd(
            layer,
            static type => new LayerTraits(
                Has(type, nameof(Layer.ComputeOutputShape), typeof(Shape)),
                Has(type, nameof(Layer.ComputeOutputShapes), typeof(IReadOnlyList<Shape>)),
                Has(type, nameof(Layer.ForwardAll), typeof(LayerInputs<Tensor>), typeof(CallContext)),
                Has(type, nameof(Layer.ComputeMask), typeof(LayerInputs<Tensor>)),
                Has(type, "Build", typeof(Shape)) || Has(type, "BuildAll", typeof(IReadOnlyList<Shape>)),
                IsForeign(type, nameof(Layer.Forward), typeof(Tensor), typeof(CallContext))
                    || IsForeign(type, nameof(Layer.ForwardAll), typeof(LayerInputs<Tensor>), typeof(CallContext))
            )
        );

    private static bool Has(Type type, string method, params Type[] parameters) => DeclaringType(type, method, parameters) != typeof(Layer);

    private static bool IsForeign(Type type, string method, params Type[] parameters) =>
        DeclaringType(type, method, parameters)?.Assembly != typeof(Layer).Assembly;

    private static Type? DeclaringType(Type type, string method, Type[] parameters) =>
        type.GetMethod(method, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, parameters)?.DeclaringType;
}
