using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that set whole channels to 0: <see cref="SpatialDropout1D"/>, <see cref="SpatialDropout2D"/> and
/// <see cref="SpatialDropout3D"/>.
/// </summary>
/// <remarks>Source: <c>keras/src/layers/regularization/spatial_dropout.py</c>; Tompson et al., arXiv 1411.4280.</remarks>
public abstract class BaseSpatialDropout : BaseDropout
{
    private readonly int _rank;
    private readonly string _dataFormat;

    private protected BaseSpatialDropout(int rank, double rate, string? data_format, int? seed, string? name, DTypePolicy? dtype)
        : base(rate, seed, name, trainable: true, dtype)
    {
        _rank = rank;
        _dataFormat = Spatial.DataFormat(data_format, ClassName);
    }

    /// <summary>The layout, where Keras lets one choose it.</summary>
    private protected string Layout => _dataFormat;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Spatial.RequireInput(inputShape, _rank, $"{ClassName} '{Name}'", _dataFormat);
        return inputShape;
    }

    /// <summary>Keras writes the rate, the seed, the name and the type of weights alone.</summary>
    /// <returns>A new object that the caller may change.</returns>
    public override JsonObject GetConfig()
    {
        JsonObject all = base.GetConfig();
        var config = new JsonObject();
        foreach (string key in (string[])["rate", "seed", "name", "dtype", "data_format", "activity_regularizer"])
        {
            if (all.ContainsKey(key))
            {
                config[key] = key == "dtype" ? DTypes.NameOf(Dtype.VariableType) : all[key]?.DeepClone();
            }
        }

        return config;
    }

    private protected override long[] MaskSizes(Tensor input)
    {
        long[] sizes = input.shape;
        int channels = Spatial.ChannelAxis(_dataFormat) is int axis && axis < 0 ? axis + sizes.Length : axis;
        for (int i = 1; i < sizes.Length; i++)
        {
            sizes[i] = i == channels ? sizes[i] : 1;
        }

        return sizes;
    }
}
