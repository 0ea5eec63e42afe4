using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Convolutions of 3x3 without strides, each with a leaky ReLU: an encoder, a decoder or a translator of factors.</summary>
internal sealed class FactorNetwork
{
    private const double Slope = 0.1;

    private readonly Conv2D[] _layers;

    /// <inheritdoc cref="FactorNetwork" path="/summary"/>
    /// <param name="binding">Owns them.</param>
    /// <param name="input">The channels of what comes in.</param>
    /// <param name="channels">What each layer gives.</param>
    /// <param name="trained">Whether the fit trains them.</param>
    public FactorNetwork(ObjectiveBinding binding, int input, IReadOnlyList<int> channels, bool trained)
    {
        _layers = new Conv2D[channels.Count];
        for (int i = 0; i < _layers.Length; i++)
        {
            Shape shape = new((int?[])[null, null, null, i == 0 ? input : channels[i - 1]]);
            _layers[i] = binding.AddLayer(new Conv2D(channels[i], 3, padding: "same", dtype: binding.DType), shape, trained);
        }
    }

    /// <summary>Kernels and biases.</summary>
    public IEnumerable<Variable> Weights => _layers.SelectMany(l => l.Weights);

    /// <summary>The result, (batch, height, width, channels).</summary>
    public Tensor Call(Tensor map)
    {
        Tensor x = map;
        foreach (Conv2D layer in _layers)
        {
            x = Activations.LeakyRelu(layer.Call(x), Slope);
        }

        return x;
    }
}
