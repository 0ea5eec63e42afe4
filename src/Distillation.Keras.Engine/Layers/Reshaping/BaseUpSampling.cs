using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="UpSampling1D"/>, <see cref="UpSampling2D"/> and <see cref="UpSampling3D"/> share: each entry of the spatial axes several
/// times.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output of the same rank; with <c>channels_first</c> the channels come before the spatial axes.
/// </remarks>
public abstract class BaseUpSampling : Layer
{
    private protected BaseUpSampling(string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => DataFormat = Spatial.DataFormat(data_format, ClassName);

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>How many times each entry comes, for each spatial axis.</summary>
    private protected abstract Size Factors { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, Factors.Count, me, DataFormat);
        Shape output = inputShape;
        int first = Spatial.FirstAxis(DataFormat);
        for (int i = 0; i < Factors.Count; i++)
        {
            output = output.With(
                first + i,
                Sizes.Checked(inputShape[first + i] * (BigInteger)Factors[i], $"{me} with size {Factors}", inputShape)
            );
        }

        return output;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        long[] shape = ComputeOutputShape(Shape.FromSizes(input.shape)).ToSizes();
        return Resample(input, shape).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the output.</summary>
    /// <param name="input">The input in Keras' layout.</param>
    /// <param name="shape">The output's shape.</param>
    private protected virtual Tensor Resample(Tensor input, long[] shape)
    {
        // Each axis gets one of the factor's size behind it, and both are one axis then: a single copy.
        int first = Spatial.FirstAxis(DataFormat);
        List<long> split = [.. input.shape];
        List<long> repeated = [.. input.shape];
        for (int i = Factors.Count - 1; i >= 0; i--)
        {
            split.Insert(first + i + 1, 1);
            repeated.Insert(first + i + 1, Factors[i]);
        }

        return input.reshape([.. split]).expand([.. repeated]).reshape(shape);
    }
}
