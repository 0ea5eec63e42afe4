using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Files;

/// <summary>Which arrays of a file go into the state of an optimizer.</summary>
internal static class OptimizerArrays
{
    private static readonly string[] KindsOfKeras2 = ["m", "v", "vhat", "rms", "mg", "momentum", "accumulator", "accum_grad", "accum_var"];

    /// <summary>
    /// Adds the state to a plan, if it is that of such an optimizer for such weights; else it is left out with a warning, as Keras does.
    /// </summary>
    /// <param name="optimizer">The optimizer, which knows its weights.</param>
    /// <param name="arrays">The arrays of the file, in its order.</param>
    /// <param name="plan">What gets the arrays.</param>
    public static void Plan(Optimizer optimizer, StoredArray[] arrays, LoadPlan plan)
    {
        arrays = WithoutPlaceholders(optimizer, arrays);
        IEnumerable<Variable[]> orders = Orders(optimizer, arrays.Length);
        foreach (Variable[] order in AreByKind(arrays) ? orders.Reverse() : orders)
        {
            (Variable Variable, StoredArray Array)[] pairs = [.. order.Zip(arrays)];
            if (pairs.All(p => LoadPlan.Misfit(p.Variable, p.Array) is null))
            {
                foreach ((Variable variable, StoredArray array) in pairs)
                {
                    plan.Add(variable, array);
                }

                return;
            }
        }

        plan.Warnings.Add(
            Invariant(
                $"The state of the optimizer was left out: {optimizer.Name} has {optimizer.Variables.Count} variables, and the file "
                    + $"{arrays.Length} arrays, or arrays of other shapes. A training begins with a new state."
            )
        );
    }

    // Where all weights have one shape, two orders fit. Up to Keras 2.10 the name of the slot stands behind that of the weight, or all are
    // called Variable.
    private static bool AreByKind(StoredArray[] arrays) =>
        Array.Exists(
            arrays,
            a =>
                a.Place[(a.Place.LastIndexOf('/') + 1)..].Split(':')[0] is string last
                && (KindsOfKeras2.Contains(last) || last.StartsWith("Variable", StringComparison.Ordinal))
        );

    // Keras 2.1 and 2.2 have one number for each weight where Adam's third slot would be.
    private static StoredArray[] WithoutPlaceholders(Optimizer optimizer, StoredArray[] arrays)
    {
        int weights = optimizer.Trained.Count;
        return
            optimizer is Adam { Amsgrad: false }
            && arrays.Length == 1 + (3 * weights)
            && Array.TrueForAll(arrays[^weights..], a => a.Shape is [1])
            ? arrays[..^weights]
            : arrays;
    }

    // Keras 3: the count, the rate, then the slots of each weight. Keras 2.11 to 2.15 has no rate, and leaves out the numbers behind the
    // slots. Before, the slots were in the order of their names, and some optimizers of Keras 1 and 2.2 had no count.
    private static IEnumerable<Variable[]> Orders(Optimizer optimizer, int count)
    {
        if (optimizer is not LossScaleOptimizer scaling)
        {
            return OrdersOf(optimizer, count);
        }

        // Keras 2 has the state of what is within alone, whose scale begins anew.
        Variable[][] whole =
        [
            [.. optimizer.Variables],
            Unused(optimizer),
        ];
        return whole.Where(o => o.Length == count).Concat(Orders(scaling.InnerOptimizer, count));
    }

    // What an optimizer has before its first step: a count and a rate.
    private static Variable[] Unused(Optimizer optimizer) => [.. optimizer.Variables.Where(v => v.Name is "iteration" or "learning_rate")];

    private static IEnumerable<Variable[]> OrdersOf(Optimizer optimizer, int count)
    {
        Variable[] all = [.. optimizer.Variables];
        Variable[] withoutRate = [.. all.Where((v, i) => !(i == 1 && v.Name == "learning_rate"))];
        Variable[] counted = [.. withoutRate.Where((v, i) => i == 0 || v.Shape.Rank > 0)];
        Variable[] slots = [.. counted.Skip(1)];
        Variable[][] orders = [all, withoutRate, counted, [counted[0], .. ByKind(optimizer)], [.. ByKind(optimizer)]];
        IEnumerable<Variable[]> fitting = orders.Where(o => o.Length == count);

        // What has no slots here may have some in Keras 2.
        Variable[] unused = Unused(optimizer);
        return count == unused.Length ? fitting.Append(unused)
            : count == 1 ? fitting.Append([counted[0]])
            : slots.Length == 0 && count == optimizer.Trained.Count + 1 ? fitting.Append([counted[0]])
            : fitting;
    }

    // Of all weights the first slot, then of all the second, ...
    private static IEnumerable<Variable> ByKind(Optimizer optimizer)
    {
        IReadOnlyList<Variable>[] slots = [.. optimizer.StateByWeight];
        return Enumerable
            .Range(0, slots.Select(s => s.Count).DefaultIfEmpty().Max())
            .SelectMany(kind => slots.Where(s => kind < s.Count).Select(s => s[kind]));
    }
}
