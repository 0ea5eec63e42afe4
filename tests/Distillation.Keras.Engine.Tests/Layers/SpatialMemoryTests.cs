using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What models of layers with spatial axes leave in memory.</summary>
public sealed class SpatialMemoryTests
{
    [Test]
    public void A_model_of_any_rank_leaves_nothing_behind_but_its_output([Values] bool training)
    {
        Model[] models =
        [
            new Sequential(
                new Input(12, 3),
                new Conv1D(4, 3, padding: "causal"),
                new MaxPooling1D(3, 1, "same"),
                new AveragePooling1D(2, 1, "same"),
                new ZeroPadding1D(),
                new Cropping1D(),
                new UpSampling1D(),
                new GlobalMaxPooling1D(keepdims: true),
                new GlobalAveragePooling1D()
            ),
            new Sequential(
                new Input(6, 6, 3),
                new Cropping2D(1),
                new UpSampling2D(),
                new UpSampling2D(interpolation: "bicubic"),
                new GlobalAveragePooling2D()
            ),
            new Sequential(
                new Input(new Shape(6, 6, 6, 3)),
                new Conv3D(4, 2, padding: "same"),
                new MaxPooling3D(2, 1, "same"),
                new AveragePooling3D(2, 1, "same"),
                new ZeroPadding3D(),
                new Cropping3D(),
                new UpSampling3D(),
                new GlobalMaxPooling3D(keepdims: true),
                new GlobalAveragePooling3D()
            ),
        ];
        using IDisposable noGrad = no_grad();
        foreach (Model model in models)
        {
            using Tensor x = rand([2, .. model.Input.Shape.Skip(1).Select(s => (long)s!.Value)]).DetachFromDisposeScope();
            Assert.That(LiveTensors.LeftBy(() => model.Call(x, training).Dispose()), Is.Zero, model.Name);
        }
    }
}
