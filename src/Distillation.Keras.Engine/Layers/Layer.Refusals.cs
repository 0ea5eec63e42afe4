using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>What a layer refuses, and how it stays as it was then.</content>
public abstract partial class Layer
{
    /// <summary>What makes the layer again what it is now.</summary>
    internal virtual Action Remember()
    {
        LoraKernel? lora = Lora;
        (bool built, IReadOnlyList<Shape> shapes, int trainable, int others, int nodes, int added, Layer[]? sublayers, Device? place) = (
            Built,
            BuildShapes,
            _trainable.Count,
            _nonTrainable.Count,
            _nodes.Length,
            _added.Count,
            _sublayers,
            _place
        );
        Action? own =
            this is not Model ? FieldValues.Remember(this, typeof(Layer))
            : IsForeign ? FieldValues.Remember(this, typeof(Model))
            : null;
        Action[] inner = [.. Sublayers.Select(l => l.Remember())];
        return () =>
        {
            Array.ForEach(inner, l => l());
            own?.Invoke();
            if (_weightSource is null)
            {
                foreach (Variable made in _trainable.Skip(trainable).Concat(_nonTrainable.Skip(others)))
                {
                    if (!ReferenceEquals(made, _adopted))
                    {
                        made.Release();
                    }
                }
            }

            _trainable.RemoveRange(trainable, _trainable.Count - trainable);
            _nonTrainable.RemoveRange(others, _nonTrainable.Count - others);
            _nodes = _nodes[..nodes];
            _added.RemoveRange(added, _added.Count - added);
            (Built, Lora, BuildShapes, _sublayers, _place) = (built, lora, shapes, sublayers, place);
        };
    }

    /// <summary>Refuses strings where the layer does not take them.</summary>
    private void RefuseStrings(bool areStrings)
    {
        if (areStrings && !TakesStrings)
        {
            throw new ArgumentException(
                $"The {ClassName} '{Name}' computes on numbers, but its input holds strings. Turn them into numbers before: "
                    + "new StringLookup(...), whose vocabulary is given or adapted."
            );
        }
    }

    /// <summary>Refuses tensors whose values the layer's inputs cannot hold.</summary>
    private protected virtual void CheckValues(IReadOnlyList<Tensor> inputs)
    {
        foreach (Tensor input in inputs)
        {
            ValueChecks.Beyond(input, Dtype.ComputeType, nameof(inputs));
        }
    }

    /// <summary>Refuses symbolic tensors of a type that the layer's inputs cannot hold.</summary>
    private protected virtual void CheckTypes(IReadOnlyList<KerasTensor> inputs) { }
}
