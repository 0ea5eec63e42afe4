using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <content>Classifiers with one or several outputs, of classes or of labels.</content>
public static partial class ModelSurgery
{
    /// <summary>What each output ends in.</summary>
    /// <exception cref="NotSupportedException">An output ends in something else than a softmax, sigmoids, or logits or numbers.</exception>
    internal static IReadOnlyList<OutputHead> Heads(this Model model) => [.. model.Outputs.Select(o => Head(model, o, acceptsSigmoid: true))];

    /// <summary>The model with an activation at the end of each output that is not of numbers: the model itself where all have one, else a new model on the same weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Its outputs.</param>
    /// <param name="kinds">What they are.</param>
    internal static Model WithActivations(this Model model, IReadOnlyList<OutputHead> heads, IReadOnlyList<Head> kinds)
    {
        bool IsWhole(int output) => heads[output].Activation != OutputActivation.Logits || kinds[output].IsNumeric;
        if (Enumerable.Range(0, heads.Count).All(IsWhole))
        {
            return model;
        }

        KerasTensor[] outputs =
        [
            .. model.Outputs.Select((z, i) => IsWhole(i)
                ? z
                : Probabilities(kinds[i].IsMultiLabel, FreeName(model, heads.Count == 1 ? "probabilities" : heads[i].Name + "_probabilities"), z).Apply(z)),
        ];
        var probabilities = new Model(new KerasTensors(model.Inputs, model.Graph.Inputs.IsList), new KerasTensors(outputs, model.Graph.Outputs.IsList), model.Name);
        probabilities.CopyTrainable(model);
        return probabilities;
    }

    private static Layer Probabilities(bool isMultiLabel, string name, KerasTensor z) => isMultiLabel
        ? new Layers.Activation("sigmoid", name: name, dtype: TypeOf(z))
        : new Softmax(name: name, dtype: TypeOf(z));
}
