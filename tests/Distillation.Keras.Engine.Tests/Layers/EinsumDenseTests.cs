using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Equations of dense layers over any axes, and dot products along axes. Numbers are Keras'.</summary>
public sealed class EinsumDenseTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Shape Sizes(int[] sizes) => new(sizes.Select(s => s < 0 ? null : (int?)s));

    [TestCase("ab,bc->ac", new[] { 5 }, "c", new long[] { 2, 3 }, "(5,)", "(None, 5)", 0.07724999, -0.156, 1.765)]
    [TestCase("abc,cd->abd", new[] { -1, 5 }, "d", new long[] { 2, 3, 4 }, "(5,)", "(None, None, 5)", 0.38225, -1.01475, 6.065)]
    [TestCase("abc,cd->abd", new[] { 3, 5 }, "bd", new long[] { 2, 3, 4 }, "(3, 5)", "(None, 3, 5)", -1.12775, -1.98475, 7.525)]
    [TestCase("...x,xy->...y", new[] { 5 }, "y", new long[] { 2, 3, 2, 4 }, "(5,)", "(None, 3, 2, 5)", -0.8255, -2.398, 12.33)]
    [TestCase("...x,xy->...y", new[] { 5 }, null, new long[] { 2, 4 }, null, "(None, 5)", 0.125, -0.0455, 1.09)]
    [TestCase("ab...,bc->ac...", new[] { 5 }, "c", new long[] { 2, 3, 4 }, "(5, 1)", "(None, 5, 4)", -0.51375, -1.148, 6.81)]
    [TestCase("ab...,bc->ac...", new[] { 5 }, "c", new long[] { 2, 3, 4, 2 }, "(5, 1, 1)", "(None, 5, 4, 2)", -1.21225, -3.479, 16.6)]
    [TestCase("abc,cde->abde", new[] { -1, 2, 3 }, "de", new long[] { 2, 3, 4 }, "(2, 3)", "(None, None, 2, 3)", -1.315, -2.4125, 9.66)]
    [TestCase("abc,cde->abde", new[] { -1, 2, 3 }, "e", new long[] { 2, 3, 4 }, "(3,)", "(None, None, 2, 3)", -0.515, -0.6725, 6.55)]
    [TestCase("abc,cde->abde", new[] { -1, 2, 3 }, "d", new long[] { 2, 3, 4 }, "(2, 1)", "(None, None, 2, 3)", -0.715, -2.1725, 7.4)]
    [TestCase("abcd,cde->abe", new[] { -1, 5 }, "e", new long[] { 2, 3, 4, 2 }, "(5,)", "(None, None, 5)", -0.389, -2.098, 6.66)]
    [TestCase("...ab,abc->...c", new[] { 5 }, "c", new long[] { 2, 3, 4 }, "(5,)", "(None, 5)", 0.006250005, -0.54475, 2.955)]
    [TestCase("abc,bde->adec", new[] { 2, 5, 4 }, "d", new long[] { 2, 3, 4 }, "(2, 1, 1)", "(None, 2, 5, 4)", 1.23175, -3.0835, 17.005)]
    [TestCase("abc,cb->ab", new[] { 3 }, "b", new long[] { 2, 3, 4 }, "(3,)", "(None, 3)", -0.14875, -0.63375, 1.475)]
    public void Equations_are_those_of_Keras(
        string equation,
        int[] output,
        string? bias,
        long[] sizes,
        string? biasShape,
        string shape,
        double a,
        double b,
        double c
    )
    {
        EinsumDense layer = new(equation, Sizes(output), bias_axes: bias);
        KerasDigest.Check(KerasDigest.Run(layer, null, sizes), a, b, c);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer.Weights.ElementAtOrDefault(1)?.Shape.ToString(), Is.EqualTo(biasShape));
            Assert.That(layer.ComputeOutputShape(new Shape(sizes).With(0, null)).ToString(), Is.EqualTo(shape));
        }
    }

    [TestCase("ab,bc", "equation")]
    [TestCase("a b,bc->ac", "equation")]
    [TestCase("a...,ab->b...", "at least two")]
    [TestCase("...ab,bc->ac", "equation")]
    [TestCase("ab...,bc->...ac", "equation")]
    [TestCase("ab,bc->ac.", "equation")]
    [TestCase("ab,bc->ad", "axis 'd' of the output")]
    [TestCase("ab,bcd->ac", "axis 'd' of the kernel")]
    public void Equations_that_are_none_are_refused(string equation, string message) =>
        Assert.That(() => new EinsumDense(equation, 5), Throws.ArgumentException.With.Message.Contains(message));

    [Test]
    public void Shapes_that_do_not_fit_the_equation_are_refused()
    {
        Tensor x = ones(2, 3, 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new EinsumDense("ab,bc->ac", 5).Call(x), Throws.ArgumentException.With.Message.Contains("2 axes"));
            Assert.That(
                () => new EinsumDense("abc,cd->abd", (4, 5)).Call(x),
                Throws.ArgumentException.With.Message.Contains("axis 'b'").And.Message.Contains("null in output_shape")
            );
            Assert.That(() => new EinsumDense("abc,cd->abd", 5).Call(x), Throws.ArgumentException.With.Message.Contains("2 sizes"));
            Assert.That(
                () => new EinsumDense("abc,cd->abd", Sizes([-1, -1])).Call(x),
                Throws.ArgumentException.With.Message.Contains("axis 'd' is not known").And.Message.Contains("output_shape")
            );
            Assert.That(
                () => new EinsumDense("abc,bde->adec", Sizes([2, 5, -1]), bias_axes: "dc").Call(x),
                Throws.ArgumentException.With.Message.Contains("axis 'c'")
            );
            Assert.That(() => new EinsumDense("ab,bc->ac", 5, bias_axes: "d"), Throws.ArgumentException.With.Message.Contains("bias_axes"));
            Assert.That(() => new EinsumDense("ab,bc->ac", 5, bias_axes: ""), Throws.ArgumentException.With.Message.Contains("bias_axes"));
            Assert.That(
                () => new EinsumDense("ab,bc->ac", 5, gptq_unpacked_column_size: 3),
                Throws.ArgumentException.With.Message.Contains("gptq_unpacked_column_size")
            );
            Assert.That(
                () => new EinsumDense("ab,bc->ac", 5, lora_rank: 2, kernel_constraint: new MaxNorm()),
                Throws.ArgumentException.With.Message.Contains("kernel_constraint")
            );
        }
    }

    [Test]
    public void Another_size_than_it_was_built_for_is_refused()
    {
        EinsumDense layer = new("abc,cd->abd", Sizes([-1, 5]));
        layer.Call(ones(2, 3, 4));
        Assert.That(layer.Call(ones(2, 7, 4)).shape, Is.EqualTo(new long[] { 2, 7, 5 }));
        Assert.That(() => layer.Call(ones(2, 3, 6)), Throws.ArgumentException.With.Message.Contains("(4, 5)"));
    }

    [Test]
    public void First_values_depend_on_the_axes_that_the_output_has()
    {
        // Of (4, 50, 60), c is an input, d and e are outputs: fan_in 4, not 200.
        EinsumDense layer = new("abc,cde->abde", Sizes([-1, 50, 60]), kernel_initializer: new HeUniform(seed: 3));
        layer.Call(ones(1, 1, 4));
        float largest = layer.Weights[0].Value.abs().max().item<float>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(largest, Is.EqualTo(Math.Sqrt(6.0 / 4)).Within(1e-3));
            Assert.That(layer.KernelInitializer.GetConfig()["input_axes"], Is.Null);
            Assert.That(
                new HeUniform(seed: 3, input_axes: [0], output_axes: [1, 2]).Call((4, 50, 60)).Matches(layer.Weights[0].Value),
                Is.True
            );
        }
    }

    [Test]
    public void Low_rank_adaptation_is_that_of_the_kernel()
    {
        EinsumDense layer = new("abc,cde->abde", Sizes([-1, 2, 3]), lora_rank: 2, lora_alpha: 1);
        Tensor x = KerasDigest.Pattern([2, 3, 4]);
        Tensor plain = layer.Call(x);
        Variable a = layer.Weights.Single(w => w.Name == "lora_kernel_a");
        Variable b = layer.Weights.Single(w => w.Name == "lora_kernel_b");
        Assert.That(a.Shape.ToString(), Is.EqualTo("(4, 2, 2)"));
        b.Assign(ones(2, 3));
        Tensor added = einsum("abc,cde->abde", x, a.Value.sum(-1, keepdim: true).expand(4, 2, 3)) * 0.5f;
        Assert.That((layer.Call(x) - plain - added).abs().max().item<float>(), Is.LessThan(1e-5f));
    }

    [TestCase(new[] { 1 }, false, new long[] { 2, 3 }, new long[] { 2, 3 }, 0.10125, 0.11475, 0.3)]
    [TestCase(new[] { -1 }, false, new long[] { 2, 3, 4 }, new long[] { 2, 5, 4 }, -0.282, 0.5775, 5.06)]
    [TestCase(new[] { -1, -2 }, false, new long[] { 2, 3, 4 }, new long[] { 2, 4, 5 }, -0.135, 0.1905, 5.19)]
    [TestCase(new[] { 1, 2 }, true, new long[] { 2, 4, 3 }, new long[] { 2, 5, 4 }, -1.871111, 0.2309273, 9.497568)]
    [TestCase(new[] { 1 }, true, new long[] { 2, 3 }, new long[] { 2, 3, 4 }, 1.019094, 0.8959224, 4.055933)]
    [TestCase(new[] { 2, 1 }, false, new long[] { 2, 3, 4, 2 }, new long[] { 2, 4, 3 }, 0.109, 0.09699999, 3.99)]
    [TestCase(new[] { 3, 3 }, true, new long[] { 2, 3, 2, 4 }, new long[] { 2, 2, 3, 4 }, -0.5485778, -2.551378, 34.4978)]
    public void Dot_products_are_taken_along_any_axes(int[] axes, bool normalize, long[] x, long[] y, double a, double b, double c)
    {
        Dot layer = new(axes.Length == 1 ? new Axes(axes[0]) : new Axes(axes), normalize);
        Tensor output = KerasDigest.Run(layer, null, x, y);
        Assert.That(layer.ComputeOutputShapes([new Shape(x), new Shape(y)])[0].ToSizes(), Is.EqualTo(output.shape));
        KerasDigest.Check(output, a, b, c);
    }

    [Test]
    public void Axes_that_do_not_fit_each_other_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new Dot((1, 2)).CallAll([ones(2, 3, 4), ones(2, 4, 5)]),
                Throws.ArgumentException.With.Message.Contains("axis 1 of its first").And.Message.Contains("2 of its second")
            );
            Assert.That(() => new Dot(0).CallAll([ones(2, 3), ones(2, 3)]), Throws.ArgumentException.With.Message.Contains("batch"));
            Assert.That(() => new Dot(3).CallAll([ones(2, 3), ones(2, 3)]), Throws.ArgumentException);
            Assert.That(() => new Dot(1).CallAll([ones(2, 3), ones(4, 3)]), Throws.ArgumentException.With.Message.Contains("batch size"));
            Assert.That(() => new Dot(1).CallAll([ones(2, 3)]), Throws.ArgumentException.With.Message.Contains("two inputs"));
            Assert.That(() => new Dot((1, 2, 3)), Throws.ArgumentException.With.Message.Contains("two numbers"));
            Assert.That(() => new Dot(new Axes(new[] { 1 })), Throws.ArgumentException);
        }
    }
}
