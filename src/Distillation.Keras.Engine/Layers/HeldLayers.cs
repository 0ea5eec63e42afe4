using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>Finds layers that a layer of one's own keeps in its fields: nobody trains, saves or counts their weights, so they are refused.</summary>
internal static class HeldLayers
{
    // A list of lists of layers, and no further: what else a class keeps is its own affair. A layer that is called from there is noticed by LayerCalls.
    private const int Deepest = 4;

    /// <summary>Refuses such a layer.</summary>
    /// <exception cref="NotSupportedException">It keeps a layer that has weights, or may get some.</exception>
    public static void Refuse(Layer owner)
    {
        for (Type? type = owner.GetType(); type is not null && type.Assembly != typeof(Layer).Assembly; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (Find(field.GetValue(owner), 0).FirstOrDefault(l => IsForeign(owner, l)) is Layer held)
                {
                    throw Untrained(owner, held, "keeps");
                }
            }
        }
    }

    /// <summary>The refusal, for a layer that does something with another one.</summary>
    public static NotSupportedException Untrained(Layer owner, Layer held, string does) => new(
        $"The layer '{owner.Name}' ({owner.ClassName}) {does} the layer '{held.Name}' ({held.ClassName}), whose weights would be neither trained nor saved with it: layers within layers are not supported. "
        + $"Put both into a model one after the other, or make the weights with AddWeight in Build{(does == "calls" ? "; to use it as it is, without training it, set its Trainable to false" : string.Empty)}.");

    private static bool IsForeign(Layer owner, Layer held) =>
        !ReferenceEquals(held, owner)
        && HasWeights(held)
        && !(owner is Model model && Nesting.HoldsLayer(model, held))
        && !(held is Model around && Nesting.HoldsLayer(around, owner));

    // Before it is built a layer has no weights yet: then it is one that makes some.
    private static bool HasWeights(Layer layer) =>
        layer.Built ? layer.Weights.Count > 0
        : layer is Model model ? model.ListedLayers.Any(HasWeights)
        : Makes(layer.GetType(), "Build", typeof(Shape)) || Makes(layer.GetType(), "BuildAll", typeof(IReadOnlyList<Shape>));

    private static bool Makes(Type type, string method, Type argument) =>
        type.GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, [argument])?.DeclaringType != typeof(Layer);

    private static IEnumerable<Layer> Find(object? value, int depth) => value switch
    {
        Layer layer => [layer],
        null or string or Delegate => [],
        _ when depth == Deepest => [],
        IDictionary dictionary => dictionary.Values.Cast<object?>().SelectMany(v => Find(v, depth + 1)),
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Find(tuple[i], depth + 1)),
        IEnumerable items when IsStored(value.GetType()) => items.Cast<object?>().SelectMany(v => Find(v, depth + 1)),
        _ when FSharpOptions.Is(value.GetType(), out _) => Find(FSharpOptions.Unwrap(value), depth + 1),
        _ when IsPairOrReference(value.GetType()) => [.. Find(Property(value, "Key"), depth + 1), .. Find(Property(value, "Value"), depth + 1)],
        _ => [],
    };

    // What is computed when it is asked for may never end.
    private static bool IsStored(Type type) =>
        !type.GetInterfaces().Append(type).Any(t => t.IsGenericType && t.GetGenericArguments().Any(a => a.IsPrimitive))
        && (typeof(ICollection).IsAssignableFrom(type)
            || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() is Type d && (d == typeof(ICollection<>) || d == typeof(IReadOnlyCollection<>))));

    private static bool IsPairOrReference(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) || type.GetGenericTypeDefinition().FullName == "Microsoft.FSharp.Core.FSharpRef`1");

    // An F# value option that is empty has no value to ask for.
    private static object? Property(object value, string name) => Of(value, "IsSome") is false ? null : Of(value, name);

    private static object? Of(object value, string name) => value.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public)?.GetValue(value);
}
