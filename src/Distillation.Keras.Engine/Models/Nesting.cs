using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <summary>Models in models: none within itself, and not too many in each other.</summary>
internal static class Nesting
{
    /// <summary>
    /// How many models may lie in each other. Weights, calls and configurations go through them by recursion; the JSON of so many is about
    /// 300 levels deep.
    /// </summary>
    public const int Deepest = 100;

    /// <summary>How deep a JSON text of models may be: that of <see cref="Deepest"/> models and what their layers hold.</summary>
    public const int JsonDepth = (4 * Deepest) + 100;

    /// <summary>Refuses a layer that a model cannot hold, and notes how deep the models in it lie then.</summary>
    /// <param name="outer">The model.</param>
    /// <param name="added">A layer that becomes part of it.</param>
    /// <exception cref="ArgumentException">The layer is the model or holds it, or models would be nested too deep.</exception>
    public static void Enter(Model outer, Layer added)
    {
        if (added is not Model inner)
        {
            return;
        }

        if (ReferenceEquals(inner, outer) || SublayerSearch.Holds(inner, outer))
        {
            throw new ArgumentException(
                ReferenceEquals(inner, outer)
                    ? $"A model cannot be a layer of itself, but '{outer.Name}' was added to itself. To use its layers twice, apply it "
                        + "twice: model.Apply(model.Apply(x)); for a second one with weights of its own, add model.Clone()."
                    : $"A model cannot be a layer of itself, but '{inner.Name}', which was added to '{outer.Name}', holds '{outer.Name}' "
                        + $"among its layers. Add a clone of one of them: '{inner.Name}'.Clone().",
                nameof(added)
            );
        }

        int depth = Depth(inner, []);
        if (outer.NestingLevel + 1 + depth > Deepest)
        {
            throw new ArgumentException(
                Invariant(
                    $"At most {Deepest} models lie in each other, but with '{inner.Name}' in '{outer.Name}' there would be "
                        + $"{outer.NestingLevel + 1 + depth}. Put layers side by side into one model."
                ),
                nameof(added)
            );
        }

        Sink(inner, outer.NestingLevel + 1);
    }

    private static int Depth(Model model, Dictionary<Model, int> known)
    {
        if (!known.TryGetValue(model, out int depth))
        {
            depth = 1 + Inner(model).Select(m => Depth(m, known)).DefaultIfEmpty(0).Max();
            known[model] = depth;
        }

        return depth;
    }

    private static void Sink(Model model, int level)
    {
        if (model.NestingLevel < level)
        {
            model.NestingLevel = level;
            foreach (Model inner in Inner(model))
            {
                Sink(inner, level + 1);
            }
        }
    }

    private static IEnumerable<Model> Inner(Model model) => model.Sublayers.OfType<Model>();
}
