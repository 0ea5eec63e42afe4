using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>
/// Finds the layers that a layer of a user's own keeps in fields, properties, lists, arrays, dictionaries and tuples, so that they are
/// trained, counted and saved with it.
/// </summary>
/// <remarks>Source: the attribute tracking of <c>keras/src/utils/tracking.py</c>.</remarks>
internal static class SublayerSearch
{
    // A list of lists of layers, and no further: what else a class keeps is its own affair. A layer that is called from there is noticed by
    // LayerCalls.
    private const int Deepest = 4;

    /// <summary>
    /// The layers of a layer, each once: those that it was given by <c>AddLayer</c>, then those of its fields, as declared, those of its
    /// base classes first.
    /// </summary>
    /// <remarks>A layer may know the model that it is part of: that is none of its own.</remarks>
    /// <exception cref="InvalidOperationException">Two layers keep each other.</exception>
    public static Layer[] Of(Layer owner, IReadOnlyList<Layer> added)
    {
        Layer[] found = [.. added.Concat(Kept(owner)).Where(l => !ReferenceEquals(l, owner)).Distinct()];
        foreach (Layer held in found)
        {
            if (!IsGraph(held) && Holds(held, owner))
            {
                throw new InvalidOperationException(
                    $"A layer cannot be a layer of itself, but '{owner.Name}' ({owner.ClassName}) and '{held.Name}' ({held.ClassName}) "
                        + "keep each other. Let one of them know the other by a function instead."
                );
            }
        }

        return Array.FindAll(found, l => !IsGraph(l) || !Holds(l, owner));
    }

    private static bool IsGraph(Layer layer) => layer is Functional or Model { HasGraph: true };

    /// <summary>What the fields of a user's class hold, as it stands there.</summary>
    public static IEnumerable<Layer> Kept(Layer owner) => Fields(owner).SelectMany(f => Find(f.GetValue(owner), 0));

    /// <summary>
    /// The layers that the fields of a user's class hold, each under the field's name as Python writes it, <c>_firstBlock</c> as
    /// <c>first_block</c>; and whether a field holds one layer or several.
    /// </summary>
    public static IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> Named(Layer owner)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (FieldInfo field in Fields(owner))
        {
            object? value = field.GetValue(owner);
            Layer[] layers = [.. Find(value, 0)];
            string name = Naming.ToSnakeCase(field.Name is ['<', .. string property] ? property[..property.IndexOf('>')] : field.Name);
            if (layers.Length > 0)
            {
                yield return (Unused(name.Trim('_')), value is not Layer, layers);
            }
        }

        string Unused(string name)
        {
            string unused = name;
            for (int i = 1; !names.Add(unused); i++)
            {
                unused = Invariant($"{name}_{i}");
            }

            return unused;
        }
    }

    private static IEnumerable<FieldInfo> Fields(Layer owner)
    {
        var types = new Stack<Type>();
        for (Type? type = owner.GetType(); type is not null && type.Assembly != typeof(Layer).Assembly; type = type.BaseType)
        {
            types.Push(type);
        }

        return types.SelectMany(t =>
            t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        );
    }

    /// <summary>Whether a layer is among those in another one, however deep.</summary>
    public static bool Holds(Layer outer, Layer sought)
    {
        // Layers may be shared in many ways: each is looked into once.
        var seen = new HashSet<Layer>(ReferenceEqualityComparer.Instance) { outer };
        var open = new Stack<Layer>([outer]);
        while (open.TryPop(out Layer? next))
        {
            foreach (Layer layer in next.KeptLayers.Where(seen.Add))
            {
                if (ReferenceEquals(layer, sought))
                {
                    return true;
                }

                open.Push(layer);
            }
        }

        return false;
    }

    private static IEnumerable<Layer> Find(object? value, int depth) =>
        value switch
        {
            Layer layer => [layer],
            null or string or Delegate => [],
            _ when depth == Deepest => [],
            IDictionary dictionary => dictionary.Values.Cast<object?>().SelectMany(v => Find(v, depth + 1)),
            ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Find(tuple[i], depth + 1)),
            IEnumerable items when IsStored(value.GetType()) => items.Cast<object?>().SelectMany(v => Find(v, depth + 1)),
            _ when FSharpOptions.Is(value.GetType(), out _) => Find(FSharpOptions.Unwrap(value), depth + 1),
            _ when IsPairOrReference(value.GetType()) =>
            [
                .. Find(Property(value, "Key"), depth + 1),
                .. Find(Property(value, "Value"), depth + 1),
            ],
            _ => [],
        };

    // What is computed when it is asked for may never end.
    private static bool IsStored(Type type) =>
        !type.GetInterfaces()
            .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>) && i.GetGenericArguments()[0].IsPrimitive)
        && (
            typeof(ICollection).IsAssignableFrom(type)
            || type.GetInterfaces()
                .Any(i =>
                    i.IsGenericType
                    && i.GetGenericTypeDefinition() is Type d
                    && (d == typeof(ICollection<>) || d == typeof(IReadOnlyCollection<>))
                )
        );

    private static bool IsPairOrReference(Type type) =>
        type.IsGenericType
        && (
            type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            || type.GetGenericTypeDefinition().FullName == "Microsoft.FSharp.Core.FSharpRef`1"
        );

    // An F# value option that is empty has no value to ask for.
    private static object? Property(object value, string name) => Of(value, "IsSome") is false ? null : Of(value, name);

    private static object? Of(object value, string name) =>
        value.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public)?.GetValue(value);
}
