using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Attention based fusion (ABF), a module of knowledge review: a stage of the student, fused with what comes from the next deeper one.
/// </summary>
/// <remarks>A 1x1 convolution is a dense layer along the channels.</remarks>
internal sealed class AttentionBasedFusion
{
    private readonly Dense _enter;
    private readonly BatchNormalization _enterNormalization;
    private readonly Dense? _attention;
    private readonly Conv2D _leave;
    private readonly BatchNormalization _leaveNormalization;

    /// <summary>
    /// Makes the weights: of the 1x1 convolution and its normalisation, the attention's (kernel and bias), of the 3x3 convolution and its
    /// normalisation.
    /// </summary>
    /// <param name="binding">Owns them.</param>
    /// <param name="input">The student's channels.</param>
    /// <param name="mid">The channels between the modules.</param>
    /// <param name="output">The teacher's channels.</param>
    /// <param name="fuses">Whether there is a deeper stage.</param>
    public AttentionBasedFusion(ObjectiveBinding binding, int input, int mid, int output, bool fuses)
    {
        _enter = binding.AddLayer(new Dense(mid, use_bias: false, kernel_initializer: "lecun_uniform", dtype: binding.DType), Map(input));
        _enterNormalization = binding.AddLayer(Normalization(binding), Map(mid));
        _attention = fuses ? binding.AddLayer(new Dense(2, activation: "sigmoid", dtype: binding.DType), Map(2 * mid)) : null;
        _leave = binding.AddLayer(
            new Conv2D(output, 3, padding: "same", use_bias: false, kernel_initializer: "lecun_uniform", dtype: binding.DType),
            Map(mid)
        );
        _leaveNormalization = binding.AddLayer(Normalization(binding), Map(output));
    }

    /// <summary>Fuses.</summary>
    /// <param name="stage">The student's map, (batch, height, width, channels).</param>
    /// <param name="deeper">What the deeper stage's module handed on, or <see langword="null"/>.</param>
    /// <param name="height">The teacher's height.</param>
    /// <param name="width">The teacher's width.</param>
    /// <param name="training">Whether the normalisation uses the batch.</param>
    public Fusion Call(Tensor stage, Tensor? deeper, long height, long width, bool training)
    {
        Tensor x = _enterNormalization.Call(_enter.Call(stage), training);
        if (_attention is not null)
        {
            Tensor y = Nearest(deeper!, x.shape[1], x.shape[2]);
            Tensor attention = _attention.Call(cat([x, y], -1));
            x = (x * attention.narrow(-1, 0, 1)).Plus(y * attention.narrow(-1, 1, 1));
        }

        Tensor residual = Nearest(x, height, width);
        return new Fusion(_leaveNormalization.Call(_leave.Call(residual), training), residual);
    }

    // The initial kernels above and the settings here are those of the authors' code.
    private static BatchNormalization Normalization(ObjectiveBinding binding) => new(momentum: 0.9, epsilon: 1e-5, dtype: binding.DType);

    private static Shape Map(int channels) => new((int?[])[null, null, null, channels]);

    private static Tensor Nearest(Tensor map, long height, long width) =>
        map.shape[1] == height && map.shape[2] == width
            ? map
            : nn.functional.interpolate(map.permute(0, 3, 1, 2), [height, width], mode: InterpolationMode.Nearest).permute(0, 2, 3, 1);

    /// <summary>What a module gives.</summary>
    /// <param name="Output">To be compared with the teacher's map, of its shape.</param>
    /// <param name="Residual">For the next shallower stage, (batch, height, width, mid channels).</param>
    internal sealed record Fusion(Tensor Output, Tensor Residual);
}
