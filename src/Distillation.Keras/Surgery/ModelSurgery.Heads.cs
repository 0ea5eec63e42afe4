using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <content>Classifiers with one or several outputs, of classes or of labels.</content>
public static partial class ModelSurgery
{
    /// <summary>What each output ends in.</summary>
    /// <exception cref="NotSupportedException">An output ends in something else than a softmax, sigmoids, or logits or numbers.</exception>
    internal static IReadOnlyList<OutputHead> Heads(this Model model) =>
        [.. model.Outputs.Select(o => Head(model, o, acceptsSigmoid: true))];

    /// <summary>A model that ends in the logits of its outputs.</summary>
    internal static Functional Logits(this Model model, IReadOnlyList<OutputHead> heads)
    {
        var logits = Functional.OfGraph(
            new KerasTensors(model.Inputs, model.Graph.Inputs.IsList),
            new KerasTensors(heads.Select(h => h.Logits), heads.Count > 1 || model.Graph.Outputs.IsList),
            model.Name + LogitsSuffix
        );
        logits.CopyTrainable(model);
        return logits;
    }

    /// <summary>
    /// The model with an activation at the end of each output that is to have one: the model itself where all have theirs, else a new model
    /// on the same weights.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Its outputs.</param>
    /// <param name="ends">What each output is to end in; <see langword="null"/>: in what it ends in.</param>
    internal static Model WithActivations(this Model model, IReadOnlyList<OutputHead> heads, IReadOnlyList<OutputActivation?> ends)
    {
        bool IsWhole(int output) => heads[output].Activation != OutputActivation.Logits || ends[output] is null;
        if (Enumerable.Range(0, heads.Count).All(IsWhole))
        {
            return model;
        }

        KerasTensor[] outputs =
        [
            .. model.Outputs.Select(
                (z, i) =>
                    IsWhole(i)
                        ? z
                        : Probabilities(
                                ends[i] == OutputActivation.Sigmoid,
                                FreeName(model, heads.Count == 1 ? "probabilities" : heads[i].Name + "_probabilities"),
                                z
                            )
                            .Apply(z)
            ),
        ];
        var probabilities = new Model(
            new KerasTensors(model.Inputs, model.Graph.Inputs.IsList),
            new KerasTensors(outputs, model.Graph.Outputs.IsList),
            model.Name
        );
        probabilities.CopyTrainable(model);
        return probabilities;
    }

    private static Layer Probabilities(bool isMultiLabel, string name, KerasTensor z) =>
        isMultiLabel ? new Layers.Activation("sigmoid", name: name, dtype: TypeOf(z)) : new Softmax(name: name, dtype: TypeOf(z));
}
