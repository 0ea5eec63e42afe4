using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;

namespace Distillation.Keras;

/// <summary>A classifier whose outputs are its logits and, from the same forward pass, the outputs of some of its layers.</summary>
/// <remarks>It shares all weights with the classifier, which is not changed.</remarks>
internal sealed class FeatureModel
{
    private readonly Model _model;
    private readonly string _who;
    private readonly Dictionary<KerasTensor, KerasTensor> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, List<Use>> _uses = new(StringComparer.Ordinal);
    private readonly string[] _nested;
    private readonly HashSet<string> _beforeActivation;

    private readonly KerasTensor[] _logits;
    private readonly KerasTensor?[] _features;

    private FeatureModel(
        string who,
        Model model,
        IReadOnlyList<OutputHead> heads,
        IReadOnlyList<LayerReference> layers,
        ICollection<string> problems
    )
    {
        _who = who;
        _model = model;
        _nested = [.. layers.Where(l => l.Name.Contains('/', StringComparison.Ordinal)).Select(l => l.Name)];
        _beforeActivation = [.. layers.Where(l => l.IsBeforeActivation).Select(l => l.Name)];
        _logits = [.. heads.Select(h => Copy(h.Logits, string.Empty, null))];
        if (heads.Count == 0)
        {
            // An encoder is looked at down to its end.
            Array.ForEach([.. model.Outputs], o => Copy(o, string.Empty, null));
        }

        _features = [.. layers.Select(l => Find(l, problems))];
    }

    /// <summary>The model whose outputs are logits and then features.</summary>
    public Model WithLogits => Of([.. _logits, .. _features!]);

    /// <summary>The shapes of the features; <see langword="null"/> where a layer cannot be looked at.</summary>
    public IReadOnlyList<Shape?> Shapes => [.. _features.Select(f => f?.Shape)];

    /// <summary>The model whose outputs are the features alone.</summary>
    public Model Features => Of([.. _features!]);

    /// <summary>Looks for the layers.</summary>
    /// <param name="who">"teacher" or "student", for messages.</param>
    /// <param name="model">The classifier.</param>
    /// <param name="heads">Its outputs.</param>
    /// <param name="layers">Whose outputs are wanted.</param>
    /// <param name="problems">Takes a sentence for each layer that cannot be looked at.</param>
    /// <returns>What makes the models, where all layers were found.</returns>
    public static FeatureModel Of(
        string who,
        Model model,
        IReadOnlyList<OutputHead> heads,
        IReadOnlyList<LayerReference> layers,
        ICollection<string> problems
    ) => new(who, model, heads, layers, problems);

    private Functional Of(KerasTensor[] outputs)
    {
        var result = Functional.OfGraph(
            new KerasTensors(_model.Inputs, _model.Graph.Inputs.IsList),
            new KerasTensors(outputs),
            _model.Name + "_features"
        );
        result.CopyTrainable(_model);
        return result;
    }

    private KerasTensor? Find(LayerReference layer, ICollection<string> problems)
    {
        string name = layer.Name;
        if (!_uses.TryGetValue(name, out List<Use>? uses))
        {
            string known = string.Join(", ", _uses.Keys.Select(k => $"'{k}'"));
            bool isLast = _model.Layers.Any(l => l.Name == name);
            problems.Add(
                isLast
                    ? $"The {_who}'s layer '{name}' makes the output's probabilities: the logits are what objectives on logits compare. "
                        + $"Choose a layer before it: {known}."
                    : $"The {_who} '{_model.Name}' has no layer '{name}'. Its layers: {known}. A layer of a nested model is named "
                        + "\"nested/layer\"."
            );
            return null;
        }

        Layer? own = _model.Layers.FirstOrDefault(l => l.Name == name);
        if (
            !layer.IsBeforeActivation
            && own is not null
            && !ReferenceEquals(own, uses[0].Layer)
            && ModelSurgery.OwnActivation(own) is not null
        )
        {
            // Only the layer of an output is used without its activation.
            problems.Add(
                $"The {_who}'s layer '{name}' makes the output's probabilities, which its logits stand for. Choose a layer before it, or "
                    + $"its logits: LayerReference.BeforeActivation(\"{name}\")."
            );
            return null;
        }

        if (layer.Layer is Layer given && !ReferenceEquals(given, uses[0].Layer) && !_model.Layers.Contains(given))
        {
            problems.Add(
                $"The {_who} '{_model.Name}' has a layer '{name}', but the layer given is another one of that name. Give a layer of this "
                    + "model, or its name."
            );
            return null;
        }

        if (uses.Count > 1)
        {
            problems.Add(
                $"The {_who}'s layer '{name}' is used {uses.Count} times, so that it has no single output. Choose a layer that "
                    + "is used once."
            );
            return null;
        }

        if (uses[0].Output.Node.Outputs.Count != 1)
        {
            problems.Add($"The {_who}'s layer '{name}' has {uses[0].Output.Node.Outputs.Count} outputs. Choose a layer with one.");
            return null;
        }

        return layer.IsBeforeActivation ? uses[0].BeforeActivation : uses[0].Output;
    }

    // The same tensor in the new graph: nested models that a layer is wanted of are taken apart, all else is used as it is.
    private KerasTensor Copy(KerasTensor tensor, string prefix, bool? training)
    {
        if (_copies.TryGetValue(tensor, out KerasTensor? known))
        {
            return known;
        }

        Node node = tensor.Node;
        if (node.IsInput)
        {
            return _copies[tensor] = tensor;
        }

        LayerInputs<KerasTensor> call = node.Call!.Map(i => Copy(i, prefix, training));
        call = call.WithTraining(call.Training ?? training);
        KerasTensor[] inputs = [.. call.All];
        string name = prefix + PathName(node.Layer, prefix);
        IReadOnlyList<KerasTensor> outputs;
        KerasTensor? before = null;
        if (node.Layer is Model { HasGraph: true } nested && IsTakenApart(name))
        {
            outputs = Inline(nested, inputs, name + "/", call.Training);
        }
        else if (_beforeActivation.Contains(name) && ModelSurgery.OwnActivation(node.Layer) is ActivationFunction activation)
        {
            // Computed once: the activation becomes a layer of its own behind the values before it.
            before = ModelSurgery.Linear(node.Layer).ApplyNode(call).Outputs[0];
            var after = new Activation(activation, name: node.Layer.Name + "_activation", dtype: node.Layer.Dtype)
            {
                ActivityRegularizer = node.Layer.ActivityRegularizer,
            };
            outputs = [after.Apply(before)];
        }
        else if (prefix.Length == 0 && inputs.SequenceEqual(node.Inputs))
        {
            outputs = node.Outputs;
        }
        else
        {
            // Not among the layer's own uses, which would grow with each fit.
            outputs = new Node(node.Layer, call, [.. node.Outputs.Select(o => o.Shape)], [.. node.Outputs.Select(o => o.DType)]).Outputs;
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            _copies[node.Outputs[i]] = outputs[i];
        }

        if (!_uses.TryGetValue(name, out List<Use>? uses))
        {
            _uses[name] = uses = [];
        }

        uses.Add(new Use(node.Layer, outputs[0], before ?? (node.Layer is Activation or ReLU ? inputs[0] : outputs[0])));
        return _copies[tensor];
    }

    private bool IsTakenApart(string name) => _nested.Any(n => n.StartsWith(name + "/", StringComparison.Ordinal));

    // A nested model that lost its softmax is still called by its own name.
    private string PathName(Layer layer, string prefix) =>
        layer is Model
        && layer.Name.EndsWith(ModelSurgery.LogitsSuffix, StringComparison.Ordinal)
        && !IsTakenApart(prefix + layer.Name)
        && IsTakenApart(prefix + layer.Name[..^ModelSurgery.LogitsSuffix.Length])
            ? layer.Name[..^ModelSurgery.LogitsSuffix.Length]
            : layer.Name;

    // Each use of a nested model is computed anew, from its own inputs.
    private KerasTensor[] Inline(Model nested, KerasTensor[] inputs, string prefix, bool? training)
    {
        foreach (Node node in nested.Graph.Nodes)
        {
            foreach (KerasTensor output in node.Outputs)
            {
                _copies.Remove(output);
            }
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            _copies[nested.Inputs[i]] = inputs[i];
        }

        return [.. nested.Outputs.Select(o => Copy(o, prefix, training))];
    }

    private sealed record Use(Layer Layer, KerasTensor Output, KerasTensor BeforeActivation);
}
