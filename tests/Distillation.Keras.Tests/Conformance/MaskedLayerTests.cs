using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>What a mask leaves out is as if it were not there: what real Keras gives for the rest alone is the judge.</summary>
public class MaskedLayerTests
{
    private const float Junk = 50;
    private static readonly Fixture Cases = FixtureFiles.Load("layers");

    [TestCase("batchnorm")]
    [TestCase("batchnorm_2d")]
    [TestCase("batchnorm_noscale")]
    [TestCase("batchnorm_axis1")]
    public void BatchNormalization_in_training_takes_the_statistics_of_what_counts(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Cases.Array($"{name}/input0").requires_grad_();
        long samples = x.shape[0];
        Tensor padded = cat([x, full_like(x.detach(), Junk)]);
        Tensor mask = cat([ones(x.shape[..^1], @bool), zeros(x.shape[..^1], @bool)]);

        Layer layer = Made(name, x);
        Tensor masked = layer.CallAll(new LayerInputs<Tensor>(padded).WithMasks(mask).WithTraining(true)).Tensors[0].narrow(0, 0, samples);
        Tensor expected = Cases.Array($"{name}/output_training");
        Assert.That(Difference(masked, expected), Is.LessThan(1e-5), "the fixtures' tolerance");
        for (int i = 0; i < layer.Weights.Count; i++)
        {
            Assert.That(
                Difference(layer.Weights[i].Value, Cases.Array($"{name}/weight{i}_after_training")),
                Is.LessThan(1e-5),
                layer.Weights[i].Name
            );
        }

        // The gradient goes through mean and variance, as that of libtorch's own kernel without a mask.
        Tensor cotangent = Cases.Array($"{name}/cotangent");
        masked.mul(cotangent).sum().backward();
        Tensor gradient = x.grad!.clone();
        x.grad!.zero_();
        Made(name, x).CallAll([x], training: true)[0].mul(cotangent).sum().backward();
        Assert.That(Difference(gradient, x.grad!), Is.LessThan(5e-5), "the fixtures' tolerance for gradients");
    }

    [Test]
    public void Softmax_gives_nothing_to_what_a_mask_leaves_out()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Cases.Array("softmax_axis/input0");
        var layer = (Softmax)
            KerasSerializer.Deserialize<Layer>((JsonObject)Cases.All.Single(e => e.Name == "softmax_axis").Object["config"]!);
        int axis = layer.Axis[0];
        Tensor mask = cat([ones_like(x), zeros_like(x)], axis).to(ScalarType.Bool);
        Tensor output = layer.CallAll(new LayerInputs<Tensor>(cat([x, full_like(x, Junk)], axis)).WithMasks(mask)).Tensors[0];
        Assert.That(
            Difference(output.narrow(axis, 0, x.shape[axis]), Cases.Array("softmax_axis/output")),
            Is.LessThan(1e-5),
            "the fixtures' tolerance"
        );
        Assert.That(output.narrow(axis, x.shape[axis], x.shape[axis]).abs().max().item<float>(), Is.Zero);
        Tensor none = layer.CallAll(new LayerInputs<Tensor>(x).WithMasks(zeros_like(x).to(ScalarType.Bool))).Tensors[0];
        Assert.That(none.abs().max().item<float>(), Is.Zero, "where nothing takes part");
    }

    [Test]
    public void The_mean_over_steps_is_that_of_Keras()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Cases.Array("masked_globalavg1d/input0").requires_grad_();
        Input input = new(new Shape((int)x.shape[1], (int)x.shape[2]));
        var model = new Model(input, new GlobalAveragePooling1D().Apply(new Masking().Apply(input)));
        LayerOutputs outputs = model.CallAll(new LayerInputs<Tensor>(x));
        Assert.That(Difference(outputs.Tensors[0], Cases.Array("masked_globalavg1d/output")), Is.LessThan(1e-5), "the fixtures' tolerance");
        Assert.That(outputs.Mask(0), Is.Null, "no steps are left");
        outputs.Tensors[0].mul(Cases.Array("masked_globalavg1d/cotangent")).sum().backward();
        Assert.That(
            Difference(x.grad!, Cases.Array("masked_globalavg1d/grad_input0")),
            Is.LessThan(5e-5),
            "the fixtures' tolerance for gradients"
        );
    }

    private static Layer Made(string name, Tensor x)
    {
        Layer layer = KerasSerializer.Deserialize<Layer>((JsonObject)Cases.All.Single(e => e.Name == name).Object["config"]!);
        layer.CallAll([x]);
        for (int i = 0; i < layer.Weights.Count; i++)
        {
            layer.Weights[i].Assign(Cases.Array($"{name}/weight{i}"));
        }

        return layer;
    }

    // The greatest difference, relative to the greatest entry.
    private static double Difference(Tensor actual, Tensor expected)
    {
        Assert.That(actual.shape, Is.EqualTo(expected.shape));
        return (actual - expected).abs().max().item<float>() / (double)expected.abs().max().item<float>();
    }
}
