using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

[Category("Smoke")]
public sealed class SequentialTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void Without_an_input_the_weights_are_made_with_the_first_data()
    {
        Sequential model = new(new Dense(4), new Dense(2));
        Assert.That(model.Built, Is.False);
        Assert.That(model.Weights, Is.Empty);
        Assert.That(() => model.CountParams(), Throws.InvalidOperationException);
        Assert.That(() => model.Output, Throws.InvalidOperationException.With.Message.Contains("Input"));
        Assert.That(model.Call(zeros(3, 5)).shape, Is.EqualTo(new long[] { 3, 2 }));
        Assert.That(model.CountParams(), Is.EqualTo(34));
        Assert.That(model.Call(zeros(8, 5)).shape, Is.EqualTo(new long[] { 8, 2 }));
        Assert.That(model.Weights[0].Path, Is.EqualTo($"{model.Name}/{model.Layers[0].Name}/kernel"));
    }

    [Test]
    public void Pop_takes_the_last_layer_off()
    {
        Sequential model = new(new Input(5), new Dense(4), new Dense(2));
        Layer last = model.Layers[1];
        Assert.That(model.Pop(), Is.SameAs(last));
        Assert.That(model.Layers, Has.Count.EqualTo(1));
        Assert.That(model.Weights, Has.Count.EqualTo(2));
        Assert.That(model.Call(zeros(3, 5)).shape, Is.EqualTo(new long[] { 3, 4 }));
        model.Add(new Dense(7));
        Assert.That(model.Call(zeros(3, 5)).shape, Is.EqualTo(new long[] { 3, 7 }));
    }

    [Test]
    public void Pop_of_an_empty_model_is_refused() => Assert.That(() => new Sequential().Pop(), Throws.InvalidOperationException);

    // Keras 3.15.1: two layers, two weights, 30 parameters; pop leaves one.
    [Test]
    public void A_layer_may_come_again_and_has_its_weights_once()
    {
        var layer = new Dense(5);
        Sequential model = new(new Input(5), layer, layer);
        Tensor x = randn(3, 5);
        Assert.That(model.Layers, Is.EqualTo(new[] { layer, layer }));
        Assert.That((model.Weights.Count, model.CountParams()), Is.EqualTo((2, 30L)));
        Assert.That(model.Call(x).allclose(layer.Call(layer.Call(x))), Is.True);
        var clone = (Sequential)model.Clone();
        Assert.That(clone.Layers[0], Is.SameAs(clone.Layers[1]).And.Not.SameAs(layer));
        Assert.That(() => model.ToJson(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("2 times"));
        Assert.That(model.Pop(), Is.SameAs(layer));
        Assert.That(model.Call(x).allclose(layer.Call(x)), Is.True);
        Assert.That(() => model.ToJson(), Throws.Nothing);
    }

    [Test]
    public void Duplicates_and_late_inputs_are_refused()
    {
        Assert.That(
            () => new Sequential(new Dense(5, name: "a"), new Dense(5, name: "a")),
            Throws.ArgumentException.With.Message.Contains("'a'")
        );
        Assert.That(() => new Sequential(new Dense(5), new Input(5)), Throws.ArgumentException);
    }

    [Test]
    public void Layers_that_do_not_fit_are_refused_when_they_meet() =>
        Assert.That(
            () => new Sequential(new Input(5), new Dense(4), new Conv2D(2, 3)),
            Throws.ArgumentException.With.Message.Contains("4 axes")
        );

    [Test]
    public void A_refused_layer_leaves_the_model_as_it_was()
    {
        Sequential model = new(new Input(5), new Dense(4));
        Assert.That(() => model.Add(new Conv2D(2, 3)), Throws.ArgumentException);
        Assert.That(model.Layers, Has.Count.EqualTo(1));
        Assert.That(model.Call(zeros(3, 5)).shape, Is.EqualTo(new long[] { 3, 4 }));
    }

    [Test]
    public void The_summary_of_a_model_without_shapes_has_question_marks()
    {
        string text = "";
        new Sequential([new Dense(3, name: "d"), new Activation("relu", name: "a")], name: "open").Summary(print_fn: t => text += t);
        Assert.That(text, Does.Contain("│ d (Dense)                       │ ?                      │   0 (unbuilt) │"));
        Assert.That(text, Does.Contain("│ a (Activation)                  │ ?                      │             0 │"));
        Assert.That(text, Does.Contain(" Total params: 0 (0.00 B)"));
    }

    [Test]
    public void A_line_too_short_for_a_summary_is_refused() =>
        Assert.That(
            () => new Sequential(new Input(5), new Dense(3)).Summary(line_length: 10),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
}
