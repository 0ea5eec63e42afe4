using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Generators of random numbers are freed by who made them.</summary>
public sealed class GeneratorTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private sealed class Drawing() : Layer("drawing")
    {
        public Generator? Seen { get; private set; }

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context)
        {
            Seen = context.Generator;
            return rand(input.shape, generator: Seen);
        }
    }

    [Test]
    public void That_of_a_call_is_freed_when_the_call_ends()
    {
        var layer = new Drawing();
        layer.Call(zeros(2, 3), training: true);
        Assert.That(layer.Seen!.Handle, Is.EqualTo(IntPtr.Zero));

        var model = new Sequential(new Input(3), layer);
        model.Predict(new float[2, 3]);
        Assert.That(layer.Seen.Handle, Is.EqualTo(IntPtr.Zero));
        model.Compile("sgd", loss: "mse");
        model.TestOnBatch(new float[2, 3], new float[2, 3]);
        Assert.That(layer.Seen.Handle, Is.EqualTo(IntPtr.Zero));
        model.Evaluate(new float[2, 3], new float[2, 3]);
        Assert.That(layer.Seen.Handle, Is.EqualTo(IntPtr.Zero));
    }

    [Test]
    public void That_of_a_context_is_its_owners()
    {
        var context = new CallContext(training: true);
        CallContext same = context.WithTraining(false);
        Generator generator = same.Generator;
        same.Dispose();
        Assert.That(generator.Handle, Is.Not.EqualTo(IntPtr.Zero), "it belongs to the first");
        context.Dispose();
        Assert.That(generator.Handle, Is.EqualTo(IntPtr.Zero));
        Assert.That(() => new CallContext(training: true).Dispose(), Throws.Nothing, "without one there is nothing to free");
    }

    [Test]
    public void That_of_a_seeded_dropout_is_freed_with_the_model()
    {
        var dropout = new Dropout(0.5, seed: 3);
        var model = new Sequential(new Input(100), dropout);
        Tensor x = ones(1, 100);
        Tensor first = model.Call(x, training: true);
        Tensor second = model.Call(x, training: true);
        Assert.That(first.allclose(second), Is.False);
        model.Release();
        Assert.That(dropout.Call(x, training: true).allclose(first), Is.True, "it begins anew");
    }
}
