using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

[Category("Smoke")]
public sealed class FunctionalModelTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void A_model_from_the_middle_of_another_shares_its_weights()
    {
        Input input = new(5);
        KerasTensor hidden = new Dense(4, activation: "relu", name: "hidden").Apply(input);
        KerasTensor output = new Dense(3, name: "output").Apply(hidden);
        Model whole = new(input, output);
        Model front = new(input, whole.GetLayer("hidden").Output);
        Model back = new(hidden, output);
        Tensor x = randn(2, 5);
        Assert.That(back.Weights, Is.EqualTo(whole.GetLayer("output").Weights));
        Assert.That(front.Weights, Is.EqualTo(whole.GetLayer("hidden").Weights));
        Assert.That(back.Call(front.Call(x)).allclose(whole.Call(x)), Is.True);
        Assert.That(back.Inputs[0].Shape.ToString(), Is.EqualTo("(None, 4)"));
    }

    [Test]
    public void A_layer_used_twice_has_its_weights_once()
    {
        Input a = new(5);
        Input b = new(5);
        Dense shared = new(4);
        Model model = new(new[] { a.Output, b.Output }, new Subtract().Apply(shared.Apply(a), shared.Apply(b)));
        Tensor x = randn(2, 5);
        Assert.That(model.Weights, Has.Count.EqualTo(2));
        Assert.That(model.CallAll([x, x])[0].abs().max().ToSingle(), Is.EqualTo(0));
    }

    [Test]
    public void Several_outputs_come_in_their_order()
    {
        Input input = new(5);
        KerasTensor a = new Dense(2, name: "a").Apply(input);
        KerasTensor b = new Dense(3, name: "b").Apply(input);
        Model model = new(input, new[] { b, a });
        IReadOnlyList<Tensor> outputs = model.CallAll([randn(7, 5)]);
        Assert.That(outputs.Select(o => o.shape), Is.EqualTo(new[] { new long[] { 7, 3 }, [7, 2] }));
        Assert.That(() => model.Call(zeros(7, 5)), Throws.InvalidOperationException.With.Message.Contains("2 outputs"));
    }

    [Test]
    public void A_nested_model_is_a_layer()
    {
        Sequential inner = new([new Input(5), new Dense(4), new Dropout(0.5)], name: "inner");
        Input input = new(5);
        Model outer = new(input, new Dense(2).Apply(inner.Apply(input)));
        Tensor x = randn(3, 5);
        Tensor expected = outer.GetLayer(2).Call(inner.Call(x));
        Assert.That(outer.Call(x).allclose(expected), Is.True);
        Assert.That(outer.Weights.Take(2), Is.EqualTo(inner.Weights));
        Assert.That(outer.Call(x, training: true).allclose(expected), Is.False);
    }

    [Test]
    public void A_use_with_a_fixed_mode_keeps_it()
    {
        Sequential teacher = new([new Input(5), new Dropout(0.9)], name: "teacher");
        Input input = new(5);
        Model model = new(input, teacher.Apply(input, training: false));
        Tensor x = ones(4, 5);
        Assert.That(model.Call(x, training: true).allclose(x), Is.True);
        Assert.That(Model.FromJson(model.ToJson()).Call(x, training: true).allclose(x), Is.True);
    }

    [Test]
    public void An_input_that_is_not_given_is_named()
    {
        Input a = new((Shape)5, name: "image");
        Input b = new((Shape)5, name: "extra");
        KerasTensor sum = new Add().Apply(a, b);
        Assert.That(() => new Model(a, sum), Throws.ArgumentException.With.Message.Contains("'extra'"));
    }

    [Test]
    public void Two_layers_of_one_name_are_refused_by_name()
    {
        Input input = new(5);
        KerasTensor output = new Dense(2, name: "same").Apply(new Dense(2, name: "same").Apply(input));
        Assert.That(() => new Model(input, output), Throws.ArgumentException.With.Message.Contains("'same'"));
    }

    [Test]
    public void A_layer_that_is_not_there_is_refused_with_those_that_are()
    {
        Model model = new Sequential(new Input(5), new Dense(2, name: "only"));
        Assert.That(
            () => model.GetLayer("missing"),
            Throws.ArgumentException.With.Message.Contains("missing").And.Message.Contains("only")
        );
        Assert.That(() => model.GetLayer(9), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_clone_keeps_names_and_delegates_and_draws_new_weights()
    {
        Input input = new(5);
        KerasTensor hidden = new Dense(4, activation: new ActivationFunction("mine", x => x * 2), name: "hidden").Apply(input);
        Model model = new(input, new Lambda(x => x + 1, name: "plus").Apply(hidden));
        Model clone = model.Clone();
        Tensor x = randn(3, 5);
        Assert.That(clone.Layers.Select(l => l.Name), Is.EqualTo(model.Layers.Select(l => l.Name)));
        Assert.That(clone.Call(x).allclose(model.Call(x)), Is.False);
        clone.SetWeights(model.GetWeights());
        Assert.That(clone.Call(x).allclose(model.Call(x)), Is.True);
    }

    [Test]
    public void A_lambda_is_neither_written_nor_read()
    {
        Model model = new Sequential(new Input(5), new Lambda(x => x * 2, name: "twice"));
        Assert.That(() => model.ToJson(), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("twice"));
        JsonObject config = new()
        {
            ["class_name"] = "Lambda",
            ["config"] = new JsonObject { ["name"] = "evil" },
        };
        Assert.That(
            () => Saving.KerasSerializer.Deserialize<Layer>(config),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("evil")
        );
    }

    [Test]
    public void Unknown_keys_and_classes_are_refused_by_name()
    {
        string json = new Sequential(new Input(5), new Dense(2)).ToJson();
        Assert.That(
            () => Model.FromJson(json.Replace("\"units\"", "\"unitz\"", StringComparison.Ordinal)),
            Throws.ArgumentException.With.Message.Contains("unitz")
        );
        Assert.That(
            () => Model.FromJson(json.Replace("\"Dense\"", "\"Dance\"", StringComparison.Ordinal)),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("Dance")
        );
        Assert.That(() => Model.FromJson("{"), Throws.ArgumentException);
    }

    [Test]
    public void A_shape_that_does_not_fit_is_refused()
    {
        Model model = new Sequential(new Input(5), new Dense(2));
        Assert.That(() => model.Call(zeros(3, 6)), Throws.ArgumentException.With.Message.Contains("(3, 6)"));
        Assert.That(() => model.Call(zeros(5)), Throws.ArgumentException);
        Assert.That(() => model.CallAll([zeros(3, 5), zeros(3, 5)]), Throws.ArgumentException);
    }
}
