using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Models;

/// <summary>
/// Keras 3's configuration of one use of a layer: its tensors as <c>args</c>, and masks, <c>training</c> and arguments by name as
/// <c>kwargs</c>.
/// </summary>
/// <remarks>Source: <c>serialize_node</c> and <c>deserialize_node</c> in <c>keras/src/models/functional.py</c>.</remarks>
internal static class NodeConfig
{
    private const string Training = "training";

    /// <summary>The argument for a mask.</summary>
    public const string Mask = "mask";

    private const string Inputs = "inputs";
    private const string States = "states";

    public static JsonObject Write(Node node, Func<KerasTensor, JsonArray> history)
    {
        LayerInputs<KerasTensor> call = node.Call!;
        if (call.Form is { } form)
        {
            return form.Write(i => Tensor(call.Tensors[i]));
        }

        JsonNode[] tensors = [.. call.Tensors.Select(Tensor)];
        IReadOnlyList<string> names = node.Layer.InputNames;
        var arguments = new JsonObject();
        if (names.Count > 0)
        {
            for (int i = call.Ordered; i < tensors.Length; i++)
            {
                arguments[names[i]] = tensors[i];
            }
        }
        else if (call.Ordered == 0)
        {
            arguments[InputsOf(node.Layer)] = Structured(tensors);
        }

        foreach ((string name, object value) in call.Arguments)
        {
            arguments[name] = Value(value);
        }

        if ((call.Training ?? RecordedTraining(node)) is bool training)
        {
            arguments[Training] = training;
        }

        if (call.HasMasks && names.Count > 0)
        {
            for (int i = 0; i < tensors.Length; i++)
            {
                if (call.Mask(i) is KerasTensor mask)
                {
                    arguments[$"{names[i]}_{Mask}"] = Tensor(mask);
                }
            }
        }
        else if (call.HasMasks)
        {
            JsonNode?[] masks =
            [
                .. Enumerable.Range(0, call.Tensors.Count).Select(i => call.Mask(i) is KerasTensor mask ? Tensor(mask) : null),
            ];
            arguments[Mask] = Structured(masks);
        }
        else if (
            node.Layer is Model or BatchNormalization or Softmax or GlobalAveragePooling1D
            || (node.Layer is RNN or Bidirectional or TimeDistributed && call.Arguments.Count == 0 && call.Training is null)
        )
        {
            // Keras hands a mask to every layer that takes one, here none for each tensor.
            arguments[Mask] = Structured([.. tensors.Select(_ => (JsonNode?)null)]);
        }

        if (node.Layer is RNNCell)
        {
            return new JsonObject { ["args"] = new JsonArray(tensors[0], new JsonArray([.. tensors.Skip(1)])), ["kwargs"] = arguments };
        }

        if (node.Layer is Softmax && call is { Ordered: 2, HasMasks: true })
        {
            arguments.Remove(Mask);
            return new JsonObject { ["args"] = new JsonArray(tensors[0], Tensor(call.Mask(0)!)), ["kwargs"] = arguments };
        }

        JsonArray ordered =
            names.Count > 0 ? new JsonArray(tensors[..Math.Min(call.Ordered, tensors.Length)])
            : call.Ordered == 0 ? []
            : new JsonArray(Structured(tensors));
        return new JsonObject { ["args"] = ordered, ["kwargs"] = arguments };

        JsonNode? Structured(JsonNode?[] values) =>
            NamesOf(node.Layer) is { } names && names.Count == values.Length
                ? new JsonObject(names.Select((n, i) => KeyValuePair.Create(n, values[i])))
            : call.IsList ? new JsonArray(values)
            : values[0];

        JsonNode Tensor(KerasTensor t) =>
            new JsonObject
            {
                ["class_name"] = "__keras_tensor__",
                ["config"] = new JsonObject
                {
                    ["shape"] = ConfigWriter.ToJson(t.Shape, "shape"),
                    ["dtype"] = t.DType,
                    ["keras_history"] = history(t),
                },
            };

        JsonNode Value(object value) =>
            value switch
            {
                KerasTensor tensor => Tensor(tensor),
                IReadOnlyList<KerasTensor> several when node.Layer is RNN rnn => RecurrentArguments.Nested(
                    [.. several.Select(Tensor)],
                    rnn.Cell.StateSizes
                ),
                IReadOnlyList<KerasTensor> several => new JsonArray([.. several.Select(Tensor)]),
                bool flag => JsonValue.Create(flag),
                string text => JsonValue.Create(text),
                int or long => JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
                _ => ConfigWriter.Real(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
            };
    }

    /// <summary>What a layer is used on; <see langword="null"/> where a tensor of it is not made yet.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="node">The configuration of the use.</param>
    /// <param name="find">Finds a tensor by its history.</param>
    /// <exception cref="ArgumentException">It is no such configuration, or the layer has no argument of that name.</exception>
    public static LayerInputs<KerasTensor>? Read(Layer layer, JsonObject node, Func<JsonArray, KerasTensor?> find)
    {
        JsonArray args =
            node["args"] as JsonArray ?? throw new ArgumentException($"Functional: a use of '{layer.Name}' has no list 'args'.");
        if (layer is Operation)
        {
            return ReadOperation(args, node["kwargs"] as JsonObject ?? [], find);
        }

        JsonObject kwargs = node["kwargs"] as JsonObject ?? [];
        int ordered = args.Count;
        HashSet<string> read = [];
        bool maskInOrder = false;
        if (layer.InputNames.Count > 0)
        {
            args = WithNamed(layer, args, kwargs, read);
        }
        else if (layer is RNNCell)
        {
            args = OfCell(layer, args, kwargs, read);
        }
        else if (args.Count == 0 && kwargs[InputsOf(layer)] is JsonNode inputs)
        {
            args = new JsonArray(inputs.DeepClone());
            read.Add(InputsOf(layer));
        }
        else if (layer is Softmax && args is [JsonObject input, JsonObject mask])
        {
            args = new JsonArray(input.DeepClone());
            kwargs = new JsonObject { [Mask] = mask.DeepClone() };
            maskInOrder = true;
        }

        JsonNode?[]? named = ByName(layer, args);
        bool isList = named is not null || args.Any(a => a is JsonArray);
        JsonNode?[] given = named ?? [.. args.SelectMany(a => a is JsonArray list ? list : (IEnumerable<JsonNode?>)[a])];
        KerasTensor?[] tensors = [.. given.Select(Found)];
        if (tensors.Length == 0)
        {
            throw new ArgumentException($"Functional: a use of '{layer.Name}' has no tensor among its 'args'.");
        }

        if (Array.Exists(tensors, t => t is null))
        {
            return null;
        }

        LayerInputs<KerasTensor> call = isList
            ? new LayerInputs<KerasTensor>((IEnumerable<KerasTensor>)tensors!)
            : new LayerInputs<KerasTensor>(tensors!);
        call = (read.Count > 0 && layer is not RNNCell) || maskInOrder ? call.WithOrdered(ordered) : call;
        foreach ((string key, JsonNode? value) in kwargs)
        {
            if (value is null || read.Contains(key))
            {
                continue;
            }

            switch (key)
            {
                case Training when value is JsonValue mode && mode.TryGetValue(out bool isTraining) && isTraining == layer.TrainingInKeras:
                    break;
                case Training:
                    call = call.WithTraining(
                        (bool?)ConfigReader.Convert(value, typeof(bool?), $"Functional: the argument 'training' of '{layer.Name}'")
                    );
                    break;
                case Mask:
                    JsonNode?[] givenMasks =
                        ByName(layer, new JsonArray(value.DeepClone())) ?? (value is JsonArray several ? [.. several] : [value]);
                    givenMasks =
                        layer is BaseAttention && givenMasks.Length < tensors.Length
                            ? [.. givenMasks, .. new JsonNode?[tensors.Length - givenMasks.Length]]
                            : givenMasks;
                    KerasTensor?[] masks = Array.ConvertAll(givenMasks, m => m is null ? null : Found(m));
                    if (givenMasks.Where((m, i) => m is not null && masks[i] is null).Any())
                    {
                        return null;
                    }

                    call = call.WithMasks(masks);
                    break;
                default:
                    if (!layer.CallArguments.Contains(key))
                    {
                        throw new NotSupportedException(
                            $"Functional: '{layer.Name}' is called with the argument '{key}', which is not supported."
                        );
                    }

                    if (Argument(value) is not object argument)
                    {
                        return null;
                    }

                    call = call.With(key, argument);
                    break;
            }
        }

        return call;

        KerasTensor? Found(JsonNode? tensor) => find(History(layer, tensor));

        object? Argument(JsonNode value)
        {
            switch (value)
            {
                case JsonObject:
                    return Found(value);
                case JsonArray several:
                    // The states of cells that are stacked are lists in a list.
                    KerasTensor?[] found =
                    [
                        .. several.SelectMany(s => s is JsonArray inner ? inner : (IEnumerable<JsonNode?>)[s]).Select(Found),
                    ];
                    return Array.Exists(found, t => t is null) ? null : found;
                default:
                    JsonValue constant = value.AsValue();
                    return constant.TryGetValue(out bool flag) ? flag
                        : constant.TryGetValue(out string? text) ? text
                        : constant.TryGetValue(out long whole) ? whole
                        : constant.GetValue<double>();
            }
        }
    }

    // The default of the call's training is noted as if it had been given. A recurrent layer with states does not note it.
    private static bool? RecordedTraining(Node node) =>
        node.Layer is RNN && node.Call!.Arguments.Count > 0 ? null : node.Layer.TrainingInKeras;

    // Arguments are constants, tensors, and lists of both; each tensor has a place of its own.
    private static LayerInputs<KerasTensor>? ReadOperation(JsonArray args, JsonObject kwargs, Func<JsonArray, KerasTensor?> find)
    {
        var tensors = new List<KerasTensor>();
        bool waits = false;
        var form = ((JsonArray)Placed(args)!, (JsonObject)Placed(kwargs)!);
        return waits ? null
            : tensors.Count > 0 ? new LayerInputs<KerasTensor>(tensors.ToArray()).WithForm(new CallForm(form.Item1, form.Item2))
            : throw new ArgumentException("Functional: a use of an operation has no tensor among its arguments.");

        JsonNode? Placed(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject o when HistoryOf(o) is JsonArray history:
                    if (find(history) is KerasTensor tensor)
                    {
                        tensors.Add(tensor);
                    }
                    else
                    {
                        waits = true;
                    }

                    return CallForm.PlaceOf(tensors.Count - 1);
                case JsonObject o:
                    return new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Placed(p.Value))));
                case JsonArray list:
                    return new JsonArray([.. list.Select(Placed)]);
                default:
                    return node?.DeepClone();
            }
        }
    }

    // Inputs that are arguments of their own come in order, or by their names.
    private static JsonArray WithNamed(Layer layer, JsonArray args, JsonObject kwargs, HashSet<string> read)
    {
        var all = new JsonArray([.. args.Select(a => a?.DeepClone())]);
        for (int i = args.Count; i < layer.InputNames.Count && kwargs[layer.InputNames[i]] is JsonNode tensor; i++)
        {
            all.Add(tensor.DeepClone());
            read.Add(layer.InputNames[i]);
        }

        return all;
    }

    // A cell takes its input and its states.
    private static JsonArray OfCell(Layer cell, JsonArray args, JsonObject kwargs, HashSet<string> read)
    {
        var all = new JsonArray([.. args.Select(a => a?.DeepClone())]);
        foreach (string name in ((string[])[InputsOf(cell), States]).Skip(args.Count))
        {
            if (kwargs[name] is JsonNode given)
            {
                all.Add(given.DeepClone());
                read.Add(name);
            }
        }

        return all;
    }

    /// <summary>What the first argument of a layer's call is named.</summary>
    public static string InputsOf(Layer layer) =>
        layer switch
        {
            RNN or Bidirectional => "sequences",
            SimpleRNNCell => "sequence",
            _ => Inputs,
        };

    /// <summary>The names of a layer's inputs: a model whose inputs have names takes them by name.</summary>
    public static IReadOnlyList<string>? NamesOf(Layer layer) => layer is Model { HasGraph: true } model ? model.Graph.Inputs.Keys : null;

    private static JsonNode?[]? ByName(Layer layer, JsonArray args) =>
        args is [JsonObject named]
        && !named.ContainsKey("class_name")
        && NamesOf(layer) is { } names
        && named.Count == names.Count
        && names.All(named.ContainsKey)
            ? [.. names.Select(n => named[n])]
            : null;

    private static JsonArray? HistoryOf(JsonNode? node) =>
        node is JsonObject o
        && ConfigReader.IsClass(o, "__keras_tensor__")
        && (o["config"] as JsonObject)?["keras_history"] is JsonArray { Count: 3 } history
            ? history
            : null;

    private static JsonArray History(Layer layer, JsonNode? node) =>
        HistoryOf(node)
        ?? throw new NotSupportedException(
            $"Functional: '{layer.Name}' takes tensors of the model, but its configuration has {KerasSerializer.Shorten(node)}."
        );
}
