using Distillation.Keras.Backend;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>Which arrays of a manifest go into the state of an optimizer.</summary>
/// <remarks>
/// TensorFlow.js calls them by the weight and what it keeps of it, <c>dense_Dense1/kernel/m</c>; a number may stand behind the weight, as
/// <c>dense_Dense1/kernel_1/m</c>. Source: <c>getWeights</c> in <c>tfjs-core/src/optimizers</c>.
/// </remarks>
internal static class LayersModelState
{
    private const string Count = "iter";

    /// <summary>
    /// Adds the state to a plan, if it is that of such an optimizer for such weights; else it is left out with a warning.
    /// </summary>
    /// <param name="optimizer">The optimizer, which knows its weights.</param>
    /// <param name="state">The arrays of the file.</param>
    /// <param name="names">What the file calls the weights.</param>
    /// <param name="plan">What gets the arrays.</param>
    public static void Plan(
        Optimizer optimizer,
        IReadOnlyDictionary<string, StoredArray> state,
        IReadOnlyDictionary<Variable, string> names,
        LoadPlan plan
    )
    {
        if (Pairs(optimizer, state, names) is { } pairs && pairs.TrueForAll(p => LoadPlan.Misfit(p.Variable, p.Array) is null))
        {
            pairs.ForEach(p => plan.Add(p.Variable, p.Array));
            return;
        }

        plan.Warnings.Add(
            Invariant(
                $"The state of the optimizer was left out: the {state.Count} arrays that the file has for it are not those of "
                    + $"{optimizer.Name}, or not for these weights. A training begins with a new state."
            )
        );
    }

    private static List<(Variable Variable, StoredArray Array)>? Pairs(
        Optimizer optimizer,
        IReadOnlyDictionary<string, StoredArray> state,
        IReadOnlyDictionary<Variable, string> names
    )
    {
        if (!state.TryGetValue(Count, out StoredArray? count))
        {
            return null;
        }

        var pairs = new List<(Variable Variable, StoredArray Array)> { (optimizer.Variables[0], count) };

        // Before the first step there are none.
        if (state.Count == 1)
        {
            return pairs;
        }

        string[] kinds = Kinds(optimizer);
        ILookup<(string Weight, string Kind), StoredArray> arrays = state
            .Where(s => s.Key.Contains('/', StringComparison.Ordinal))
            .ToLookup(s => (WithoutNumber(s.Key[..s.Key.LastIndexOf('/')]), s.Key[(s.Key.LastIndexOf('/') + 1)..]), s => s.Value);
        foreach ((Variable weight, IReadOnlyList<Variable> slots) in optimizer.TrainedWeights.Zip(optimizer.StateByWeight))
        {
            if (slots.Count != kinds.Length || !names.TryGetValue(weight, out string? name))
            {
                return null;
            }

            for (int i = 0; i < kinds.Length; i++)
            {
                if (arrays[(WithoutNumber(name), kinds[i])].ToArray() is not [StoredArray array])
                {
                    return null;
                }

                pairs.Add((slots[i], InForm(array, optimizer)));
            }
        }

        return pairs;
    }

    // Keras' momentum has the rate in it, that of TensorFlow.js has not.
    private static StoredArray InForm(StoredArray array, Optimizer optimizer) =>
        optimizer is SGD ? array.Changed(a => a.Scale(-optimizer.LearningRate), array.Shape) : array;

    private static string[] Kinds(Optimizer optimizer) =>
        optimizer switch
        {
            SGD { Momentum: > 0 } => ["momentum"],
            Adam { Amsgrad: false } => ["m", "v"],
            RMSprop { Momentum: > 0, Centered: true } => ["rms", "momentum", "mg"],
            RMSprop { Momentum: > 0 } => ["rms", "momentum"],
            RMSprop { Centered: true } => ["rms", "mg"],
            RMSprop => ["rms"],
            Adagrad => ["accumulator"],
            Adadelta => ["accum_grad", "accum_var"],
            _ => [],
        };

    private static string WithoutNumber(string name)
    {
        int end = name.LastIndexOf('_');
        return end > 0 && end < name.Length - 1 && name.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..end] : name;
    }
}
