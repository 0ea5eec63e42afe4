using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>A layer of one's own that uses another one would not train it. It is refused, by the names of both.</summary>
public sealed class HeldLayerTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private abstract class Same(string? name) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;
    }

    private sealed class InField(Layer held) : Same("outer")
    {
        private readonly Layer _held = held;

        protected internal override Tensor Forward(Tensor input, CallContext context) => _held.Call(input);
    }

    private sealed class InProperty(string name = "outer") : Same(name)
    {
        public object Held { get; init; } = new();

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;
    }

    private sealed class MadeInBuild() : Same("outer")
    {
        private Dense? _held;

        protected override void Build(Shape inputShape) => _held = new Dense(3, name: "held");

        protected internal override Tensor Forward(Tensor input, CallContext context) => _held!.Call(input);
    }

    private sealed class Box(Layer layer)
    {
        public Layer Layer { get; } = layer;
    }

    private sealed class InBox(Box box) : Same("outer")
    {
        protected internal override Tensor Forward(Tensor input, CallContext context) => box.Layer.Call(input);
    }

    private static Dense Dense() => new(3, name: "held");

    private static IEnumerable<TestCaseData> Holders()
    {
        static TestCaseData Case(string name, Func<Layer> make) => new TestCaseData(make).SetArgDisplayNames(name);
        yield return Case("field", () => new InField(Dense()));
        yield return Case("model", () => new InField(new Sequential([new Dense(3)], name: "held")));
        yield return Case("batch normalization", () => new InField(new BatchNormalization(name: "held")));
        yield return Case("list", () => new InProperty { Held = new List<Layer> { new ReLU(), Dense() } });
        yield return Case("array", () => new InProperty { Held = new[] { Dense() } });
        yield return Case("array of arrays", () => new InProperty { Held = new[] { new[] { Dense() } } });
        yield return Case("dictionary", () => new InProperty { Held = new Dictionary<string, Dense> { ["a"] = Dense() } });
        yield return Case("tuple", () => new InProperty { Held = (1, Dense()) });
        yield return Case("in Build", () => new MadeInBuild());
    }

    [TestCaseSource(nameof(Holders))]
    public void A_layer_that_keeps_a_layer_with_weights_is_refused_by_both_names(Func<Layer> make)
    {
        Layer layer = make();
        Assert.That(() => new Sequential(new Input(3), layer), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'outer'").And.Message.Contains("'held'"));
        Assert.That(() => layer.Apply(new Input(3)), Throws.InstanceOf<NotSupportedException>(), "the second time too");
        Assert.That(() => layer.Call(zeros(2, 3)), Throws.InstanceOf<NotSupportedException>());
        Assert.That(() => new Sequential(make()).Predict(new float[2, 3]), Throws.InstanceOf<NotSupportedException>(), "also where the input's shape is not known yet");
    }

    [Test]
    public void A_layer_that_is_called_from_where_nobody_looks_is_refused_when_it_is_called()
    {
        Dense held = Dense();
        Assert.That(() => new InBox(new Box(held)).Call(zeros(2, 3)), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'outer'").And.Message.Contains("'held'"));
        Assert.That(
            () => new Sequential(new Input(3), new Lambda(x => held.Call(x), name: "function")),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'function'").And.Message.Contains("Trainable"));
    }

    [Test]
    public void A_frozen_layer_is_a_function_like_another()
    {
        Dense held = Dense();
        held.Trainable = false;
        var model = new Sequential(new Input(3), new Lambda(x => held.Call(x)));
        Tensor x = rand(2, 3);
        Assert.That(model.Call(x).allclose(held.Call(x)), Is.True);
    }

    [Test]
    public void A_layer_without_weights_may_be_kept()
    {
        var model = new Sequential(new Input(3), new InField(new ReLU()), new InProperty("other") { Held = new object[] { "text", 1, new float[3], new Dropout(0.5) } });
        Assert.That(model.Call(ones(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(new InField(new Sequential(new Input(3), new ReLU())).Call(ones(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
    }

    [Test]
    public void A_layer_may_know_the_model_that_it_is_in()
    {
        var model = new Sequential(new Input(3), new Dense(3));
        var knowing = new InProperty { Held = new List<Model>() };
        model.Add(knowing);
        ((List<Model>)knowing.Held).Add(model);
        Assert.That(model.Call(ones(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
    }
}
