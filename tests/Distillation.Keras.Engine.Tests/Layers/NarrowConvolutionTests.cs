using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Convolutions with one channel or one filter, which libtorch takes for another layout when it computes gradients.</summary>
public sealed class NarrowConvolutionTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("Conv1DTranspose", new Conv1DTranspose(8, 3), new Shape(14, 1), 1);
        yield return Case("Conv2DTranspose", new Conv2DTranspose(8, 3), new Shape(14, 14, 1), 1);
        yield return Case("Conv2DTranspose, strides", new Conv2DTranspose(4, 3, strides: 2, padding: "same"), new Shape(7, 7, 1), 1);
        yield return Case("Conv2DTranspose, float64", new Conv2DTranspose(4, 2, dtype: "float64"), new Shape(7, 7, 1), 3);
        yield return Case("Conv1D, float64", new Conv1D(1, 2, dtype: "float64"), new Shape(5, 2), 3);
        yield return Case("Conv2D, float64", new Conv2D(1, 2, dtype: "float64"), new Shape(5, 5, 2), 3);
    }

    private static TestCaseData Case(string name, Layer layer, Shape shape, int samples) =>
        new TestCaseData(layer, shape, samples).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Cases))]
    public void They_are_trained_on_any_number_of_samples(Layer layer, Shape shape, int samples)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(shape);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = rand(shape.WithBatch(samples).ToSizes(), layer.Dtype.ComputeType).requires_grad_();
        Tensor y = layer.Call(x);
        IList<Tensor> gradients = autograd.grad([y.sum()], [x, layer.Weights[0].Value]);

        // The derivative of a sum by a kernel's entry is the sum of the inputs that meet it; along a line through the kernel it is what
        // the output's change says, as the output is linear in the kernel.
        Variable kernel = layer.Weights[0];
        double before = y.sum().to(ScalarType.Float64).item<double>();
        Tensor direction = rand_like(kernel.Value.detach());
        using (no_grad())
        {
            kernel.Assign(kernel.Value.add(direction));
        }

        double change = layer.Call(x).sum().to(ScalarType.Float64).item<double>() - before;
        Assert.That(gradients[1].mul(direction).sum().to(ScalarType.Float64).item<double>(), Is.EqualTo(change).Within(1e-3).Percent);
    }
}
