using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Weights that somebody makes himself.</summary>
public sealed class VariableTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void A_variable_of_what_was_computed_begins_anew(bool trainable)
    {
        Tensor w = ones(2, requires_grad: true);
        var variable = new Variable(w.mul(w), "v", trainable);
        Assert.That((variable.Value.is_leaf, variable.Value.requires_grad), Is.EqualTo((true, trainable)));
    }

    [Test]
    public void Each_element_of_a_variable_is_its_own()
    {
        var variable = new Variable(zeros(1).expand(3), "v");
        variable.Assign(tensor(new float[] { 1, 2, 3 }));
        Assert.That(variable.Value.data<float>().ToArray(), Is.EqualTo(new float[] { 1, 2, 3 }));
    }

    [Test]
    public void What_is_no_variable_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Variable(zeros(2, 2).to_sparse(), "v"), Throws.ArgumentException.With.Message.Contains("A dense tensor"));
            Assert.That(
                () => new Variable(zeros(2, dtype: ScalarType.ComplexFloat32), "v"),
                Throws.ArgumentException.With.Message.Contains("real numbers")
            );
            Assert.That(
                () => new SGD(0.1).Apply([zeros(2)], [null!]),
                Throws.ArgumentException.With.Message.Contains("One of the weights is null")
            );
            if (!cuda.is_available())
            {
                Assert.That(
                    () => new Variable(zeros(2), "v", device: "cuda"),
                    Throws.TypeOf<NotSupportedException>().With.Message.Contains("\"cuda:0\"")
                );
            }
        }
    }

    private sealed class Late : Layer
    {
        protected internal override Tensor Forward(Tensor input, CallContext context) =>
            input.mul(AddWeight("late", new Shape(2), new Constant(1)).Value);
    }

    private sealed class Shapeless : Layer
    {
        public override Shape ComputeOutputShape(Shape inputShape) => null!;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;
    }

    [Test]
    public void A_layer_makes_its_weights_before_it_is_called_and_says_a_shape()
    {
        Assert.That(
            () => new Late().Call(ones(3, 2)),
            Throws.InvalidOperationException.With.Message.Contains("'late'").And.Message.Contains("Override Build")
        );
        Assert.That(
            () => new Sequential(new Input(2), new Shapeless()),
            Throws.InvalidOperationException.With.Message.Contains("ComputeOutputShape").And.Message.Contains("gave null")
        );
    }
}
