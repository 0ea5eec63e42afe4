namespace Distillation.Keras.Layers;

/// <content>On which device the weights are.</content>
public abstract partial class Layer
{
    // Where weights are to be made, as far as somebody has said so: the model's To, or the inputs that the layer was first used on.
    private Device? _place;

    /// <summary>
    /// The device that its weights are on, or will be made on: the host, unless <see cref="Model.To"/> or the inputs that it was built on
    /// say otherwise.
    /// </summary>
    public Device Device => Place ?? Device.Cpu;

    /// <summary>The same, but <see langword="null"/> where neither weights nor anybody else tell.</summary>
    internal Device? Place => FirstWeight?.Device ?? _place;

    /// <summary>Any of its weights, without a list of all; <see langword="null"/> where it has none.</summary>
    internal Variable? FirstWeight
    {
        get
        {
            if (_trainable.Count > 0 || _nonTrainable.Count > 0)
            {
                return _trainable.Count > 0 ? _trainable[0] : _nonTrainable[0];
            }

            IReadOnlyList<Layer> layers = Sublayers;
            for (int i = 0; i < layers.Count; i++)
            {
                if (layers[i].FirstWeight is Variable weight)
                {
                    return weight;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Lets weights that it, and the layers in it, make from now on be on a device. Those that are there stay where they are.
    /// </summary>
    /// <returns>What takes that back.</returns>
    internal Action PlaceOn(Device device)
    {
        Device? before = _place;

        // The host is where they are anyway, and no reason for others to be there.
        _place = device.IsHost ? null : device;
        Action[] inner = [.. Sublayers.Select(l => l.PlaceOn(device))];
        return () =>
        {
            Array.ForEach(inner, l => l());
            _place = before;
        };
    }

    /// <summary>Lets a layer that nobody has placed be where another one is.</summary>
    internal void PlaceBeside(Layer other) => PlaceBeside(other, other.FirstWeight);

    /// <inheritdoc cref="PlaceBeside(Layer)"/>
    /// <param name="other">The other one.</param>
    /// <param name="firstWeight">Its <see cref="FirstWeight"/>, which is looked for among all that is in it.</param>
    internal void PlaceBeside(Layer other, Variable? firstWeight)
    {
        if (Place is null && (firstWeight?.Device ?? other._place) is Device device)
        {
            PlaceOn(device);
        }
    }

    /// <summary>Where the layers are that made symbolic tensors; <see langword="null"/> where nobody has placed them.</summary>
    private static Device? PlaceOf(IReadOnlyList<KerasTensor> inputs) =>
        inputs.Select(i => i.Node.Layer.Place).FirstOrDefault(p => p is not null);
}
