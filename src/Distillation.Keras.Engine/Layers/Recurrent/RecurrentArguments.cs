using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The states that a call of a recurrent layer begins with.</summary>
internal static class RecurrentArguments
{
    /// <summary>A call whose further inputs, if it has some, are its <c>initial_state</c>.</summary>
    /// <exception cref="ArgumentException">There are two kinds of states, or they are not those of the layer.</exception>
    public static LayerInputs<T> Arranged<T>(Layer layer, LayerInputs<T> inputs, IReadOnlyList<int> sizes)
        where T : class
    {
        LayerInputs<T> arranged = inputs;
        if (inputs.Tensors.Count > 1)
        {
            if (inputs.Arguments.ContainsKey(RNN.InitialState))
            {
                throw new ArgumentException(
                    $"{layer.ClassName} '{layer.Name}' takes its first states as initial_state or as inputs behind its sequences, but got "
                        + "both. Give them once.",
                    nameof(inputs)
                );
            }

            T[] states = [.. inputs.Tensors.Skip(1)];
            arranged = new LayerInputs<T>(inputs.Tensors[0]).WithTraining(inputs.Training).With(RNN.InitialState, states);
            arranged = inputs.HasMasks ? arranged.WithMasks([inputs.Mask(0)]) : arranged;
        }

        if (arranged.Arguments.ContainsKey(RNN.InitialState))
        {
            Shape[] given = [.. arranged.TensorsOf(RNN.InitialState).Select(ShapeOf)];
            RNNCell.RefuseStates(
                layer,
                sizes,
                given,
                ShapeOf(arranged.Tensors[0]) is { Rank: > 0 } s ? s[0] : null,
                "an initial_state with the states of its cell"
            );
        }

        return arranged;
    }

    /// <summary>The shapes of the states as Keras writes them; <see langword="null"/> where there are none.</summary>
    public static JsonNode? ShapesOf<T>(LayerInputs<T> inputs, IReadOnlyList<IReadOnlyList<int>> sizes)
        where T : class
    {
        if (!inputs.Arguments.TryGetValue(RNN.InitialState, out object? states))
        {
            return null;
        }

        JsonNode?[] shapes = [.. inputs.TensorsOf(RNN.InitialState).Select(t => ConfigWriter.ToJson(ShapeOf(t), RNN.InitialState))];
        return states is T ? shapes[0] : Nested(shapes, sizes);
    }

    /// <summary>What belongs to the states, in a list for each cell of several.</summary>
    public static JsonArray Nested(IReadOnlyList<JsonNode?> ofStates, IReadOnlyList<IReadOnlyList<int>> sizes)
    {
        if (sizes.Count == 1)
        {
            return [.. ofStates];
        }

        var nested = new JsonArray();
        int place = 0;
        foreach (IReadOnlyList<int> cell in sizes)
        {
            JsonNode?[] own = [.. ofStates.Skip(place).Take(cell.Count)];
            nested.Add(new JsonArray(own));
            place += cell.Count;
        }

        return nested;
    }

    private static Shape ShapeOf<T>(T tensor) =>
        tensor switch
        {
            Tensor computed => Shape.FromSizes(computed.shape),
            KerasTensor symbolic => symbolic.Shape,
            _ => throw new NotSupportedException($"A {typeof(T).Name} has no shape."),
        };
}
